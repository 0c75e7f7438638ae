"""Agencies at one table: who came, what was decided. Sealed under the case's key."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from accounts.models import Agency
from cases.models.case import Case
from cases.querysets import ConferenceQuerySet
from core.querysets import scoped_manager
from core.records import GuardedRecord
from vault.fields import EncryptedJSONField, EncryptedTextField

USER = settings.AUTH_USER_MODEL


class CaseConference(GuardedRecord):
    """A case conference that was held. Written once; what follows from it are tasks."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="conferences")
    held_at = models.DateTimeField()
    recorded_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    # Keys: minutes, others (who came for the other agencies).
    record = EncryptedJSONField(owner="case")

    objects = scoped_manager(ConferenceQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-held_at",)

    def __str__(self) -> str:
        return "case conference"


class ConferenceSeat(GuardedRecord):
    """An agency at the table, or one of our own colleagues."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    conference = models.ForeignKey(CaseConference, on_delete=models.PROTECT, related_name="seats")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = scoped_manager(ConferenceQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("created_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["conference", "agency", "user"],
                nulls_distinct=False,
                name="one_seat_at_a_conference",
            )
        ]

    def __str__(self) -> str:
        return "seat"


class ConferenceDecision(GuardedRecord):
    """One thing decided; where it is ours to do, a task follows from it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    conference = models.ForeignKey(
        CaseConference, on_delete=models.PROTECT, related_name="decisions"
    )
    what = EncryptedTextField(owner="case")
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    task = models.ForeignKey(
        "cases.CaseTask", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = scoped_manager(ConferenceQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("created_at",)

    def __str__(self) -> str:
        return "decision"
