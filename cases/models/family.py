"""Who is what to whom, and who lives with whom, from when until when."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from cases.choices import Closeness, HtcdsRelationship, Kinship, Source
from cases.models.case import Case
from cases.models.person import Person
from cases.querysets import HouseholdMemberQuerySet, HouseholdQuerySet, RelationshipLinkQuerySet
from core.approx_dates import ApproxDateField
from core.querysets import scoped_manager
from core.records import GuardedRecord, VersionedRecord
from core.references import new_reference


class RelationshipLink(VersionedRecord):
    """What one person of a case is to another: “`person` is the [detail] of `of_person`”.

    The roll-ups are stored, so that a statistic of last year does not change with a definition.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="relationships")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="relationships")
    of_person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="relationships_of_others"
    )
    detail = models.CharField(max_length=30, choices=Kinship)
    htcds = models.CharField(max_length=12, choices=HtcdsRelationship, blank=True)
    closeness = models.CharField(max_length=8, choices=Closeness)
    ctdc = models.CharField(max_length=20)
    source = models.CharField(max_length=20, choices=Source)

    objects = scoped_manager(RelationshipLinkQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("created_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person", "of_person"], name="one_link_between_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(person=F("of_person")), name="nobody_is_related_to_themselves"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.detail} of {self.of_person_id}"


def household_reference() -> str:
    return new_reference("H")


class Household(GuardedRecord):
    """People who live together. Where stands in the identities, never here (R-P8)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="households")
    reference = models.CharField(
        max_length=12, unique=True, default=household_reference, editable=False
    )

    objects = scoped_manager(HouseholdQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("created_at",)

    def __str__(self) -> str:
        return self.reference


class HouseholdMember(GuardedRecord):
    """Somebody living in a household, from a date to a date, each as well as it is known."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="homes")
    since = ApproxDateField()
    until = ApproxDateField()
    # The widest the two can mean, to count with; empty: as far as anybody knows.
    since_day = models.DateField(null=True, blank=True)
    until_day = models.DateField(null=True, blank=True)
    has_left = models.BooleanField(default=False)
    source = models.CharField(max_length=20, choices=Source)

    objects = scoped_manager(HouseholdMemberQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("created_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["household", "person"],
                condition=Q(has_left=False),
                name="once_at_a_time_in_a_household",
            ),
            models.CheckConstraint(
                condition=Q(since_day=None) | Q(until_day=None) | Q(until_day__gte=F("since_day")),
                name="leaves_after_moving_in",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.household_id}"
