"""Signs and payments of a referral, for programs."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from core.approx_forms import ApproxDateSerializerField
from core.serializers import StrictSerializer
from referrals.choices import Confidence, PaymentChannel, PaymentCurrency
from referrals.models import Payment
from referrals.services.asking import WORDS_LIMIT
from referrals.services.indicators import MOST_TIMES
from referrals.services.intake import DANGER_CHOICES


class SignSerializer(serializers.Serializer[Any]):
    """One sign. By itself it says nothing about anybody."""

    id = serializers.UUIDField(read_only=True)
    sign = serializers.CharField(source="label", read_only=True)
    about = serializers.CharField(read_only=True)
    observed_on = serializers.DateField(read_only=True)
    words = serializers.CharField(read_only=True)
    taken_back = serializers.BooleanField(read_only=True)


class AssessedSerializer(serializers.Serializer[Any]):
    """What several signs amount to together."""

    confidence = serializers.CharField(read_only=True)
    rationale = serializers.CharField(read_only=True)
    by = serializers.CharField(read_only=True)
    at = serializers.DateTimeField(read_only=True)
    signs = serializers.ListField(child=serializers.CharField(), read_only=True)
    weakened = serializers.BooleanField(read_only=True)


class PaymentSerializer(serializers.ModelSerializer[Payment]):
    """One payment, or several counted together."""

    paid_on = ApproxDateSerializerField(read_only=True)
    linked_session = serializers.ChoiceField(choices=DANGER_CHOICES, read_only=True)

    class Meta:
        model = Payment
        fields: Any = (
            "id",
            "amount",
            "currency",
            "times",
            "paid_on",
            "channel",
            "sender_country",
            "receiver_country",
            "linked_session",
            "taken_back_at",
        )
        read_only_fields: Any = fields


class IndicatorsSerializer(serializers.Serializer[Any]):
    """Everything that was noticed about a referral."""

    assessed = AssessedSerializer(many=True, read_only=True)
    signs = SignSerializer(many=True, read_only=True)
    payments = PaymentSerializer(many=True, read_only=True)


class ObserveSerializer(StrictSerializer):
    """What `observe_indicator` takes."""

    code = serializers.CharField(max_length=40)
    observed_on = serializers.DateField()
    words = serializers.CharField(max_length=WORDS_LIMIT, required=False, allow_blank=True)


class TakeBackSerializer(StrictSerializer):
    """Which entry was noted by mistake."""

    entry_id = serializers.UUIDField()


class AssessSerializer(StrictSerializer):
    """What `assess_indicators` takes."""

    observations = serializers.ListField(child=serializers.UUIDField())
    confidence = serializers.ChoiceField(choices=Confidence.choices)
    rationale = serializers.CharField(max_length=WORDS_LIMIT)


class ReportedPaymentSerializer(StrictSerializer):
    """What `record_payment` takes."""

    amount = serializers.DecimalField(max_digits=12, decimal_places=2)
    currency = serializers.ChoiceField(choices=PaymentCurrency.choices)
    times = serializers.IntegerField(min_value=1, max_value=MOST_TIMES, required=False)
    paid_on = ApproxDateSerializerField(required=False)
    channel = serializers.ChoiceField(choices=PaymentChannel.choices, required=False)
    sender_country = serializers.CharField(max_length=2, required=False, allow_blank=True)
    receiver_country = serializers.CharField(max_length=2, required=False, allow_blank=True)
    linked_session = serializers.ChoiceField(choices=DANGER_CHOICES, required=False)
