"""What the API says and takes about consent and other legal bases."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from cases.choices import (
    ChildAssent,
    ConsentMethod,
    DataCategory,
    GivenBy,
    InformationPoint,
    InterpreterUse,
    LegalBasis,
    Scope,
)
from cases.models import Consent, LegalGround
from core.serializers import StrictSerializer


def _list(choices: Any) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.ChoiceField(choices=choices.choices), required=False, max_length=40
    )


class ConsentSerializer(serializers.ModelSerializer[Consent]):
    """The coded part of a consent; what is sealed is opened on its page."""

    class Meta:
        model = Consent
        fields = (
            "id",
            "case",
            "person",
            "status",
            "given_by",
            "giver",
            "child_assent",
            "information_given",
            "language",
            "interpreter_use",
            "method",
            "scopes",
            "refused_scopes",
            "withdrawn_scopes",
            "recipients",
            "categories",
            "countries",
            "valid_from",
            "valid_until",
            "until_majority",
            "review_on",
            "conflict_checked_at",
            "given_at",
            "ended_at",
            "version",
        )
        read_only_fields = fields


class StartConsentSerializer(StrictSerializer):
    """Answers as far as they are known; the consent holds only after `give`."""

    case = serializers.UUIDField()
    person = serializers.UUIDField()
    given_by = serializers.ChoiceField(choices=GivenBy.choices)
    giver = serializers.UUIDField(required=False, allow_null=True)
    giver_details = serializers.CharField(required=False, allow_blank=True)
    order_reference = serializers.CharField(required=False, allow_blank=True)
    child_assent = serializers.ChoiceField(choices=ChildAssent.choices, required=False)
    assent_reason = serializers.CharField(required=False, allow_blank=True)
    best_interest = serializers.CharField(required=False, allow_blank=True)
    decided_by = serializers.CharField(required=False, allow_blank=True)
    information_given = _list(InformationPoint)
    language = serializers.CharField(required=False, allow_blank=True, max_length=60)
    interpreter_use = serializers.ChoiceField(choices=InterpreterUse.choices, required=False)
    interpreter = serializers.UUIDField(required=False, allow_null=True)
    method = serializers.ChoiceField(choices=ConsentMethod.choices, required=False)
    witness = serializers.CharField(required=False, allow_blank=True)
    scopes = _list(Scope)
    refused_scopes = _list(Scope)
    recipients = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=100
    )
    categories = _list(DataCategory)
    countries = serializers.ListField(
        child=serializers.CharField(max_length=2), required=False, max_length=40
    )
    valid_from = serializers.DateField(required=False)
    valid_until = serializers.DateField(required=False)
    review_on = serializers.DateField(required=False)


class WithdrawConsentSerializer(StrictSerializer):
    scopes = _list(Scope)
    words = serializers.CharField(required=False, allow_blank=True)


class LegalGroundSerializer(serializers.ModelSerializer[LegalGround]):
    """The coded part of a legal basis other than consent."""

    class Meta:
        model = LegalGround
        fields = (
            "id",
            "reference",
            "case",
            "person",
            "status",
            "basis",
            "purposes",
            "recipient",
            "categories",
            "valid_from",
            "valid_until",
            "decided_at",
            "ended_at",
            "version",
        )
        read_only_fields = fields


class RecordGroundSerializer(StrictSerializer):
    case = serializers.UUIDField()
    person = serializers.UUIDField(required=False, allow_null=True)
    basis = serializers.ChoiceField(choices=LegalBasis.choices)
    reason = serializers.CharField(max_length=600)
    order_reference = serializers.CharField(required=False, allow_blank=True, max_length=200)
    recipient = serializers.UUIDField(required=False, allow_null=True)
    purposes = serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.choices), allow_empty=False
    )
    categories = _list(DataCategory)
    valid_from = serializers.DateField(required=False)
    valid_until = serializers.DateField(required=False, allow_null=True)


class DecideGroundSerializer(StrictSerializer):
    approve = serializers.BooleanField()
