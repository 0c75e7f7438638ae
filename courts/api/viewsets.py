"""Proceedings for programs: the same scope, the same services."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from core.api import IF_MATCH, ScopedViewSet
from core.requests import ApiRequest
from courts.api.serializers import (
    AddStatuteSerializer,
    AdvanceProceedingSerializer,
    ChangeProceedingSerializer,
    ChangeStatuteSerializer,
    ChargeParticularsSerializer,
    ChargeSerializer,
    EnterPleaSerializer,
    FileChargeSerializer,
    OpenProceedingSerializer,
    ProceedingSerializer,
    RecordVerdictSerializer,
    ReplaceChargeSerializer,
    StatuteSerializer,
)
from courts.models import Charge, Proceeding, Statute
from courts.services import charges, law, proceedings, verdicts


class ProceedingViewSet(ScopedViewSet):
    """Proceedings of the cases one sees: list, read, open, charge, verdict, next step."""

    model = Proceeding
    permission = "courts.read_proceeding"
    lists = "proceeding.listed"
    reads = "proceeding.opened"
    serializer_class = ProceedingSerializer
    filterset_fields = ("case", "stage", "side", "jurisdiction")

    def get_queryset(self) -> Any:
        found = super().get_queryset()
        return (
            found.select_related("accused__person", "step")
            .prefetch_related("charges__verdicts", "charges__law", "changes__to_step")
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
            prosecutor_id=data.pop("prosecutor"),
            **data,
        )
        return self.changed(opened, status=201)

    @extend_schema(
        parameters=[IF_MATCH],
        request=ChangeProceedingSerializer,
        responses=ProceedingSerializer,
    )
    @action(detail=True, methods=["post"])
    def change(self, request: ApiRequest, pk: Any = None) -> Response:
        """Say which court, number and prosecutor."""
        data = self.validated(ChangeProceedingSerializer)
        prosecutor_unknown = "prosecutor" in data and data["prosecutor"] is None
        return self.changed(
            proceedings.change_proceeding(
                actor=request.user,
                proceeding_id=pk,
                version=self.seen_version(),
                prosecutor_id=data.pop("prosecutor", None),
                prosecutor_unknown=prosecutor_unknown,
                **data,
            )
        )

    @extend_schema(request=FileChargeSerializer, responses=ProceedingSerializer)
    @action(detail=True, methods=["post"])
    def charge(self, request: ApiRequest, pk: Any = None) -> Response:
        """Record a charge."""
        data = self.validated(FileChargeSerializer)
        charge = charges.file_charge(actor=request.user, proceeding_id=pk, **data)
        return self.changed(charge.proceeding)

    @extend_schema(request=RecordVerdictSerializer, responses=ProceedingSerializer)
    @action(detail=True, methods=["post"])
    def verdict(self, request: ApiRequest, pk: Any = None) -> Response:
        """Record the verdict on one of its charges."""
        data = self.validated(RecordVerdictSerializer)
        charge_id = data.pop("charge")
        with self.request._request.reading():
            known = Charge.objects.visible_to(request.user).select_related("proceeding")
            charge = known.get(pk=charge_id, proceeding_id=pk)
        verdicts.record_verdict(actor=request.user, charge_id=charge.pk, **data)
        return self.changed(charge.proceeding)

    @extend_schema(
        parameters=[IF_MATCH],
        request=AdvanceProceedingSerializer,
        responses=ProceedingSerializer,
    )
    @action(detail=True, methods=["post"])
    def advance(self, request: ApiRequest, pk: Any = None) -> Response:
        """Move it along one way of its procedure."""
        data = self.validated(AdvanceProceedingSerializer)
        return self.changed(
            proceedings.advance_proceeding(
                actor=request.user, proceeding_id=pk, version=self.seen_version(), **data
            )
        )


class ChargeViewSet(ScopedViewSet):
    """Charges of the proceedings one sees: list, read, put right, replace, plea."""

    model = Charge
    permission = "courts.read_proceeding"
    lists = "proceeding.listed"
    reads = "proceeding.opened"
    serializer_class = ChargeSerializer
    filterset_fields = ("proceeding", "status", "plea")

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("law").prefetch_related("verdicts")

    @extend_schema(
        parameters=[IF_MATCH], request=ChargeParticularsSerializer, responses=ChargeSerializer
    )
    @action(detail=True, methods=["post"])
    def amend(self, request: ApiRequest, pk: Any = None) -> Response:
        """Put right what it says of the act."""
        data = self.validated(ChargeParticularsSerializer)
        return self.changed(
            charges.amend_charge(
                actor=request.user, charge_id=pk, version=self.seen_version(), **data
            )
        )

    @extend_schema(
        parameters=[IF_MATCH], request=ReplaceChargeSerializer, responses={201: ChargeSerializer}
    )
    @action(detail=True, methods=["post"])
    def replace(self, request: ApiRequest, pk: Any = None) -> Response:
        """Put a charge under another offence in its place."""
        data = self.validated(ReplaceChargeSerializer)
        new = charges.replace_charge(
            actor=request.user, charge_id=pk, version=self.seen_version(), **data
        )
        return self.changed(new, status=201)

    @extend_schema(parameters=[IF_MATCH], request=EnterPleaSerializer, responses=ChargeSerializer)
    @action(detail=True, methods=["post"])
    def plea(self, request: ApiRequest, pk: Any = None) -> Response:
        """Record how the accused answered it."""
        data = self.validated(EnterPleaSerializer)
        return self.changed(
            charges.enter_plea(
                actor=request.user, charge_id=pk, version=self.seen_version(), **data
            )
        )


class StatuteViewSet(ScopedViewSet):
    """The table of offences: list, read, add, change."""

    model = Statute
    permission = "courts.read_proceeding"
    lists = "statute.listed"
    reads = "statute.listed"
    serializer_class = StatuteSerializer
    filterset_fields = ("jurisdiction", "source_checked")

    @extend_schema(request=AddStatuteSerializer, responses={201: StatuteSerializer})
    def create(self, request: ApiRequest, *args: Any, **kwargs: Any) -> Response:
        """Add an offence."""
        data = self.validated(AddStatuteSerializer)
        return self.changed(law.add_statute(actor=request.user, **data), status=201)

    @extend_schema(
        parameters=[IF_MATCH], request=ChangeStatuteSerializer, responses=StatuteSerializer
    )
    @action(detail=True, methods=["post"])
    def change(self, request: ApiRequest, pk: Any = None) -> Response:
        """Put right what the table says of it."""
        data = self.validated(ChangeStatuteSerializer)
        return self.changed(
            law.change_statute(
                actor=request.user, statute_id=pk, version=self.seen_version(), **data
            )
        )
