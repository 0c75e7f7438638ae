"""Closing cases and opening them again, for programs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.safety import OneAtATime
from cases.api.texts import shown_text
from cases.choices import ClosureReason, ContactAfter, ReopenReason, RetentionClass
from cases.models import CaseClosure, ClosureAnswer
from cases.services import closing
from core.api import IF_MATCH
from core.serializers import NothingSerializer, StrictSerializer


class ClosureAnswerSerializer(serializers.ModelSerializer[ClosureAnswer]):
    """What one survivor said about contact after closing."""

    class Meta:
        model = ClosureAnswer
        fields = ("person", "contact_after")
        read_only_fields = fields


class ClosureRowSerializer(serializers.ModelSerializer[CaseClosure]):
    """An asking to close a case, without its words."""

    class Meta:
        model = CaseClosure
        fields: Any = (
            "id",
            "case",
            "reason",
            "status",
            "retention",
            "keep_until",
            "asked_by",
            "created_at",
            "decided_by",
            "decided_at",
            "version",
        )
        read_only_fields: Any = fields


class ClosureSerializer(ClosureRowSerializer):
    """The same with its words and the survivors' answers."""

    summary = serializers.SerializerMethodField()
    why_returned = serializers.SerializerMethodField()
    answers = ClosureAnswerSerializer(many=True, read_only=True)

    class Meta(ClosureRowSerializer.Meta):
        fields: Any = (*ClosureRowSerializer.Meta.fields, "summary", "why_returned", "answers")
        read_only_fields: Any = fields

    def get_summary(self, closure: CaseClosure) -> str:
        return shown_text(closure, "summary")

    def get_why_returned(self, closure: CaseClosure) -> str:
        return shown_text(closure, "why_returned")


class SaidAfterSerializer(StrictSerializer):
    """A survivor, and what they said."""

    person = serializers.UUIDField()
    contact_after = serializers.ChoiceField(choices=ContactAfter.choices)


class RequestClosureSerializer(StrictSerializer):
    """Why it ends, what was achieved, and each survivor's answer about contact later."""

    case = serializers.UUIDField()
    reason = serializers.ChoiceField(choices=ClosureReason.choices)
    summary = serializers.CharField(max_length=closing.MOST_WORDS)
    retention = serializers.ChoiceField(choices=RetentionClass.choices, required=False)
    answers = SaidAfterSerializer(many=True)


class ReturnClosureSerializer(StrictSerializer):
    """What is still to do."""

    why = serializers.CharField(max_length=closing.MOST_WORDS)


class ReopenCaseSerializer(StrictSerializer):
    """Why a closed case is opened again."""

    reason = serializers.ChoiceField(choices=ReopenReason.choices)
    words = serializers.CharField(max_length=closing.MOST_WORDS)


class ClosureViewSet(OneAtATime):
    """What was asked to be closed: list, read, ask, close, return, withdraw."""

    model = CaseClosure
    permission = "cases.read_case"
    lists = "closure.listed"
    reads = "closure.opened"
    filterset_fields = ("case", "status", "reason")
    row = ClosureRowSerializer
    whole = ClosureSerializer

    @extend_schema(
        parameters=[IF_MATCH],
        request=RequestClosureSerializer,
        responses={201: ClosureSerializer},
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ask to close a case; `If-Match` is the case's ETag."""
        data = self.validated(RequestClosureSerializer)
        answers = {row["person"]: row["contact_after"] for row in data.pop("answers")}
        closure = closing.request_closure(
            actor=self.request.user,
            case_id=data.pop("case"),
            contact_after=answers,
            version=self.seen_version(),
            **data,
        )
        return self.changed(closure, status=201)

    @extend_schema(parameters=[IF_MATCH], request=NothingSerializer, responses=ClosureSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: Any = None) -> Response:
        """Close the case, as a second person."""
        self.validated(NothingSerializer)
        return self.changed(
            closing.close_case(actor=self.request.user, closure_id=pk, version=self.seen_version())
        )

    @extend_schema(
        parameters=[IF_MATCH], request=ReturnClosureSerializer, responses=ClosureSerializer
    )
    @action(detail=True, methods=["post"], url_path="return")
    def give_back(self, request: Request, pk: Any = None) -> Response:
        """Return it with what is still to do."""
        data = self.validated(ReturnClosureSerializer)
        return self.changed(
            closing.return_closure(
                actor=self.request.user, closure_id=pk, version=self.seen_version(), **data
            )
        )

    @extend_schema(parameters=[IF_MATCH], request=NothingSerializer, responses=ClosureSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: Any = None) -> Response:
        """Take back what one asked for oneself."""
        self.validated(NothingSerializer)
        return self.changed(
            closing.withdraw_closure(
                actor=self.request.user, closure_id=pk, version=self.seen_version()
            )
        )
