"""What stops an erasure, and erasures asked for and carried out."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Agency, Team
from cases.choices import ErasureGround, ErasureStatus, RefusalGround, RetentionReason
from cases.models.case import Case
from cases.models.person import Person
from cases.querysets import ErasureRequestQuerySet, LegalHoldQuerySet
from core.errors import InvalidTransition
from core.querysets import scoped_manager
from core.records import GuardedRecord
from core.references import new_reference
from vault.fields import EncryptedTextField


class LegalHold(GuardedRecord):
    """Nothing of this case may be erased: who says so, why, by what authority, until when."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="holds")
    # The case's lead agency, whose data protection officer answers for it without seeing the case.
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    case_reference = models.CharField(max_length=12)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    authority = EncryptedTextField(owner="case")
    why = EncryptedTextField(owner="case")
    until = models.DateField(null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    released_at = models.DateTimeField(null=True, blank=True)

    objects = scoped_manager(LegalHoldQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return "legal hold"

    def stands(self, on: date) -> bool:
        return self.released_at is None and (self.until is None or self.until >= on)

    def release(self, *, by: models.Model, at: datetime) -> None:
        """End it. Does not save.

        Raises:
            InvalidTransition: it was released before.
        """
        if self.released_at is not None:
            raise InvalidTransition("This hold was released before.")
        self.released_by, self.released_at = by, at  # type: ignore[assignment]


def erasure_reference() -> str:
    return new_reference("E")


class ErasureRequest(GuardedRecord):
    """One person's data to be erased: asked for by one, decided by another (R-D5).

    Outlives what it erased: it holds codes and counts, and nobody's data.
    """

    reference = models.CharField(
        max_length=12, unique=True, default=erasure_reference, editable=False
    )
    # Nobody where only the shared texts of a case are left, or a record that became no case.
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # What belongs to no case: its kind (`cases.erasing.ErasureStep.kind`), id and desk. No foreign
    # key: such records stand in apps above.
    kind = models.CharField(max_length=12, blank=True)
    record_id = models.UUIDField(null=True, blank=True)
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Of the case's lead agency, whose data protection officer decides without seeing the case.
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    # As they stood, so that the officer can name them; the person's code goes with the person.
    # Of the case, or of what became none.
    case_reference = models.CharField(max_length=12)
    person_code = models.CharField(max_length=12, blank=True)
    whole_case = models.BooleanField(default=False)
    ground = models.CharField(max_length=20, choices=ErasureGround)
    # Shared texts of the case that name the person and stay, because somebody else needs them.
    named_in = models.PositiveSmallIntegerField(default=0)
    speaks_for_keeping = ArrayField(
        models.CharField(max_length=20, choices=RetentionReason), default=list
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    status = models.CharField(max_length=12, choices=ErasureStatus, default=ErasureStatus.REQUESTED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    refused_because = models.CharField(max_length=20, choices=RefusalGround, blank=True)
    # {"steps": {name: rows}, "keys": number, "cases": number, "epoch": name of the key-encryption
    # key that wrapped them}; counts and names alone.
    receipt = models.JSONField(default=dict)

    objects = scoped_manager(ErasureRequestQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-created_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(status=ErasureStatus.REQUESTED),
                name="one_waiting_erasure_of_a_person",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(status=ErasureStatus.REQUESTED, person=None),
                name="one_waiting_erasure_of_texts",
            ),
            models.UniqueConstraint(
                fields=["record_id"],
                condition=Q(status=ErasureStatus.REQUESTED),
                name="one_waiting_erasure_of_a_record",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False, case__isnull=False, kind="", record_id=None)
                | Q(person=None, case__isnull=False, whole_case=True, kind="", record_id=None)
                | Q(person=None, case=None, record_id__isnull=False, team__isnull=False)
                & ~Q(kind=""),
                name="erasure_is_of_somebody_or_something",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("requested_by")),
                name="erasure_takes_two_people",
            ),
            models.CheckConstraint(
                condition=Q(status=ErasureStatus.REQUESTED) | Q(decided_by__isnull=False),
                name="erasure_is_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def decide(self, status: str, *, by: models.Model, at: datetime) -> None:
        """Close it. Does not save.

        Raises:
            InvalidTransition: it was decided before.
        """
        if self.status != ErasureStatus.REQUESTED:
            raise InvalidTransition("This request was decided before.")
        self.status, self.decided_by, self.decided_at = status, by, at  # type: ignore[assignment]
