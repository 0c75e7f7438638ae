"""What the API says and takes about proceedings; docket number and documents stay on the page."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from core.choices import Side
from core.serializers import StrictSerializer
from courts.choices import Plea, StopReason, VerdictResult
from courts.models import Charge, Proceeding, StageChange, Statute, Verdict


class VerdictSerializer(serializers.ModelSerializer[Verdict]):
    class Meta:
        model = Verdict
        fields = ("result", "decided_on")
        read_only_fields = fields


class ChargeSerializer(serializers.ModelSerializer[Charge]):
    verdict = VerdictSerializer(read_only=True, allow_null=True)
    code = serializers.CharField(source="law.code", read_only=True, allow_null=True)

    class Meta:
        model = Charge
        fields = (
            "id",
            "code",
            "statute",
            "section",
            "description",
            "counts",
            "act_from",
            "act_to",
            "qualified",
            "attempted",
            "syndicated",
            "large_scale",
            "filed_on",
            "plea",
            "plea_on",
            "status",
            "replaces",
            "version",
            "verdict",
        )
        read_only_fields = fields


class StageChangeSerializer(serializers.ModelSerializer[StageChange]):
    to = serializers.CharField(source="to_step.code", read_only=True)

    class Meta:
        model = StageChange
        fields = ("number", "to", "happened_on", "reason")
        read_only_fields = fields


class ProceedingSerializer(serializers.ModelSerializer[Proceeding]):
    charges = ChargeSerializer(many=True, read_only=True)
    changes = StageChangeSerializer(many=True, read_only=True)
    accused_code = serializers.CharField(source="accused.person.code", read_only=True)
    step = serializers.CharField(source="step.code", read_only=True)
    procedure = serializers.CharField(source="step.procedure", read_only=True)

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
            "prosecutor",
            "opened_on",
            "procedure",
            "step",
            "stage",
            "reached_on",
            "earlier_unknown",
            "version",
            "changes",
            "charges",
        )
        read_only_fields = fields


class StatuteSerializer(serializers.ModelSerializer[Statute]):
    class Meta:
        model = Statute
        fields = (
            "id",
            "jurisdiction",
            "code",
            "title",
            "section",
            "description",
            "iccs",
            "valid_from",
            "valid_to",
            "penalty",
            "source_checked",
            "version",
        )
        read_only_fields = fields


def _words(most: int, **more: Any) -> serializers.CharField:
    return serializers.CharField(
        max_length=most, required=False, allow_blank=True, default="", **more
    )


class OpenProceedingSerializer(StrictSerializer):
    case = serializers.UUIDField()
    accused = serializers.UUIDField()
    jurisdiction = serializers.RegexField(r"^[A-Z]{2}$")
    side = serializers.ChoiceField(choices=[Side.SOURCE, Side.DEMAND])
    opened_on = serializers.DateField()
    court = _words(120)
    docket_number = _words(80)
    prosecutor = serializers.UUIDField(required=False, allow_null=True, default=None)
    step = _words(30)
    earlier_unknown = serializers.BooleanField(default=False)
    document = _words(120)


class ChangeProceedingSerializer(StrictSerializer):
    """What is left out stays as it is; no prosecutor (null) means that it is not known."""

    court = serializers.CharField(max_length=120, required=False, allow_blank=True)
    docket_number = serializers.CharField(max_length=80, required=False, allow_blank=True)
    prosecutor = serializers.UUIDField(required=False, allow_null=True)


class AdvanceProceedingSerializer(StrictSerializer):
    to = serializers.CharField(max_length=30)
    happened_on = serializers.DateField()
    document = serializers.CharField(max_length=120)
    reason = serializers.ChoiceField(
        choices=StopReason.choices, required=False, allow_blank=True, default=""
    )


class ChargeParticularsSerializer(StrictSerializer):
    """What a charge says of the act."""

    counts = serializers.IntegerField(min_value=1, max_value=999, default=1)
    act_from = serializers.DateField(required=False, allow_null=True, default=None)
    act_to = serializers.DateField(required=False, allow_null=True, default=None)
    qualified = serializers.BooleanField(default=False)
    attempted = serializers.BooleanField(default=False)
    syndicated = serializers.BooleanField(default=False)
    large_scale = serializers.BooleanField(default=False)


class FileChargeSerializer(ChargeParticularsSerializer):
    statute = serializers.CharField(max_length=40)
    filed_on = serializers.DateField()
    document = _words(120)


class ReplaceChargeSerializer(StrictSerializer):
    statute = serializers.CharField(max_length=40)
    filed_on = serializers.DateField()


class EnterPleaSerializer(StrictSerializer):
    plea = serializers.ChoiceField(choices=Plea.choices)
    plea_on = serializers.DateField()


class RecordVerdictSerializer(StrictSerializer):
    charge = serializers.UUIDField()
    version = serializers.IntegerField(min_value=1, help_text="Of the charge, as it was read.")
    result = serializers.ChoiceField(choices=VerdictResult.choices)
    decided_on = serializers.DateField()
    document = _words(120)


class ChangeStatuteSerializer(StrictSerializer):
    title = serializers.CharField(max_length=120)
    section = _words(60)
    description = serializers.CharField(max_length=300)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(required=False, allow_null=True, default=None)
    penalty = _words(200)
    source_checked = serializers.BooleanField(default=False)


class AddStatuteSerializer(ChangeStatuteSerializer):
    jurisdiction = serializers.RegexField(r"^[A-Z]{2}$")
    code = serializers.CharField(max_length=40)
    iccs = _words(8)
