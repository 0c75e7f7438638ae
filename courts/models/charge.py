"""What the accused is charged with, and what the court decided about it."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cases.models import Case
from core.errors import DomainError
from core.history import keeps_history
from core.querysets import scoped_manager
from core.records import GuardedRecord, VersionedRecord
from courts.choices import ChargeStatus, Plea, VerdictResult
from courts.models.law import Statute
from courts.models.proceeding import Proceeding
from courts.querysets import ChargeQuerySet, VerdictQuerySet
from courts.triggers import DECIDED_ONCE, UNDER_THE_LAW_OF_ITS_DAY, VERDICT_AFTER_CHARGE


@keeps_history(
    "case",
    "counts",
    "act_from",
    "act_to",
    "qualified",
    "attempted",
    "syndicated",
    "large_scale",
    "plea",
    "plea_on",
    "status",
    "version",
)
class Charge(VersionedRecord):
    """One offence the accused is charged with."""

    proceeding = models.ForeignKey(Proceeding, on_delete=models.PROTECT, related_name="charges")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    # None for charges written down before there was a table of offences.
    law = models.ForeignKey(
        Statute, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # What the table said on the day the charge was recorded.
    statute = models.CharField(max_length=120)
    section = models.CharField(max_length=60, blank=True)
    description = models.CharField(max_length=300, blank=True)
    counts = models.PositiveSmallIntegerField(default=1)
    # First and last day of the act; None where they are not known.
    act_from = models.DateField(null=True, blank=True)
    act_to = models.DateField(null=True, blank=True)
    qualified = models.BooleanField(default=False)
    attempted = models.BooleanField(default=False)
    syndicated = models.BooleanField(default=False)
    large_scale = models.BooleanField(default=False)
    filed_on = models.DateField()
    plea = models.CharField(max_length=14, choices=Plea, default=Plea.NOT_ENTERED)
    plea_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=20, choices=ChargeStatus, default=ChargeStatus.FILED)
    # The charge that this one was put in the place of.
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )

    objects = scoped_manager(ChargeQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("filed_on", "created_at")
        constraints = [
            models.CheckConstraint(condition=Q(counts__gte=1), name="charge_has_a_count"),
            models.CheckConstraint(
                condition=Q(act_to=None)
                | (Q(act_from__isnull=False) & Q(act_to__gte=F("act_from"))),
                name="act_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(act_from=None) | Q(act_from__lte=F("filed_on")),
                name="act_before_its_charge",
            ),
            models.CheckConstraint(
                condition=Q(plea="not_entered", plea_on=None)
                | (~Q(plea="not_entered") & Q(plea_on__gte=F("filed_on"))),
                name="plea_has_its_day",
            ),
        ]
        triggers = [*VersionedRecord.Meta.triggers, UNDER_THE_LAW_OF_ITS_DAY, DECIDED_ONCE]

    def __str__(self) -> str:
        return f"{self.statute} {self.section}".strip()

    @property
    def verdict(self) -> Verdict | None:
        """The last verdict; a charge that a higher court sent back may have two."""
        verdicts = sorted(self.verdicts.all(), key=lambda one: (one.decided_on, one.created_at))
        return verdicts[-1] if verdicts else None

    def decide(self, *, result: str, on: date) -> None:
        """Set what the verdict makes of the charge. Does not save.

        Raises:
            DomainError: it was decided before, or the verdict lies before the charge.
        """
        if self.status != ChargeStatus.FILED:
            raise DomainError("This charge was decided before.", code="already_decided")
        if on < self.filed_on:
            raise DomainError(
                "The verdict cannot be earlier than the charge. Check both dates.",
                code="verdict_before_charge",
                field="decided_on",
            )
        self.status = ChargeStatus(result)
        self.version += 1


class Verdict(GuardedRecord):
    """What the court decided on one charge, on a day."""

    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="verdicts")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(max_length=20, choices=VerdictResult)
    decided_on = models.DateField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = scoped_manager(VerdictQuerySet)

    class Meta(GuardedRecord.Meta):
        triggers = [*GuardedRecord.Meta.triggers, VERDICT_AFTER_CHARGE]

    def __str__(self) -> str:
        return f"{self.result} on {self.decided_on}"
