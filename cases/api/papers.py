"""Papers for programs: the register alone. No file goes in or comes out by this way."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cases.choices import PaperKind
from cases.models import Paper
from cases.services import papers
from core.api import ScopedViewSet
from core.serializers import StrictSerializer


class PaperSerializer(serializers.ModelSerializer[Paper]):
    """A registered paper. What is sealed is read on its page."""

    class Meta:
        model = Paper
        fields = ("id", "case", "person", "kind", "dated_on", "registered_by", "created_at")
        read_only_fields = fields


class RegisterPaperSerializer(StrictSerializer):
    """What `register_paper` takes; there is no field for a file."""

    case = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=PaperKind.choices)
    original_at = serializers.CharField(max_length=200)
    person = serializers.UUIDField(required=False, allow_null=True)
    dated_on = serializers.DateField(required=False, allow_null=True)
    reference = serializers.CharField(max_length=200, required=False, allow_blank=True)
    signatories = serializers.CharField(max_length=200, required=False, allow_blank=True)


class MoveOriginalSerializer(StrictSerializer):
    """Where the original lies now."""

    original_at = serializers.CharField(max_length=200)


class PaperViewSet(ScopedViewSet):
    """Papers: list, read, register, say where the original lies."""

    model = Paper
    permission = "cases.read_paper"
    lists = "paper.listed"
    reads = "paper.looked_at"
    serializer_class = PaperSerializer
    filterset_fields = ("case", "kind")

    @extend_schema(request=RegisterPaperSerializer, responses={201: PaperSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Register a paper."""
        data = self.validated(RegisterPaperSerializer)
        paper = papers.register_paper(
            actor=self.request.user,
            case_id=data.pop("case"),
            person_id=data.pop("person", None),
            **data,
        )
        return self.changed(paper, status=201)

    @extend_schema(request=MoveOriginalSerializer, responses=PaperSerializer)
    @action(detail=True, methods=["post"], url_path="move-original")
    def move_original(self, request: Request, pk: Any = None) -> Response:
        """Say where the original lies now."""
        data = self.validated(MoveOriginalSerializer)
        return self.changed(papers.move_original(actor=self.request.user, paper_id=pk, **data))
