"""Found material for programs: reports and steps, never the material."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cases.choices import (
    FoundWhere,
    MaterialStep,
)
from cases.models import MaterialFound
from cases.services import material
from core.api import ScopedViewSet
from core.serializers import StrictSerializer


class MaterialSerializer(serializers.ModelSerializer[MaterialFound]):
    """A report of suspected material, with the steps taken. Never the material."""

    steps: Any = serializers.SlugRelatedField(many=True, read_only=True, slug_field="step")

    class Meta:
        model = MaterialFound
        fields = ("id", "case", "where", "found_by", "created_at", "is_closed", "steps")
        read_only_fields = fields


class ReportMaterialSerializer(StrictSerializer):
    """Where it was come upon; nothing about what it shows."""

    where = serializers.ChoiceField(choices=FoundWhere.choices)
    case = serializers.UUIDField(required=False, allow_null=True)


class MaterialStepSerializer(StrictSerializer):
    """The next step, its moment, and the receipt where one is given."""

    step = serializers.ChoiceField(choices=MaterialStep.choices)
    happened_at = serializers.DateTimeField()
    authority = serializers.CharField(max_length=200, required=False, allow_blank=True)
    receipt = serializers.CharField(max_length=200, required=False, allow_blank=True)


class MaterialViewSet(ScopedViewSet):
    """Suspected material: list, report, take the next step. There is no way to send any."""

    model = MaterialFound
    permission = "cases.report_material"
    lists = "material.opened"
    reads = "material.opened"
    serializer_class = MaterialSerializer
    filterset_fields = ("case", "is_closed")

    def get_queryset(self) -> Any:
        return super().get_queryset().prefetch_related("steps")

    @extend_schema(request=ReportMaterialSerializer, responses={201: MaterialSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Report that somebody came upon it."""
        data = self.validated(ReportMaterialSerializer)
        found = material.report_material(
            actor=self.request.user, where=data["where"], case_id=data.get("case")
        )
        return self.changed(found, status=201)

    @extend_schema(request=MaterialStepSerializer, responses=MaterialSerializer)
    @action(detail=True, methods=["post"], url_path="take-step")
    def take_step(self, request: Request, pk: Any = None) -> Response:
        """Take the next step of the protocol."""
        data = self.validated(MaterialStepSerializer)
        taken = material.take_material_step(actor=self.request.user, material_id=pk, **data)
        return self.changed(taken.material)
