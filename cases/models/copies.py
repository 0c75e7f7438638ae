"""A copy of what is kept about one person, asked for by one and released by another."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cases.choices import AskedBy, CopyStatus
from cases.models.case import Case
from cases.models.person import CaseParticipant, Person
from cases.querysets.copies import SubjectCopyQuerySet
from core.errors import InvalidTransition
from core.querysets import scoped_manager
from core.records import GuardedRecord

# After that it is asked for anew: what is kept has changed meanwhile.
OPEN_FOR = timedelta(days=14)


class SubjectCopy(GuardedRecord):
    """One copy asked for. It holds no text: the copy is made anew each time it is opened."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    participant = models.ForeignKey(CaseParticipant, on_delete=models.PROTECT, related_name="+")
    asked_for_by = models.CharField(max_length=12, choices=AskedBy)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    status = models.CharField(max_length=10, choices=CopyStatus, default=CopyStatus.ASKED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = scoped_manager(SubjectCopyQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-created_at",)
        verbose_name_plural = "subject copies"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person"], condition=Q(status="asked"), name="one_copy_waits"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
                name="copy_takes_two_people",
            ),
        ]

    def __str__(self) -> str:
        return "copy for a person"

    def decide(self, status: str, *, by: Any, at: datetime) -> None:
        """Release or refuse it. Does not save. Raises InvalidTransition."""
        if self.status != CopyStatus.ASKED:
            raise InvalidTransition("This was decided before.")
        self.status, self.decided_by_id, self.decided_at = status, by.pk, at

    def is_open(self, at: datetime) -> bool:
        """Released, and not too long ago."""
        return (
            self.status == CopyStatus.RELEASED
            and self.decided_at is not None
            and at < self.decided_at + OPEN_FOR
        )
