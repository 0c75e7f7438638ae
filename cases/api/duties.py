"""Duties to report for programs: the same services, the same refusals."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.safety import OneAtATime
from cases.api.texts import shown_text
from cases.choices import DutyTrigger, NotRequired, ReportedHow
from cases.models import ReportDuty
from cases.services import duties
from core.api import IF_MATCH
from core.serializers import StrictSerializer


class DutyRowSerializer(serializers.ModelSerializer[ReportDuty]):
    """A duty and its clock; whom one told is read one at a time."""

    class Meta:
        model = ReportDuty
        fields: Any = (
            "id",
            "reference",
            "case",
            "referral_id",
            "rule",
            "authority",
            "trigger",
            "status",
            "learned_at",
            "due_at",
            "how",
            "reported_at",
            "acknowledged_at",
            "not_required",
            "version",
        )
        read_only_fields: Any = fields


class DutySerializer(DutyRowSerializer):
    """A duty with the office, whom one spoke with, and their number."""

    office = serializers.SerializerMethodField()
    spoken_to = serializers.SerializerMethodField()
    receipt_number = serializers.SerializerMethodField()

    class Meta(DutyRowSerializer.Meta):
        fields: Any = (*DutyRowSerializer.Meta.fields, "office", "spoken_to", "receipt_number")
        read_only_fields: Any = fields

    def get_office(self, duty: ReportDuty) -> str:
        return shown_text(duty, "office")

    def get_spoken_to(self, duty: ReportDuty) -> str:
        return shown_text(duty, "spoken_to")

    def get_receipt_number(self, duty: ReportDuty) -> str:
        return shown_text(duty, "receipt_number")


class NoteDutySerializer(StrictSerializer):
    """What `note_duty` takes, for a case."""

    case = serializers.UUIDField()
    rule = serializers.CharField(max_length=40)
    trigger = serializers.ChoiceField(choices=DutyTrigger.choices)
    learned_at = serializers.DateTimeField()


class ReportDutySerializer(StrictSerializer):
    """What `report_duty` takes."""

    how = serializers.ChoiceField(choices=ReportedHow.choices)
    reported_at = serializers.DateTimeField()
    office = serializers.CharField(max_length=200)
    spoken_to = serializers.CharField(max_length=120, required=False, allow_blank=True)
    receipt_number = serializers.CharField(max_length=80, required=False, allow_blank=True)


class ConfirmReceiptSerializer(StrictSerializer):
    """The authority's number."""

    receipt_number = serializers.CharField(max_length=80)


class WaiveDutySerializer(StrictSerializer):
    """Why it is not required."""

    reason = serializers.ChoiceField(choices=NotRequired.choices)


class DutyViewSet(OneAtATime):
    """Duties to report: list, read, note, report, confirm the receipt, waive."""

    model = ReportDuty
    permission = "cases.read_duty"
    lists = "duty.listed"
    reads = "duty.opened"
    filterset_fields = ("case", "referral_id", "status", "rule")
    row = DutyRowSerializer
    whole = DutySerializer
    id_of = "duty_id"

    @extend_schema(request=NoteDutySerializer, responses={201: DutySerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Note a duty on a case; its clock runs from when it was learned of."""
        data = self.validated(NoteDutySerializer)
        duty = duties.note_duty(actor=self.request.user, case_id=data.pop("case"), **data)
        return self.changed(duty, status=201)

    @extend_schema(
        parameters=[IF_MATCH],
        request=ReportDutySerializer,
        responses=DutySerializer,
    )
    @action(detail=True, methods=["post"])
    def report(self, request: Request, pk: Any = None) -> Response:
        """Write down that the authority was told."""
        return self.step(duties.report_duty, ReportDutySerializer, pk)

    @extend_schema(
        parameters=[IF_MATCH], request=ConfirmReceiptSerializer, responses=DutySerializer
    )
    @action(detail=True, methods=["post"], url_path="confirm-receipt")
    def confirm_receipt(self, request: Request, pk: Any = None) -> Response:
        """Write down their number."""
        return self.step(duties.confirm_receipt, ConfirmReceiptSerializer, pk)

    @extend_schema(
        parameters=[IF_MATCH],
        request=WaiveDutySerializer,
        responses=DutySerializer,
    )
    @action(detail=True, methods=["post"])
    def waive(self, request: Request, pk: Any = None) -> Response:
        """Say, as a second person, that it is not required."""
        return self.step(duties.waive_duty, WaiveDutySerializer, pk)
