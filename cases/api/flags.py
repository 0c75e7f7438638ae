"""Flags on a case for programs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.safety import OneAtATime
from cases.api.texts import shown_text
from cases.choices import FlagKind
from cases.models import CaseFlag
from cases.services import flags
from core.api import IF_MATCH
from core.serializers import StrictSerializer


class FlagRowSerializer(serializers.ModelSerializer[CaseFlag]):
    """That something is to be minded until a day; what it is, is read one at a time."""

    class Meta:
        model = CaseFlag
        fields: Any = (
            "id",
            "case",
            "person",
            "kind",
            "review_on",
            "raised_by",
            "created_at",
            "lowered_by",
            "lowered_at",
            "version",
        )
        read_only_fields: Any = fields


class FlagSerializer(FlagRowSerializer):
    """A flag with its words."""

    why = serializers.SerializerMethodField()
    what_came = serializers.SerializerMethodField()

    class Meta(FlagRowSerializer.Meta):
        fields: Any = (*FlagRowSerializer.Meta.fields, "why", "what_came")
        read_only_fields: Any = fields

    def get_why(self, flag: CaseFlag) -> str:
        return shown_text(flag, "why")

    def get_what_came(self, flag: CaseFlag) -> str:
        return shown_text(flag, "what_came")


class RaiseFlagSerializer(StrictSerializer):
    """What `raise_flag` takes."""

    case = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=FlagKind.choices)
    why = serializers.CharField(max_length=flags.LONGEST)
    review_on = serializers.DateField()
    person = serializers.UUIDField(required=False, allow_null=True)


class ReviewFlagSerializer(StrictSerializer):
    """Until when it counts."""

    review_on = serializers.DateField()


class LowerFlagSerializer(StrictSerializer):
    """What came of it."""

    what_came = serializers.CharField(max_length=flags.LONGEST_RESULT)


class FlagViewSet(OneAtATime):
    """Flags: list, read, raise, review, lower."""

    model = CaseFlag
    permission = "cases.read_case"
    lists = "flag.listed"
    reads = "flag.opened"
    filterset_fields = ("case", "person", "kind", "review_on")
    row = FlagRowSerializer
    whole = FlagSerializer
    id_of = "flag_id"

    @extend_schema(request=RaiseFlagSerializer, responses={201: FlagSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Raise a flag."""
        data = self.validated(RaiseFlagSerializer)
        flag = flags.raise_flag(
            actor=self.request.user,
            case_id=data.pop("case"),
            person_id=data.pop("person", None),
            **data,
        )
        return self.changed(flag, status=201)

    @extend_schema(parameters=[IF_MATCH], request=ReviewFlagSerializer, responses=FlagSerializer)
    @action(detail=True, methods=["post"])
    def review(self, request: Request, pk: Any = None) -> Response:
        """It still counts, until another day."""
        return self.step(flags.review_flag, ReviewFlagSerializer, pk)

    @extend_schema(parameters=[IF_MATCH], request=LowerFlagSerializer, responses=FlagSerializer)
    @action(detail=True, methods=["post"])
    def lower(self, request: Request, pk: Any = None) -> Response:
        """It is seen to."""
        return self.step(flags.lower_flag, LowerFlagSerializer, pk)
