"""What the desk asked a source, and what the source was told in the end."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.querysets import scoped_manager
from core.records import GuardedRecord
from referrals.choices import Channel, Outcome, QuestionEnd, SilenceReason
from referrals.models.referral import Referral
from referrals.querysets import OfReferralQuerySet
from vault.fields import EncryptedTextField


class SourceQuestion(GuardedRecord):
    """A request for information to the source of a referral; one is open at a time."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="questions")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    way = models.CharField(max_length=20, choices=Channel)
    question = EncryptedTextField(owner="referral", owner_field="referral_id")
    answer_due = models.DateTimeField()
    chasers = models.PositiveSmallIntegerField(default=0)
    chased_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    end = models.CharField(max_length=20, choices=QuestionEnd, blank=True)
    answer = EncryptedTextField(owner="referral", owner_field="referral_id", blank=True)

    objects = scoped_manager(OfReferralQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("asked_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["referral"], condition=Q(ended_at__isnull=True), name="one_open_question"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end="")
                | (Q(ended_at__isnull=False) & ~Q(end="")),
                name="ended_question_says_how",
            ),
            models.CheckConstraint(
                condition=Q(answer_due__gt=F("asked_at")), name="answer_is_due_after_the_question"
            ),
        ]

    def __str__(self) -> str:
        return f"question of {self.asked_at:%Y-%m-%d}"

    def is_late(self, at: datetime) -> bool:
        """Whether the source should have answered by `at`."""
        return self.ended_at is None and at > self.answer_due


class SourceFeedback(GuardedRecord):
    """What the source was told about the end of its referral, or why it may not be told."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="feedback")
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    given_at = models.DateTimeField()
    outcome = models.CharField(max_length=30, choices=Outcome)
    way = models.CharField(max_length=20, choices=Channel, blank=True)
    not_permitted = models.CharField(max_length=30, choices=SilenceReason, blank=True)
    words = EncryptedTextField(owner="referral", owner_field="referral_id", blank=True)

    objects = scoped_manager(OfReferralQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("given_at", "pk")
        verbose_name_plural = "source feedback"
        constraints = [
            models.CheckConstraint(
                condition=(~Q(way="") & Q(not_permitted="")) | (Q(way="") & ~Q(not_permitted="")),
                name="feedback_was_given_or_not_permitted",
            ),
        ]

    def __str__(self) -> str:
        return f"feedback of {self.given_at:%Y-%m-%d}"
