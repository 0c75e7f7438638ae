"""Proceedings for programs: the same scope, the same services."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from core.api import IF_MATCH, ScopedViewSet
from core.requests import ApiRequest
from courts.api.serializers import (
    AdvanceProceedingSerializer,
    FileChargeSerializer,
    OpenProceedingSerializer,
    ProceedingSerializer,
    RecordVerdictSerializer,
)
from courts.models import Charge, Proceeding
from courts.services import proceedings


class ProceedingViewSet(ScopedViewSet):
    """Proceedings of the cases one sees: list, read, open, charge, verdict, next stage."""

    model = Proceeding
    permission = "courts.read_proceeding"
    lists = "proceeding.listed"
    reads = "proceeding.opened"
    serializer_class = ProceedingSerializer
    filterset_fields = ("case", "stage", "side", "jurisdiction")

    def get_queryset(self) -> Any:
        found = super().get_queryset()
        return (
            found.select_related("accused__person")
            .prefetch_related("charges__verdict")
            .defer("docket_number")
        )

    @extend_schema(request=OpenProceedingSerializer, responses={201: ProceedingSerializer})
    def create(self, request: ApiRequest, *args: Any, **kwargs: Any) -> Response:
        """Open a proceeding."""
        data = self.validated(OpenProceedingSerializer)
        opened = proceedings.open_proceeding(
            actor=request.user,
            case_id=data.pop("case"),
            accused_id=data.pop("accused"),
            **data,
        )
        return self.changed(opened, status=201)

    @extend_schema(request=FileChargeSerializer, responses=ProceedingSerializer)
    @action(detail=True, methods=["post"])
    def charge(self, request: ApiRequest, pk: Any = None) -> Response:
        """Record a charge."""
        data = self.validated(FileChargeSerializer)
        charge = proceedings.file_charge(actor=request.user, proceeding_id=pk, **data)
        return self.changed(charge.proceeding)

    @extend_schema(request=RecordVerdictSerializer, responses=ProceedingSerializer)
    @action(detail=True, methods=["post"])
    def verdict(self, request: ApiRequest, pk: Any = None) -> Response:
        """Record the verdict on one of its charges."""
        data = self.validated(RecordVerdictSerializer)
        charge_id = data.pop("charge")
        with self.request._request.reading():
            charges = Charge.objects.visible_to(request.user).select_related("proceeding")
            charge = charges.get(pk=charge_id, proceeding_id=pk)
        proceedings.record_verdict(actor=request.user, charge_id=charge.pk, **data)
        return self.changed(charge.proceeding)

    @extend_schema(
        parameters=[IF_MATCH],
        request=AdvanceProceedingSerializer,
        responses=ProceedingSerializer,
    )
    @action(detail=True, methods=["post"])
    def advance(self, request: ApiRequest, pk: Any = None) -> Response:
        """Move it along one allowed edge."""
        data = self.validated(AdvanceProceedingSerializer)
        return self.changed(
            proceedings.advance_proceeding(
                actor=request.user, proceeding_id=pk, version=self.seen_version(), **data
            )
        )
