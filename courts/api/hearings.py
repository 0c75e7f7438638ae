"""Hearings for programs: the same scope, the same services. The court room stays on the page."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from core.api import IF_MATCH, ScopedViewSet
from core.requests import ApiRequest
from core.serializers import StrictSerializer
from courts.choices import (
    Attendance,
    HearingKind,
    HearingStatus,
    PostponedBecause,
    Protection,
)
from courts.models import Hearing, HearingAttendance
from courts.services import hearings

ENDED = [choice for choice in HearingStatus.choices if choice[0] != HearingStatus.SCHEDULED]
MAYBE = {"required": False, "allow_null": True, "default": None}


def _protections(**more: Any) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.ChoiceField(choices=Protection.choices), required=False, **more
    )


class AttendanceSerializer(serializers.ModelSerializer[HearingAttendance]):
    class Meta:
        model = HearingAttendance
        fields = ("person", "attendance", "supporter")
        read_only_fields = fields


class HearingSerializer(serializers.ModelSerializer[Hearing]):
    attendances = AttendanceSerializer(many=True, read_only=True)

    class Meta:
        model = Hearing
        fields = (
            "id",
            "proceeding",
            "case",
            "kind",
            "starts_at",
            "zone",
            "status",
            "postponed_because",
            "instead",
            "protections",
            "report_due_on",
            "report_sent_on",
            "version",
            "attendances",
        )
        read_only_fields = fields


class ScheduleHearingsSerializer(StrictSerializer):
    proceedings = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=hearings.MOST_AT_ONCE
    )
    kind = serializers.ChoiceField(choices=HearingKind.choices)
    day = serializers.DateField()
    time = serializers.CharField(max_length=5, help_text="By the clock of the court, as HH:MM.")
    zone = serializers.CharField(max_length=40, help_text="IANA name of that clock.")
    place = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    protections = _protections(default=list)
    report_days = serializers.IntegerField(min_value=0, max_value=90, **MAYBE)  # type: ignore[arg-type]


class AttendsSerializer(StrictSerializer):
    person = serializers.UUIDField()
    attendance = serializers.ChoiceField(choices=Attendance.choices)
    supporter = serializers.UUIDField(
        required=False,
        allow_null=True,
        help_text="null takes away whoever is beside them; left out, they stay.",
    )


class PrepareHearingSerializer(StrictSerializer):
    """What is left out stays as it is."""

    protections = _protections(help_text="All measures that hold from now on.")
    attendances = serializers.ListField(child=AttendsSerializer(), required=False)
    report_sent_on = serializers.DateField(
        required=False, allow_null=True, help_text="null: it was not sent after all."
    )


class EndHearingSerializer(StrictSerializer):
    status = serializers.ChoiceField(choices=ENDED)
    because = serializers.ChoiceField(
        choices=PostponedBecause.choices, required=False, allow_blank=True, default=""
    )
    new_day = serializers.DateField(**MAYBE)  # type: ignore[arg-type]
    new_time = serializers.CharField(max_length=5, required=False, allow_blank=True, default="")


class HearingViewSet(ScopedViewSet):
    """Hearings of the cases one sees: list, read, schedule, prepare, end."""

    model = Hearing
    permission = "courts.read_proceeding"
    lists = "hearing.listed"
    reads = "hearing.opened"
    serializer_class = HearingSerializer
    filterset_fields = ("case", "proceeding", "status", "kind")

    def get_queryset(self) -> Any:
        return super().get_queryset().prefetch_related("attendances").defer("place")

    @extend_schema(
        request=ScheduleHearingsSerializer, responses={201: HearingSerializer(many=True)}
    )
    def create(self, request: ApiRequest, *args: Any, **kwargs: Any) -> Response:
        """Record a hearing of one proceeding, or the same date for several heard together."""
        data = self.validated(ScheduleHearingsSerializer)
        made = hearings.schedule_hearings(
            actor=request.user, proceeding_ids=data.pop("proceedings"), **data
        )
        with self.request._request.reading():
            found = self.get_queryset().filter(pk__in=[one.pk for one in made])
            return Response(self.get_serializer(found, many=True).data, status=201)

    @extend_schema(
        parameters=[IF_MATCH], request=PrepareHearingSerializer, responses=HearingSerializer
    )
    @action(detail=True, methods=["post"])
    def prepare(self, request: ApiRequest, pk: Any = None) -> Response:
        """Say who has to come, who is beside them, and how they are protected."""
        data = self.validated(PrepareHearingSerializer)
        attends = data.pop("attendances", [])
        return self.changed(
            hearings.prepare_hearing(
                actor=request.user,
                hearing_id=pk,
                version=self.seen_version(),
                attendances={one["person"]: one["attendance"] for one in attends},
                supporters={
                    one["person"]: one["supporter"] for one in attends if "supporter" in one
                },
                report_unsent="report_sent_on" in data and data["report_sent_on"] is None,
                **data,
            )
        )

    @extend_schema(parameters=[IF_MATCH], request=EndHearingSerializer, responses=HearingSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: ApiRequest, pk: Any = None) -> Response:
        """Say that it was held, postponed or cancelled."""
        data = self.validated(EndHearingSerializer)
        return self.changed(
            hearings.end_hearing(
                actor=request.user, hearing_id=pk, version=self.seen_version(), **data
            )
        )
