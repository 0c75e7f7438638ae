"""Assessments for programs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.safety import OneAtATime
from cases.api.texts import shown_answers
from cases.instruments import INSTRUMENTS
from cases.models import Assessment
from cases.services.assessments import assess_survivor
from core.serializers import StrictSerializer


class AssessmentRowSerializer(serializers.ModelSerializer[Assessment]):
    """That an assessment was made; the answers are read one at a time."""

    class Meta:
        model = Assessment
        fields: Any = (
            "id",
            "case",
            "person",
            "instrument",
            "instrument_version",
            "assessed_on",
            "next_due",
            "assessor",
        )
        read_only_fields: Any = fields


class AssessmentSerializer(AssessmentRowSerializer):
    """An assessment with its answers: domain → number, and the conclusion."""

    answers = serializers.SerializerMethodField()

    class Meta(AssessmentRowSerializer.Meta):
        fields: Any = (*AssessmentRowSerializer.Meta.fields, "answers")
        read_only_fields: Any = fields

    def get_answers(self, assessment: Assessment) -> dict[str, Any]:
        return shown_answers(assessment, "answers")


class AssessSurvivorSerializer(StrictSerializer):
    """What `assess_survivor` takes; every domain of the instrument is answered, 0 for not known."""

    participant = serializers.UUIDField()
    instrument = serializers.ChoiceField(choices=[(code, code) for code in INSTRUMENTS])
    scores = serializers.DictField(child=serializers.IntegerField(min_value=0, max_value=10))
    assessed_on = serializers.DateField(required=False, allow_null=True)
    conclusion = serializers.CharField(max_length=4000, required=False, allow_blank=True)


class AssessmentViewSet(OneAtATime):
    """Assessments: list, read, make. None is changed."""

    model = Assessment
    permission = "cases.read_assessment"
    lists = "assessment.listed"
    reads = "assessment.opened"
    filterset_fields = ("case", "person", "instrument")
    row = AssessmentRowSerializer
    whole = AssessmentSerializer

    @extend_schema(request=AssessSurvivorSerializer, responses={201: AssessmentSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Write down what an instrument showed."""
        data = self.validated(AssessSurvivorSerializer)
        made = assess_survivor(
            actor=self.request.user, participant_id=data.pop("participant"), **data
        )
        return self.changed(made, status=201)
