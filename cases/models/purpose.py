"""Stated purposes: why somebody opened a case, once in some hours."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from cases.choices import CasePurpose
from cases.models.case import Case
from cases.querysets import StatedPurposeQuerySet
from core.querysets import scoped_manager
from core.records import GuardedRecord
from vault.fields import EncryptedTextField


class StatedPurpose(GuardedRecord):
    """One person said why they open one case. Good for some hours, and never changed."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="purposes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=20, choices=CasePurpose)
    # Only from somebody who is in none of the case's teams.
    reason = EncryptedTextField(owner="case")

    objects = scoped_manager(StatedPurposeQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-created_at",)
        indexes = [models.Index(fields=["user", "case", "-created_at"], name="purpose_of_a_person")]

    def __str__(self) -> str:
        return "stated purpose"
