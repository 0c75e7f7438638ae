"""Sentences, what was awarded to survivors, and who of them wants to hear of a release."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from cases.models import Case, Person
from core.history import keeps_history
from core.querysets import scoped_manager
from core.records import VersionedRecord
from courts.choices import (
    FOR_LIFE,
    AwardKind,
    Currency,
    Runs,
    SentenceKind,
    SentenceOrder,
    Wish,
)
from courts.models.charge import Charge
from courts.models.proceeding import Proceeding
from courts.querysets import AwardQuerySet, SentenceQuerySet, WishQuerySet
from courts.triggers import SENTENCE_AFTER_CONVICTION

USER = settings.AUTH_USER_MODEL
MONEY = {"max_digits": 14, "decimal_places": 2, "null": True, "blank": True}


def _whole_sum(amount: str, currency: str) -> Q:
    """An amount has its currency, and the other way round."""
    return Q(**{f"{amount}__isnull": True, currency: ""}) | (
        Q(**{f"{amount}__gt": 0}) & ~Q(**{currency: ""})
    )


@keeps_history(
    "case",
    "custodial_months_expected",
    "custodial_months_actual",
    "release_expected_on",
    "released_on",
    "supervision_until",
    "fine_paid",
    "superseded_on",
    "version",
)
class Sentence(VersionedRecord):
    """What was imposed for one charge, or all together where `charge` is None.

    Months imposed and months in custody before release are different things and are never averaged
    together (domain.md 0, finding 4).
    """

    proceeding = models.ForeignKey(Proceeding, on_delete=models.PROTECT, related_name="sentences")
    charge = models.ForeignKey(
        Charge, on_delete=models.PROTECT, null=True, blank=True, related_name="sentences"
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=SentenceKind)
    imposed_on = models.DateField()
    min_months = models.PositiveSmallIntegerField(null=True, blank=True)
    max_months = models.PositiveSmallIntegerField(null=True, blank=True)
    runs = models.CharField(max_length=12, choices=Runs, blank=True)
    custodial_months_expected = models.PositiveSmallIntegerField(null=True, blank=True)
    custodial_months_actual = models.PositiveSmallIntegerField(null=True, blank=True)
    fine_amount = models.DecimalField(**MONEY)  # type: ignore[arg-type]
    fine_currency = models.CharField(max_length=3, choices=Currency, blank=True)
    fine_paid = models.DecimalField(**MONEY)  # type: ignore[arg-type]
    orders = ArrayField(
        models.CharField(max_length=12, choices=SentenceOrder), default=list, blank=True
    )
    release_expected_on = models.DateField(null=True, blank=True)
    released_on = models.DateField(null=True, blank=True)
    supervision_until = models.DateField(null=True, blank=True)
    # The day from which a higher court's decision, or another sentence, stands in its place.
    superseded_on = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects = scoped_manager(SentenceQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("imposed_on", "created_at")
        constraints = [
            models.CheckConstraint(
                condition=Q(min_months=None)
                | Q(max_months=None)
                | Q(min_months__lte=F("max_months")),
                name="minimum_not_above_maximum",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=("determinate", "indeterminate", "suspended"))
                | Q(max_months__gt=0),
                name="fixed_time_has_its_months",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=("life", "reclusion_perpetua", "fine_only"))
                | Q(max_months=None),
                name="life_has_no_maximum",
            ),
            models.CheckConstraint(
                condition=_whole_sum("fine_amount", "fine_currency"), name="fine_has_its_currency"
            ),
            models.CheckConstraint(
                condition=~Q(kind="fine_only") | Q(fine_amount__isnull=False),
                name="fine_only_has_its_fine",
            ),
            models.CheckConstraint(
                condition=Q(released_on=None) | Q(released_on__gte=F("imposed_on")),
                name="released_after_the_sentence",
            ),
            models.UniqueConstraint(
                fields=["charge"],
                condition=Q(superseded_on=None, charge__isnull=False),
                name="one_sentence_in_force_a_charge",
            ),
            models.UniqueConstraint(
                fields=["proceeding"],
                condition=Q(superseded_on=None, charge=None),
                name="one_total_in_force",
            ),
        ]
        triggers = [*VersionedRecord.Meta.triggers, SENTENCE_AFTER_CONVICTION]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def is_life(self) -> bool:
        return self.kind in FOR_LIFE

    def is_in_force(self, on: date) -> bool:
        return self.superseded_on is None or on < self.superseded_on


class CompensationAward(VersionedRecord):
    """What a court or a fund awarded to one survivor, and what of it was paid."""

    proceeding = models.ForeignKey(Proceeding, on_delete=models.PROTECT, related_name="awards")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=AwardKind)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3, choices=Currency)
    awarded_on = models.DateField()
    paid = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    paid_on = models.DateField(null=True, blank=True)

    objects = scoped_manager(AwardQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("awarded_on", "created_at")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="award_is_a_sum"),
            models.CheckConstraint(
                condition=Q(paid=0, paid_on=None)
                | Q(paid__gt=0, paid__lte=F("amount"), paid_on__gte=F("awarded_on")),
                name="paid_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class ReleaseWish(VersionedRecord):
    """Whether one survivor wants to hear when somebody of a proceeding is released."""

    proceeding = models.ForeignKey(Proceeding, on_delete=models.PROTECT, related_name="wishes")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    wish = models.CharField(max_length=12, choices=Wish)
    asked_on = models.DateField()
    recorded_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects = scoped_manager(WishQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("asked_on", "created_at")
        constraints = [
            models.UniqueConstraint(fields=["proceeding", "person"], name="one_wish_a_survivor")
        ]

    def __str__(self) -> str:
        return str(self.get_wish_display())
