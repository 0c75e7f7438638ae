"""The law as data: the steps of each country's procedure, the ways between them, and offences.

Everything here has days of validity, because law changes while cases run. Nothing is anybody's
data; whoever reads proceedings reads it. Rows that counsel has not looked at say so.
"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q

from core.history import keeps_history
from core.querysets import scoped_manager
from core.records import GuardedRecord, VersionedRecord
from courts.choices import ReachedBy, Stage
from courts.querysets import LawQuerySet

# Every country without steps of its own follows these.
GENERIC = "generic"


class Dated(models.Model):
    """Something that holds from one day to another."""

    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source_checked = models.BooleanField(default=False)

    class Meta:
        abstract = True

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class ProcedureStep(Dated, GuardedRecord):
    """One step of a procedure, in the words of its courts, and what it counts as."""

    # ISO 3166 alpha-2 code of a country, or GENERIC.
    procedure = models.CharField(max_length=8)
    code = models.CharField(max_length=30)
    label = models.CharField(max_length=80)
    stage = models.CharField(max_length=20, choices=Stage)
    # Empty: somebody chooses it. Otherwise what is recorded leads there.
    reached_by = models.CharField(max_length=10, choices=ReachedBy, blank=True)
    needs_reason = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField()

    objects = scoped_manager(LawQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("procedure", "position")
        constraints = [
            models.UniqueConstraint(fields=["procedure", "code"], name="step_code_once"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="step_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class StepEdge(Dated, GuardedRecord):
    """A way from one step to another; without a first one, where a proceeding may begin."""

    from_step = models.ForeignKey(
        ProcedureStep, on_delete=models.PROTECT, null=True, blank=True, related_name="ways_on"
    )
    to_step = models.ForeignKey(ProcedureStep, on_delete=models.PROTECT, related_name="ways_here")

    objects = scoped_manager(LawQuerySet)

    class Meta(GuardedRecord.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["from_step", "to_step", "valid_from"], name="way_once_from_a_day"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="way_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_step_id} to {self.to_step_id}"


@keeps_history("title", "section", "valid_from", "valid_to", "penalty", "source_checked", "version")
class Statute(Dated, VersionedRecord):
    """One offence of a country's law, as it read between two days."""

    jurisdiction = models.CharField(max_length=2)
    code = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=120)
    section = models.CharField(max_length=60, blank=True)
    description = models.CharField(max_length=300)
    # International Classification of Crime for Statistical Purposes; empty where not settled.
    iccs = models.CharField(max_length=8, blank=True)
    penalty = models.CharField(max_length=200, blank=True)

    objects = scoped_manager(LawQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("jurisdiction", "title", "section", "valid_from")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="law_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.section}".strip()

    def covers(self, first: date, last: date) -> bool:
        """Whether the law was in force on some day of the act. It is the day of the act that
        counts, not that of the judgment."""
        return self.valid_from <= last and (self.valid_to is None or first <= self.valid_to)
