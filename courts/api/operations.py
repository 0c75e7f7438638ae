"""Operations for programs: the same scope, the same services."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from core.api import IF_MATCH, ScopedViewSet
from core.choices import YesNoUnknown
from core.requests import ApiRequest
from core.serializers import NothingSerializer, StrictSerializer
from courts.choices import NgoSupport, OperationResult, OperationType, ReclassifyReason
from courts.models import Operation, OperationOutcome, PlannedOperation
from courts.services import operations, outcomes


class OutcomeSerializer(serializers.ModelSerializer[OperationOutcome]):
    class Meta:
        model = OperationOutcome
        fields = ("id", "participant", "outcome", "decided_on", "replaces", "reason")
        read_only_fields = fields


class OperationSerializer(serializers.ModelSerializer[Operation]):
    outcomes = OutcomeSerializer(many=True, read_only=True)

    class Meta:
        model = Operation
        fields = (
            "id",
            "reference",
            "case",
            "type",
            "happened_on",
            "country",
            "admin1",
            "lead_agency",
            "supporting_agencies",
            "coalition",
            "ngo_support",
            "social_worker_present",
            "devices_seized",
            "version",
            "outcomes",
        )
        read_only_fields = fields


class PlannedOperationSerializer(serializers.ModelSerializer[PlannedOperation]):
    class Meta:
        model = PlannedOperation
        fields = ("id", "about", "type", "planned_for", "lead_agency", "status", "version")
        read_only_fields = fields


class OperationDetailsSerializer(StrictSerializer):
    type = serializers.ChoiceField(choices=OperationType.choices)
    happened_on = serializers.DateField()
    country = serializers.RegexField(r"^[A-Z]{2}$")
    lead_agency = serializers.UUIDField()
    admin1 = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    supporting_agencies = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list
    )
    coalition = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    ngo_support = serializers.ListField(
        child=serializers.ChoiceField(choices=NgoSupport.choices), required=False, default=list
    )
    social_worker_present = serializers.ChoiceField(
        choices=YesNoUnknown.choices, default=YesNoUnknown.UNKNOWN
    )
    devices_seized = serializers.IntegerField(
        min_value=0, max_value=10_000, required=False, allow_null=True, default=None
    )


class RecordOperationSerializer(OperationDetailsSerializer):
    case = serializers.UUIDField()
    planned = serializers.UUIDField(required=False, allow_null=True, default=None)


class PlanOperationSerializer(StrictSerializer):
    case = serializers.UUIDField()
    type = serializers.ChoiceField(choices=OperationType.choices)
    lead_agency = serializers.UUIDField()
    planned_for = serializers.DateField(required=False, allow_null=True, default=None)
    plan = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")
    members = serializers.ListField(child=serializers.UUIDField(), required=False, default=list)


class NameMemberSerializer(StrictSerializer):
    user = serializers.UUIDField()


class RecordOutcomeSerializer(StrictSerializer):
    participant = serializers.UUIDField()
    outcome = serializers.ChoiceField(choices=OperationResult.choices)
    decided_on = serializers.DateField(required=False, allow_null=True, default=None)


class ReclassifySerializer(StrictSerializer):
    of = serializers.UUIDField()
    outcome = serializers.ChoiceField(choices=OperationResult.choices)
    decided_on = serializers.DateField()
    reason = serializers.ChoiceField(choices=ReclassifyReason.choices)


class OperationViewSet(ScopedViewSet):
    """Operations of the cases one sees: list, read, record, put right, outcomes."""

    model = Operation
    permission = "courts.read_operation"
    lists = "operation.listed"
    reads = "operation.opened"
    serializer_class = OperationSerializer
    filterset_fields = ("case", "type", "country")

    def get_queryset(self) -> Any:
        return super().get_queryset().prefetch_related("outcomes")

    @extend_schema(request=RecordOperationSerializer, responses={201: OperationSerializer})
    def create(self, request: ApiRequest, *args: Any, **kwargs: Any) -> Response:
        """Record an operation that was conducted."""
        data = self.validated(RecordOperationSerializer)
        recorded = operations.record_operation(
            actor=request.user,
            case_id=data.pop("case"),
            lead_agency_id=data.pop("lead_agency"),
            planned_id=data.pop("planned"),
            **data,
        )
        return self.changed(recorded, status=201)

    @extend_schema(
        parameters=[IF_MATCH], request=OperationDetailsSerializer, responses=OperationSerializer
    )
    @action(detail=True, methods=["post"])
    def change(self, request: ApiRequest, pk: Any = None) -> Response:
        """Put its record right."""
        data = self.validated(OperationDetailsSerializer)
        return self.changed(
            operations.change_operation(
                actor=request.user,
                operation_id=pk,
                version=self.seen_version(),
                lead_agency_id=data.pop("lead_agency"),
                **data,
            )
        )

    @extend_schema(request=RecordOutcomeSerializer, responses=OperationSerializer)
    @action(detail=True, methods=["post"])
    def outcome(self, request: ApiRequest, pk: Any = None) -> Response:
        """Record what it was for one person."""
        data = self.validated(RecordOutcomeSerializer)
        row = outcomes.record_outcome(
            actor=request.user, operation_id=pk, participant_id=data.pop("participant"), **data
        )
        return self.changed(row.operation)

    @extend_schema(request=ReclassifySerializer, responses=OperationSerializer)
    @action(detail=True, methods=["post"])
    def reclassify(self, request: ApiRequest, pk: Any = None) -> Response:
        """Give one of its outcomes another value; both are kept."""
        data = self.validated(ReclassifySerializer)
        with self.request._request.reading():
            rows = OperationOutcome.objects.visible_to(request.user)
            old = rows.get(pk=data.pop("of"), operation_id=pk)
        row = outcomes.reclassify_outcome(actor=request.user, outcome_id=old.pk, **data)
        return self.changed(row.operation)


class PlannedOperationViewSet(ScopedViewSet):
    """Planned operations that one knows of: list, read, plan, name somebody, call off."""

    model = PlannedOperation
    permission = "courts.read_operation"
    lists = "operation.listed"
    reads = "operation.plan_opened"
    serializer_class = PlannedOperationSerializer
    filterset_fields = ("about", "status")

    def get_queryset(self) -> Any:
        return super().get_queryset().defer("plan")

    @extend_schema(request=PlanOperationSerializer, responses={201: PlannedOperationSerializer})
    def create(self, request: ApiRequest, *args: Any, **kwargs: Any) -> Response:
        """Plan an operation."""
        data = self.validated(PlanOperationSerializer)
        planned = operations.plan_operation(
            actor=request.user,
            case_id=data.pop("case"),
            lead_agency_id=data.pop("lead_agency"),
            member_ids=data.pop("members"),
            **data,
        )
        return self.changed(planned, status=201)

    @extend_schema(request=NameMemberSerializer, responses=PlannedOperationSerializer)
    @action(detail=True, methods=["post"])
    def member(self, request: ApiRequest, pk: Any = None) -> Response:
        """Let somebody know of it."""
        data = self.validated(NameMemberSerializer)
        member = operations.name_member(actor=request.user, planned_id=pk, user_id=data["user"])
        return self.changed(member.operation)

    @extend_schema(
        parameters=[IF_MATCH], request=NothingSerializer, responses=PlannedOperationSerializer
    )
    @action(detail=True, methods=["post"], url_path="call-off")
    def call_off(self, request: ApiRequest, pk: Any = None) -> Response:
        """Call it off."""
        self.validated(NothingSerializer)
        return self.changed(
            operations.call_off_operation(
                actor=request.user, planned_id=pk, version=self.seen_version()
            )
        )
