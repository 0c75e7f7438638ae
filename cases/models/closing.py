"""Closing a case: asked for by one, decided by another; and opening it again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cases.choices import (
    ClosureReason,
    ClosureStatus,
    ContactAfter,
    ProtectionStage,
    ReopenReason,
    RetentionClass,
)
from cases.models.case import Case
from cases.models.person import Person
from cases.querysets import ClosureQuerySet, OfCaseQuerySet
from core.errors import InvalidTransition
from core.querysets import scoped_manager
from core.records import GuardedRecord, VersionedRecord
from vault.fields import EncryptedTextField

USER = settings.AUTH_USER_MODEL


class CaseClosure(VersionedRecord):
    """One asking to close a case, and what came of it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="closures")
    reason = models.CharField(max_length=20, choices=ClosureReason)
    # What was achieved and what the survivor knows, for whoever reads it in a year.
    summary = EncryptedTextField(owner="case")
    from_stage = models.CharField(max_length=20, choices=ProtectionStage)
    retention = models.CharField(max_length=16, choices=RetentionClass)
    keep_until = models.DateField()
    status = models.CharField(max_length=10, choices=ClosureStatus, default=ClosureStatus.ASKED)
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    # Under the small-agency profile, by whoever asked; somebody else looks at it (adr/0021).
    decided_alone = models.BooleanField(default=False)
    why_returned = EncryptedTextField(owner="case")

    objects = scoped_manager(ClosureQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("-created_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(status="asked"), name="one_closure_waits"
            ),
            models.CheckConstraint(
                condition=Q(status="asked", decided_at=None, decided_by=None)
                | Q(~Q(status="asked"), decided_at__isnull=False, decided_by__isnull=False),
                name="closure_says_who_decided",
            ),
            # Two people: whoever asks does not decide; they may only withdraw.
            models.CheckConstraint(
                condition=Q(status__in=("asked", "withdrawn"))
                | ~Q(decided_by=F("asked_by"))
                | Q(decided_alone=True),
                name="closure_takes_two",
            ),
        ]

    def __str__(self) -> str:
        return f"closure {self.status}"

    def decide(self, status: str, *, by_id: Any, at: datetime) -> None:
        """Close, return or withdraw. Does not save. Raises InvalidTransition."""
        if self.status != ClosureStatus.ASKED:
            raise InvalidTransition("This was decided before.")
        self.status, self.decided_by_id, self.decided_at = status, by_id, at
        self.version += 1


class ClosureAnswer(GuardedRecord):
    """What one survivor said about contact after closing."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    closure = models.ForeignKey(CaseClosure, on_delete=models.PROTECT, related_name="answers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    contact_after = models.CharField(max_length=10, choices=ContactAfter)

    objects = scoped_manager(OfCaseQuerySet)

    class Meta(GuardedRecord.Meta):
        constraints = [
            models.UniqueConstraint(fields=["closure", "person"], name="one_answer_for_a_survivor")
        ]

    def __str__(self) -> str:
        return f"answer of {self.person_id}"


class CaseReopening(GuardedRecord):
    """Why a closed case was opened again."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reopenings")
    reason = models.CharField(max_length=20, choices=ReopenReason)
    words = EncryptedTextField(owner="case")
    reopened_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects = scoped_manager(OfCaseQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"reopened: {self.reason}"
