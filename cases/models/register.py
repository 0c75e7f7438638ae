"""The data protection officer's registers: entries, and every version of them."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from accounts.models import Agency
from cases.choices import RegisterKind
from cases.querysets.register import RegisterEntryQuerySet, RegisterVersionQuerySet
from core.querysets import scoped_manager
from core.records import GuardedRecord
from vault.fields import EncryptedJSONField
from vault.system import SYSTEM_OWNER


class RegisterEntry(GuardedRecord):
    """One entry of one register. Written once; what it says stands in its versions."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    register = models.CharField(max_length=12, choices=RegisterKind)
    reference = models.CharField(max_length=12, unique=True, editable=False)

    objects = scoped_manager(RegisterEntryQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-created_at",)
        verbose_name_plural = "register entries"

    def __str__(self) -> str:
        return self.reference


class RegisterVersion(GuardedRecord):
    """What an entry said from a moment on. Never changed and never removed: a new one is added."""

    entry = models.ForeignKey(RegisterEntry, on_delete=models.PROTECT, related_name="versions")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    answers = EncryptedJSONField(owner="system", owner_field="system_owner")
    due_at = models.DateTimeField(null=True, blank=True)
    is_done = models.BooleanField(default=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = scoped_manager(RegisterVersionQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=["entry", "number"], name="each_version_once")
        ]

    def __str__(self) -> str:
        return f"version {self.number}"

    @property
    def system_owner(self) -> uuid.UUID:
        return SYSTEM_OWNER[1]

    def is_overdue(self, at: Any) -> bool:
        return not self.is_done and self.due_at is not None and self.due_at < at
