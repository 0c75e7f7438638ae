"""Where somebody lives safely, who has custody, and from when until when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cases.choices import CustodyKind, PlacementEnd, PlacementKind
from cases.models.case import Case
from cases.models.person import Person
from cases.querysets import (
    CustodyQuerySet,
    PlacementAddressQuerySet,
    PlacementQuerySet,
    PlacementReaderQuerySet,
)
from core.querysets import scoped_manager
from core.records import GuardedRecord
from vault.fields import EncryptedJSONField, EncryptedTextField


class Placement(GuardedRecord):
    """A kind of place, from a day to a day. Where it is stands in `PlacementAddress` (L4)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="placements")
    kind = models.CharField(max_length=12, choices=PlacementKind)
    # With relatives: with whom; somebody who may speak for the survivor (R-C5).
    with_person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    ended_because = models.CharField(max_length=14, choices=PlacementEnd, blank=True)
    follow_up_on = models.DateField(null=True, blank=True)
    # Keys: order (reference of the order), receipt (of the turnover), received_by.
    papers = EncryptedJSONField(owner="person")

    objects = scoped_manager(PlacementQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-since", "-created_at")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person"], condition=Q(until=None), name="one_placement_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="placement_ends_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.person_id}"


class PlacementReader(GuardedRecord):
    """Somebody named to know where one placement is."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    placement = models.ForeignKey(Placement, on_delete=models.CASCADE, related_name="readers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    objects = scoped_manager(PlacementReaderQuerySet)

    class Meta(GuardedRecord.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["placement", "user"], name="reader_once_for_a_placement"
            )
        ]

    def __str__(self) -> str:
        return f"reader of {self.placement_id}"


class PlacementAddress(GuardedRecord):
    """Where a placement is. Level 4: named people alone, never on a map, never in a package."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    placement = models.OneToOneField(Placement, on_delete=models.PROTECT, related_name="where")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # Keys: name, address, phone.
    address = EncryptedJSONField(owner="person")

    objects = scoped_manager(PlacementAddressQuerySet)

    class Meta(GuardedRecord.Meta):
        verbose_name_plural = "placement addresses"

    def __str__(self) -> str:
        return "address of a placement"


class Custody(GuardedRecord):
    """Who has custody of a child, by which order, from a day to a day."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="custodies")
    kind = models.CharField(max_length=16, choices=CustodyKind)
    # Somebody of the case, or an authority named below. May they consent? See `may_speak_for`.
    custodian = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    authority = EncryptedTextField(owner="person")
    order_reference = EncryptedTextField(owner="person")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    objects = scoped_manager(CustodyQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-since", "-created_at")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person"], condition=Q(until=None), name="one_custody_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="custody_ends_later"
            ),
        ]

    def __str__(self) -> str:
        return f"custody of {self.person_id}"
