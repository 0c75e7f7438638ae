"""What the API says and takes about proceedings; the docket number stays on the page."""

from __future__ import annotations

from rest_framework import serializers

from core.choices import Side
from core.serializers import StrictSerializer
from courts.choices import Stage, VerdictResult
from courts.models import Charge, Proceeding, Verdict


class VerdictSerializer(serializers.ModelSerializer[Verdict]):
    class Meta:
        model = Verdict
        fields = ("result", "decided_on")
        read_only_fields = fields


class ChargeSerializer(serializers.ModelSerializer[Charge]):
    verdict = VerdictSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Charge
        fields = ("id", "statute", "section", "counts", "filed_on", "status", "verdict")
        read_only_fields = fields


class ProceedingSerializer(serializers.ModelSerializer[Proceeding]):
    charges = ChargeSerializer(many=True, read_only=True)
    accused_code = serializers.CharField(source="accused.person.code", read_only=True)

    class Meta:
        model = Proceeding
        fields = (
            "id",
            "reference",
            "case",
            "accused",
            "accused_code",
            "jurisdiction",
            "side",
            "court",
            "opened_on",
            "stage",
            "version",
            "charges",
        )
        read_only_fields = fields


class OpenProceedingSerializer(StrictSerializer):
    case = serializers.UUIDField()
    accused = serializers.UUIDField()
    jurisdiction = serializers.RegexField(r"^[A-Z]{2}$")
    side = serializers.ChoiceField(choices=[Side.SOURCE, Side.DEMAND])
    opened_on = serializers.DateField()
    court = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    docket_number = serializers.CharField(
        max_length=80, required=False, allow_blank=True, default=""
    )


class FileChargeSerializer(StrictSerializer):
    statute = serializers.CharField(max_length=120)
    filed_on = serializers.DateField()
    section = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    counts = serializers.IntegerField(min_value=1, max_value=999, default=1)


class RecordVerdictSerializer(StrictSerializer):
    charge = serializers.UUIDField()
    result = serializers.ChoiceField(choices=VerdictResult.choices)
    decided_on = serializers.DateField()


class AdvanceProceedingSerializer(StrictSerializer):
    to = serializers.ChoiceField(choices=Stage.choices)
