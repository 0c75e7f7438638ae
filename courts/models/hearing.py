"""Hearings: when and where, who has to be there and how they are protected; and calendar feeds."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from cases.models import Case, Person
from core.errors import InvalidTransition
from core.querysets import scoped_manager
from core.records import GuardedRecord, VersionedRecord
from courts.choices import (
    Attendance,
    HearingKind,
    HearingStatus,
    PostponedBecause,
    Protection,
)
from courts.models.proceeding import Proceeding
from courts.querysets import AttendanceQuerySet, FeedQuerySet, HearingQuerySet
from courts.triggers import ATTENDS_IN_ITS_CASE, HEARING_OF_ITS_CASE
from vault.fields import EncryptedTextField

USER = settings.AUTH_USER_MODEL


class Hearing(VersionedRecord):
    """One hearing of a proceeding. Postponed, it names the hearing that takes its place."""

    proceeding = models.ForeignKey(Proceeding, on_delete=models.PROTECT, related_name="hearings")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=HearingKind)
    starts_at = models.DateTimeField()
    # The clock of the court, as an IANA name.
    zone = models.CharField(max_length=40)
    place = EncryptedTextField(owner="case")
    status = models.CharField(max_length=10, choices=HearingStatus, default=HearingStatus.SCHEDULED)
    postponed_because = models.CharField(max_length=12, choices=PostponedBecause, blank=True)
    instead = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="was"
    )
    protections = ArrayField(
        models.CharField(max_length=16, choices=Protection), default=list, blank=True
    )
    # The day our report has to be with the court, counted back from the hearing.
    report_due_on = models.DateField(null=True, blank=True)
    report_sent_on = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects = scoped_manager(HearingQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("starts_at",)
        indexes = [
            models.Index(fields=["case", "starts_at"], name="hearing_case_day"),
            models.Index(fields=["starts_at"], name="hearing_day"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(Q(status="postponed") & ~Q(postponed_because=""))
                | (~Q(status="postponed") & Q(postponed_because="", instead=None)),
                name="postponed_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(instead=None) | ~Q(instead=F("id")), name="not_instead_of_itself"
            ),
        ]
        triggers = [*VersionedRecord.Meta.triggers, HEARING_OF_ITS_CASE]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def local_start(self) -> datetime:
        """The moment by the clock of the court."""
        return self.starts_at.astimezone(ZoneInfo(self.zone))

    def end_as(self, status: str, *, because: str = "", instead: Hearing | None = None) -> None:
        """Say what became of it. Does not save. Raises InvalidTransition."""
        if self.status != HearingStatus.SCHEDULED:
            raise InvalidTransition("What became of this hearing is recorded.", field="status")
        self.status, self.postponed_because, self.instead = status, because, instead
        self.version += 1

    def is_report_late(self, on: date) -> bool:
        return (
            self.report_due_on is not None
            and self.report_sent_on is None
            and self.report_due_on < on
        )


class HearingAttendance(GuardedRecord):
    """Whether one survivor has to be at a hearing, and who is beside them."""

    hearing = models.ForeignKey(Hearing, on_delete=models.PROTECT, related_name="attendances")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    attendance = models.CharField(max_length=18, choices=Attendance)
    supporter = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = scoped_manager(AttendanceQuerySet)

    class Meta(GuardedRecord.Meta):
        constraints = [models.UniqueConstraint(fields=["hearing", "person"], name="attends_once")]
        triggers = [*GuardedRecord.Meta.triggers, ATTENDS_IN_ITS_CASE]

    def __str__(self) -> str:
        return str(self.attendance)


class CalendarFeed(GuardedRecord):
    """A secret address by which one person's calendar program reads neutral times. Only a digest
    of its secret is kept; taken back, it answers nobody."""

    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")
    digest = models.BinaryField(unique=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = scoped_manager(FeedQuerySet)

    class Meta(GuardedRecord.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(revoked_at=None), name="one_feed_a_person"
            )
        ]

    def __str__(self) -> str:
        return "calendar feed"
