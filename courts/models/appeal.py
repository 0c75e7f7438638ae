"""Appeals, and what a higher court made of each decision. Counts follow from its own day."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cases.models import Case
from core.errors import InvalidTransition
from core.querysets import scoped_manager
from core.records import GuardedRecord, VersionedRecord
from courts.choices import AppealBy, AppealOutcome, RulingResult
from courts.models.charge import Charge
from courts.models.proceeding import Proceeding
from courts.querysets import AppealQuerySet, RulingQuerySet
from courts.triggers import RULING_AFTER_DECISION


class Appeal(VersionedRecord):
    """One appeal against what a court decided in a proceeding."""

    proceeding = models.ForeignKey(Proceeding, on_delete=models.PROTECT, related_name="appeals")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    by = models.CharField(max_length=12, choices=AppealBy)
    court = models.CharField(max_length=120, blank=True)
    filed_on = models.DateField()
    outcome = models.CharField(max_length=10, choices=AppealOutcome, default=AppealOutcome.PENDING)
    decided_on = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = scoped_manager(AppealQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("filed_on", "created_at")
        constraints = [
            models.UniqueConstraint(
                fields=["proceeding"],
                condition=Q(outcome="pending"),
                name="one_appeal_pending",
            ),
            models.CheckConstraint(
                condition=Q(outcome="pending", decided_on=None)
                | (~Q(outcome="pending") & Q(decided_on__gte=F("filed_on"))),
                name="appeal_decided_after_it_was_filed",
            ),
        ]

    def __str__(self) -> str:
        return f"appeal of {self.filed_on}"

    def decide(self, *, outcome: str, on: date) -> None:
        """Write down what became of it. Does not save. Raises InvalidTransition."""
        if self.outcome != AppealOutcome.PENDING:
            raise InvalidTransition("This appeal was decided before.", field="outcome")
        self.outcome, self.decided_on = outcome, on
        self.version += 1


class AppealRuling(GuardedRecord):
    """What the decision on an appeal made of one charge."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="rulings")
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="rulings")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(max_length=18, choices=RulingResult)
    decided_on = models.DateField()

    objects = scoped_manager(RulingQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("decided_on", "created_at")
        constraints = [
            models.UniqueConstraint(fields=["appeal", "charge"], name="one_ruling_a_charge")
        ]
        triggers = [*GuardedRecord.Meta.triggers, RULING_AFTER_DECISION]

    def __str__(self) -> str:
        return f"{self.result} on {self.decided_on}"
