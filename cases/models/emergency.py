"""Emergency access: somebody opened a case that is not theirs to see."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models

from cases.choices import EmergencyReason
from cases.models.case import Case
from cases.querysets import BreakGlassQuerySet
from core.querysets import scoped_manager
from core.records import GuardedRecord
from vault.fields import EncryptedTextField


class BreakGlass(GuardedRecord):
    """One breaking of the glass: who, which case, why, and until when (R-A2)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="emergencies")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason_code = models.CharField(max_length=20, choices=EmergencyReason)
    reason = EncryptedTextField(owner="case")
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = scoped_manager(BreakGlassQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return "emergency access"

    def is_live(self, at: datetime) -> bool:
        return self.ended_at is None and at < self.until
