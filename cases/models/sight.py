"""Who leads a case, who covers while they are away, and to whom a case is restricted."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Agency, Team
from cases.choices import LeadReason
from cases.models.case import Case
from cases.querysets import CoverQuerySet, OfCaseQuerySet, RestrictionQuerySet
from core.querysets import scoped_manager
from core.records import GuardedRecord, VersionedRecord
from vault.fields import EncryptedTextField

USER = settings.AUTH_USER_MODEL


class CaseLead(GuardedRecord):
    """Who leads a case, from a moment to a moment. A case has one lead at a time."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="leads")
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="led_cases")
    given_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=16, choices=LeadReason, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    objects = scoped_manager(OfCaseQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-created_at",)
        indexes = [models.Index(fields=["user", "until"], name="cases_led_by")]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(until=None), name="one_lead_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"lead of {self.case_id}"


class LeaveCover(GuardedRecord):
    """Somebody is away, and a colleague sees what they lead until they are back.

    It begins and ends by itself: the days decide, not a job.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    away = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="absences")
    cover = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="covers")
    set_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects = scoped_manager(CoverQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("starts_at",)
        indexes = [models.Index(fields=["cover", "ends_at"], name="covers_of")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("starts_at")), name="cover_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=~Q(away=F("cover")), name="nobody_covers_themselves"),
        ]

    def __str__(self) -> str:
        return f"cover for {self.away_id}"


class CaseRestriction(VersionedRecord):
    """While it is in force, only the named people and teams see the case, whoever was given sight.

    It takes away, it never gives. Emergency access stays possible and is told to everybody.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="restrictions")
    why = EncryptedTextField(owner="case")
    set_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    lifted_by = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = scoped_manager(RestrictionQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("-created_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(lifted_at=None), name="one_restriction_in_force"
            )
        ]

    def __str__(self) -> str:
        return "restriction"


class RestrictionMember(GuardedRecord):
    """A team or a person to whom a case is restricted."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    restriction = models.ForeignKey(
        CaseRestriction, on_delete=models.PROTECT, related_name="members"
    )
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    user = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = scoped_manager(OfCaseQuerySet)

    class Meta(GuardedRecord.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(team=None, user__isnull=False) | Q(team__isnull=False, user=None),
                name="restricted_to_a_team_or_a_person",
            ),
            models.UniqueConstraint(fields=["restriction", "team"], name="each_team_once"),
            models.UniqueConstraint(fields=["restriction", "user"], name="each_person_once"),
        ]

    def __str__(self) -> str:
        return "member of a restriction"
