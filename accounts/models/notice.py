"""What somebody was told of, and how they want to be told."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.querysets import NoticeQuerySet
from core.querysets import scoped_manager
from core.records import GuardedRecord


class ByMail(models.TextChoices):
    """How mail comes. It says "come and look" and nothing else, whichever way (R-P3)."""

    AT_ONCE = "at_once", _("At once, one mail for each")
    DAILY = "daily", _("Once a day, one mail for all")
    NEVER = "never", _("No mail; I look here")


class Notice(GuardedRecord):
    """Somebody was told of one act. What it says stands in the log and in the records."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices"
    )
    act = models.UUIDField()
    # Somebody may be in danger: told at once, whatever was chosen.
    urgent = models.BooleanField(default=False)
    told_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    objects: Any = scoped_manager(NoticeQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-told_at", "id")
        constraints = [models.UniqueConstraint(fields=["user", "act"], name="told_once_of_an_act")]
        indexes = [
            models.Index(
                fields=["user"],
                name="unseen_notices",
                condition=models.Q(seen_at=None),
            )
        ]

    def __str__(self) -> str:
        return "notice"


class NoticeChoice(GuardedRecord):
    """How somebody wants their mail. Nobody has to choose: then it comes at once."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="notice_choice",
    )
    by_mail = models.CharField(max_length=10, choices=ByMail, default=ByMail.AT_ONCE)
    daily_at = models.TimeField(default=time(8))
    # Both or neither; they may span midnight.
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)

    objects: Any = scoped_manager(NoticeQuerySet)

    class Meta(GuardedRecord.Meta):
        constraints = [
            models.CheckConstraint(
                name="quiet_hours_have_both_ends",
                condition=models.Q(quiet_from=None, quiet_until=None)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return "choice of notices"

    def is_quiet(self, at: time) -> bool:
        """Whether a time of day falls into the quiet hours."""
        begins, ends = self.quiet_from, self.quiet_until
        if begins is None or ends is None or begins == ends:
            return False
        return begins <= at < ends if begins < ends else at >= begins or at < ends
