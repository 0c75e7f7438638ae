"""How people come in: what stops somebody at the door."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.directory import User
from accounts.querysets import SignInLockQuerySet
from core.querysets import scoped_manager
from core.records import GuardedRecord


class LockKind(models.TextChoices):
    PASSWORD = "password", _("Too many wrong passwords")
    CODE = "code", _("Too many wrong codes")


class SignInLock(GuardedRecord):
    """Somebody was locked out for some minutes after too many failed attempts."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_in_locks")
    kind = models.CharField(max_length=10, choices=LockKind)
    until = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = scoped_manager(SignInLockQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-created_at",)
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="lock_lifted_by_somebody",
            ),
            models.CheckConstraint(condition=Q(until__gt=F("created_at")), name="lock_has_an_end"),
        ]

    def __str__(self) -> str:
        return f"locked out until {self.until:%Y-%m-%d %H:%M}"

    def is_live(self, at: datetime) -> bool:
        return self.lifted_at is None and at < self.until
