"""That something is due to be looked at: keep it, and why, or ask for its erasure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Agency, Team
from cases.choices import KeepReason, ReviewStatus
from cases.models.case import Case
from cases.querysets.retention import RetentionReviewQuerySet
from core.errors import InvalidTransition
from core.querysets import scoped_manager
from core.records import GuardedRecord


class RetentionReview(GuardedRecord):
    """One record whose time for keeping is over. Nothing is ever deleted by it (R-D3)."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    record_id = models.UUIDField()
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reference = models.CharField(max_length=12)
    retention = models.CharField(max_length=16)
    review_on = models.DateField()
    status = models.CharField(max_length=10, choices=ReviewStatus, default=ReviewStatus.DUE)
    reason = models.CharField(max_length=16, choices=KeepReason, blank=True)
    keep_until = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = scoped_manager(RetentionReviewQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("review_on", "created_at")
        constraints = [
            models.UniqueConstraint(
                fields=["record_id"], condition=Q(status="due"), name="due_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(status="kept") | Q(keep_until__isnull=False) & ~Q(reason=""),
                name="kept_says_why_and_until_when",
            ),
        ]

    def __str__(self) -> str:
        return f"review of {self.reference}"

    def decide(self, status: str, *, by: Any, at: datetime) -> None:
        """Close it. Does not save. Raises InvalidTransition."""
        if self.status != ReviewStatus.DUE:
            raise InvalidTransition("This was decided before.")
        self.status, self.decided_by_id, self.decided_at = status, by.pk, at

    def is_late(self, on: date) -> bool:
        return self.status == ReviewStatus.DUE and (on - self.review_on).days > 30
