"""Signs of trafficking noticed about a referral, what they amount to together, and payments."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from core.approx_dates import ApproxDateField
from core.choices import YesNoUnknown
from core.querysets import scoped_manager
from core.records import GuardedRecord
from referrals.choices import Confidence, PaymentChannel, PaymentCurrency
from referrals.models.referral import Referral
from referrals.querysets import OpenedOfReferralQuerySet
from vault.fields import EncryptedTextField


class IndicatorObservation(GuardedRecord):
    """That somebody noticed a sign of the catalogue. By itself it says nothing about anybody."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="observations")
    code = models.CharField(max_length=40)
    # Of the catalogue that the code was taken from.
    version = models.CharField(max_length=40)
    observed_on = models.DateField()
    observed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    words = EncryptedTextField(owner="referral", owner_field="referral_id", blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = scoped_manager(OpenedOfReferralQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("observed_on", "created_at")

    def __str__(self) -> str:
        return self.code


class IndicatorAssessment(GuardedRecord):
    """What several signs amount to together, by whom, how surely and why. Never rewritten."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="assessments")
    observations = ArrayField(models.UUIDField())
    confidence = models.CharField(max_length=10, choices=Confidence)
    rationale = EncryptedTextField(owner="referral", owner_field="referral_id")
    assessed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = scoped_manager(OpenedOfReferralQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-created_at",)
        constraints = [
            models.CheckConstraint(
                condition=Q(observations__len__gte=2), name="assessment_of_at_least_two_signs"
            ),
        ]

    def __str__(self) -> str:
        return "assessment of signs"


class Payment(GuardedRecord):
    """A payment that a source reports, or several that it counts together. No account numbers."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="payments")
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    currency = models.CharField(max_length=4, choices=PaymentCurrency)
    times = models.PositiveIntegerField(default=1)
    paid_on = ApproxDateField()
    channel = models.CharField(max_length=30, choices=PaymentChannel)
    sender_country = models.CharField(max_length=2, blank=True)
    receiver_country = models.CharField(max_length=2, blank=True)
    # Whether a session of livestreamed abuse goes with it.
    linked_session = models.CharField(max_length=12, choices=YesNoUnknown)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = scoped_manager(OpenedOfReferralQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("created_at",)
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, times__gte=1) & ~Q(currency=""),
                name="payment_has_a_sum_and_a_currency",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"
