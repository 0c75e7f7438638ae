"""The duty to report, and its clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Team
from cases.choices import DUTY_STEPS, DutyStatus, DutyTrigger, NotRequired, ReportedHow
from cases.models.case import Case
from cases.querysets import DutyQuerySet
from core.errors import InvalidTransition
from core.querysets import scoped_manager
from core.records import VersionedRecord
from core.references import new_reference
from vault.fields import EncryptedTextField


def duty_reference() -> str:
    return new_reference("D")


def _sealed() -> EncryptedTextField:
    """Under the key of the referral it began with, else of the case: the clock may run first."""
    return EncryptedTextField(owner="referral", otherwise="case")


class ReportDuty(VersionedRecord):
    """One authority to be told, and by when. The same record stands on the referral and the case.

    What stands in clear are codes and times; who was told, and their number, is sealed.
    """

    reference = models.CharField(max_length=12, unique=True, default=duty_reference, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="duties"
    )
    # No foreign key: referrals stand above and register how to find theirs.
    referral_id = models.UUIDField(null=True, blank=True)
    rule = models.CharField(max_length=40)
    # As the rule said when the clock began; a rule that changes later moves no clock.
    authority = models.CharField(max_length=200)
    trigger = models.CharField(max_length=30, choices=DutyTrigger)
    status = models.CharField(max_length=14, choices=DutyStatus, default=DutyStatus.DUE)
    learned_at = models.DateTimeField()
    due_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    how = models.CharField(max_length=10, choices=ReportedHow, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    office = _sealed()
    spoken_to = _sealed()
    receipt_number = _sealed()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    not_required = models.CharField(max_length=20, choices=NotRequired, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Under the small-agency profile, by whoever recorded it; somebody else looks at it (adr/0021).
    decided_alone = models.BooleanField(default=False)
    alerted_at = models.DateTimeField(null=True, blank=True)

    objects = scoped_manager(DutyQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("due_at",)
        verbose_name_plural = "report duties"
        indexes = [
            models.Index(fields=["case"], name="duty_of_case"),
            models.Index(fields=["referral_id"], name="duty_of_referral"),
            models.Index(fields=["status", "due_at"], name="duty_clock"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(case__isnull=False) | Q(referral_id__isnull=False),
                name="duty_belongs_somewhere",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("reported", "acknowledged"))
                | (Q(reported_at__isnull=False, reported_by__isnull=False) & ~Q(how="")),
                name="reported_duty_says_how_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(status="acknowledged") | Q(acknowledged_at__isnull=False),
                name="acknowledged_duty_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(status="not_required")
                | (Q(decided_by__isnull=False) & ~Q(not_required="")),
                name="duty_not_required_says_why",
            ),
            # The same is noted once while it is due; a referral that joins a case brings its own.
            models.UniqueConstraint(
                fields=["case", "rule", "trigger"],
                condition=Q(status="due", referral_id=None),
                name="same_duty_of_a_case_once",
            ),
            models.UniqueConstraint(
                fields=["referral_id", "rule", "trigger"],
                condition=Q(status="due", referral_id__isnull=False),
                name="same_duty_of_a_referral_once",
            ),
            # Two pairs of eyes (domain.md, two-person rule): not whoever wrote it down.
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | ~Q(decided_by=models.F("recorded_by"))
                | Q(decided_alone=True),
                name="duty_waived_by_somebody_else",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def is_overdue(self, at: datetime) -> bool:
        return self.status == DutyStatus.DUE and self.due_at < at

    def _step(self, to: str) -> None:
        if to not in DUTY_STEPS.get(self.status, ()):
            raise InvalidTransition(
                _("This duty is “%(now)s”; it cannot become “%(next)s” now.")
                % {"now": self.get_status_display(), "next": DutyStatus(to).label},
                field="status",
            )
        self.status = to
        self.version += 1

    def report(self, *, by: Any, at: datetime, how: str) -> None:
        """The authority was told. Does not save. Raises InvalidTransition."""
        self._step(DutyStatus.REPORTED)
        self.reported_by_id, self.reported_at, self.how = by.pk, at, how

    def acknowledge(self, *, receipt_number: str, at: datetime) -> None:
        """The authority gave its number. Does not save. Raises InvalidTransition."""
        self._step(DutyStatus.ACKNOWLEDGED)
        self.receipt_number, self.acknowledged_at = receipt_number, at

    def waive(self, *, by: Any, why: str) -> None:
        """It turned out to be none. Does not save. Raises InvalidTransition."""
        self._step(DutyStatus.NOT_REQUIRED)
        self.decided_by_id, self.not_required = by.pk, why
