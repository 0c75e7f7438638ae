"""What an instrument showed on a day."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cases.models.case import Case
from cases.models.person import Person
from cases.querysets import AssessmentQuerySet
from core.querysets import scoped_manager
from core.records import GuardedRecord
from vault.fields import EncryptedJSONField


class Assessment(GuardedRecord):
    """The answers of one survivor to one instrument. A new day is a new one; none is changed."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assessments")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="assessments")
    instrument = models.CharField(max_length=20)
    instrument_version = models.CharField(max_length=10)
    # Keys: scores (domain → answer), conclusion.
    answers = EncryptedJSONField(owner="person")
    assessed_on = models.DateField()
    next_due = models.DateField()
    assessor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = scoped_manager(AssessmentQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-assessed_on", "-created_at")
        indexes = [
            models.Index(fields=["case", "person", "instrument"], name="assessment_of_person")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(next_due__gt=F("assessed_on")), name="assessed_again_later"
            )
        ]

    def __str__(self) -> str:
        return f"{self.instrument} assessment"
