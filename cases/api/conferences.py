"""Case conferences for programs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.safety import OneAtATime
from cases.models import CaseConference
from cases.selectors import show_conference
from cases.services.conferences import Decided, hold_conference
from core.serializers import StrictSerializer


class ConferenceRowSerializer(serializers.ModelSerializer[CaseConference]):
    """That a conference was held."""

    class Meta:
        model = CaseConference
        fields: Any = ("id", "case", "held_at", "recorded_by")
        read_only_fields: Any = fields


class ConferenceSerializer(ConferenceRowSerializer):
    """A conference with who came, its minutes and decisions."""

    told = serializers.SerializerMethodField()

    class Meta(ConferenceRowSerializer.Meta):
        fields: Any = (*ConferenceRowSerializer.Meta.fields, "told")
        read_only_fields: Any = fields

    def get_told(self, conference: CaseConference) -> dict[str, Any]:
        shown = show_conference(self.context["request"].user, conference)
        return {
            "agencies": shown.agencies,
            "colleagues": shown.colleagues,
            "others": shown.others,
            "minutes": shown.minutes,
            "decisions": [{"what": what, "who": who} for what, who in shown.decisions],
        }


class DecidedSerializer(StrictSerializer):
    """One decision; a colleague with a day makes it a task."""

    what = serializers.CharField(max_length=300)
    agency = serializers.UUIDField(required=False, allow_null=True)
    assignee = serializers.UUIDField(required=False, allow_null=True)
    due_on = serializers.DateField(required=False, allow_null=True)


class HoldConferenceSerializer(StrictSerializer):
    """What `hold_conference` takes."""

    case = serializers.UUIDField()
    held_at = serializers.DateTimeField()
    agencies = serializers.ListField(child=serializers.UUIDField(), max_length=50)
    colleagues = serializers.ListField(child=serializers.UUIDField(), max_length=50, required=False)
    others = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    minutes = serializers.CharField(max_length=8000, required=False, allow_blank=True)
    decisions = serializers.ListField(child=DecidedSerializer(), max_length=20, required=False)


class ConferenceViewSet(OneAtATime):
    """Case conferences: list, read, write down."""

    model = CaseConference
    permission = "cases.read_conference"
    lists = "conference.listed"
    reads = "conference.opened"
    filterset_fields = ("case",)
    row = ConferenceRowSerializer
    whole = ConferenceSerializer

    @extend_schema(request=HoldConferenceSerializer, responses={201: ConferenceSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Write down a conference; decisions of colleagues become tasks."""
        data = self.validated(HoldConferenceSerializer)
        decisions = [
            Decided(
                what=one["what"],
                agency_id=one.get("agency"),
                assignee_id=one.get("assignee"),
                due_on=one.get("due_on"),
            )
            for one in data.pop("decisions", [])
        ]
        made = hold_conference(
            actor=self.request.user, case_id=data.pop("case"), decisions=decisions, **data
        )
        return self.changed(made, status=201)
