"""Who is called when a child is in danger, and who was."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Team
from core.querysets import scoped_manager
from core.records import GuardedRecord
from referrals.choices import AlertStep, OnCallPlace
from referrals.models.referral import Referral
from referrals.querysets import DangerAlertQuerySet, OnCallShiftQuerySet


class OnCallShift(GuardedRecord):
    """Somebody of a team who is called first, or when the first does not answer."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField(choices=OnCallPlace)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = scoped_manager(OnCallShiftQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("starts_at", "place", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("starts_at")), name="shift_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"shift from {self.starts_at:%Y-%m-%d}"

    def is_on(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at


class DangerAlert(GuardedRecord):
    """That somebody was told to come and look, and at which step."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="alerts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    step = models.PositiveSmallIntegerField(choices=AlertStep)
    sent_at = models.DateTimeField()

    objects = scoped_manager(DangerAlertQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("sent_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "person", "step"], name="told_once_at_each_step"
            ),
        ]

    def __str__(self) -> str:
        return f"alert of {self.sent_at:%Y-%m-%d %H:%M}"
