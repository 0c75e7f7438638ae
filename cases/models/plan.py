"""What one survivor wants, and what is done towards it. Sealed under that person's key."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Agency
from cases.choices import (
    CASE_PLAN_STEPS,
    SERVICE_ENDS,
    CasePlanStatus,
    GoalStatus,
    PlanAnswer,
    ServiceOutcome,
    ServiceType,
    TookPart,
    WhoseWords,
)
from cases.models.case import Case
from cases.models.person import Person
from cases.querysets import PlanQuerySet
from core.errors import InvalidTransition
from core.querysets import scoped_manager
from core.records import GuardedRecord, VersionedRecord
from vault.fields import EncryptedTextField

USER = settings.AUTH_USER_MODEL


class CasePlan(VersionedRecord):
    """The plan of one survivor in one case: its goals hang on it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="plans")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="case_plans")
    status = models.CharField(max_length=10, choices=CasePlanStatus, default=CasePlanStatus.DRAFT)
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=12, choices=PlanAnswer, blank=True)
    agreed_on = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_by = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Under the small-agency profile, by whoever submitted it; somebody else looks at it (adr/0021).
    decided_alone = models.BooleanField(default=False)
    approved_at = models.DateTimeField(null=True, blank=True)
    # What the supervisor asked to be changed, last.
    why_returned = EncryptedTextField(owner="person")

    objects = scoped_manager(PlanQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("-created_at",)
        constraints = [
            models.UniqueConstraint(fields=["case", "person"], name="one_plan_for_a_person"),
            models.CheckConstraint(
                condition=Q(status="draft")
                | (
                    Q(agreed_on__isnull=False, review_on__isnull=False, submitted_by__isnull=False)
                    & ~Q(answer="")
                ),
                name="submitted_plan_was_agreed",
            ),
            # Two pairs of eyes: nobody approves what they submitted.
            models.CheckConstraint(
                condition=~Q(status="approved")
                | (
                    Q(approved_by__isnull=False, approved_at__isnull=False)
                    & (~Q(approved_by=F("submitted_by")) | Q(decided_alone=True))
                ),
                name="plan_approved_by_somebody_else",
            ),
        ]

    def __str__(self) -> str:
        return f"plan {self.status}"

    def is_review_due(self, on: date) -> bool:
        approved = self.status == CasePlanStatus.APPROVED
        return approved and self.review_on is not None and self.review_on <= on

    def _step(self, to: str) -> None:
        if to not in CASE_PLAN_STEPS.get(self.status, ()):
            raise InvalidTransition(
                f"This plan is “{self.get_status_display()}”; it cannot become "
                f"“{CasePlanStatus(to).label}” now.",
                field="status",
            )
        self.status = to
        self.version += 1

    def submit(self, *, by: Any, answer: str, on: date, review_on: date) -> None:
        """The survivor answered; a supervisor is asked. Does not save. Raises InvalidTransition."""
        self._step(CasePlanStatus.SUBMITTED)
        self.submitted_by_id, self.answer = by.pk, answer
        self.agreed_on, self.review_on = on, review_on

    def approve(self, *, by: Any, at: datetime) -> None:
        """A supervisor stands behind it. Does not save. Raises InvalidTransition."""
        self._step(CasePlanStatus.APPROVED)
        self.approved_by_id, self.approved_at, self.why_returned = by.pk, at, ""

    def send_back(self, *, why: str) -> None:
        """A supervisor asks for a change. Does not save. Raises InvalidTransition."""
        if self.status != CasePlanStatus.SUBMITTED:
            raise InvalidTransition("This plan does not wait for approval.", field="status")
        self._step(CasePlanStatus.DRAFT)
        self.why_returned = why

    def change(self) -> None:
        """A goal was added: it has to be agreed and approved again. Does not save."""
        if self.status != CasePlanStatus.DRAFT:
            self._step(CasePlanStatus.DRAFT)

    def reviewed(self, *, next_on: date) -> None:
        """It was looked at together; the next day is set. Does not save."""
        if self.status != CasePlanStatus.APPROVED:
            raise InvalidTransition("Only an approved plan is reviewed.", field="status")
        self.review_on = next_on
        self.version += 1


class PlanGoal(VersionedRecord):
    """One thing the survivor wants, in their own words, which nobody rewrites (R-T2)."""

    plan = models.ForeignKey(CasePlan, on_delete=models.PROTECT, related_name="goals")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    words = EncryptedTextField(owner="person")
    whose_words = models.CharField(max_length=12, choices=WhoseWords)
    what_we_do = EncryptedTextField(owner="person")
    status = models.CharField(max_length=10, choices=GoalStatus, default=GoalStatus.OPEN)
    ended_on = models.DateField(null=True, blank=True)
    added_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects = scoped_manager(PlanQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("created_at",)

    def __str__(self) -> str:
        return f"goal {self.status}"

    def end(self, status: str, *, on: date) -> None:
        """It is reached, or no longer wanted. Does not save. Raises InvalidTransition."""
        if self.status != GoalStatus.OPEN:
            raise InvalidTransition("This goal has ended.", field="status")
        self.status, self.ended_on = status, on
        self.version += 1


class PlanReview(GuardedRecord):
    """The plan was looked at again, with the survivor where they wanted to."""

    plan = models.ForeignKey(CasePlan, on_delete=models.PROTECT, related_name="reviews")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    held_on = models.DateField()
    held_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    took_part = models.CharField(max_length=12, choices=TookPart)
    what_changed = EncryptedTextField(owner="person")
    next_on = models.DateField()

    objects = scoped_manager(PlanQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-held_on", "-created_at")

    def __str__(self) -> str:
        return f"review of {self.held_on}"


class SupportService(VersionedRecord):
    """A service for one survivor: from asking to what came of it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="support")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="support")
    goal = models.ForeignKey(
        PlanGoal, on_delete=models.PROTECT, null=True, blank=True, related_name="support"
    )
    type = models.CharField(max_length=24, choices=ServiceType)
    # An agency known here, or one named in `provider_name`.
    provider = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    provider_name = EncryptedTextField(owner="person")
    outcome = models.CharField(
        max_length=24, choices=ServiceOutcome, default=ServiceOutcome.REQUESTED
    )
    requested_on = models.DateField()
    started_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    sessions = models.PositiveSmallIntegerField(null=True, blank=True)
    remark = EncryptedTextField(owner="person")
    recorded_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects = scoped_manager(PlanQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("-requested_on", "-created_at")
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True)
                | Q(started_on__isnull=True)
                | Q(ended_on__gte=F("started_on")),
                name="service_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.outcome}"

    @property
    def is_over(self) -> bool:
        return self.outcome in SERVICE_ENDS

    def move(self, outcome: str, *, on: date, sessions: int | None = None) -> None:
        """It began, goes on, or ended. Does not save. Raises InvalidTransition."""
        if self.is_over:
            raise InvalidTransition("This service has ended.", field="outcome")
        if outcome == ServiceOutcome.REQUESTED:
            raise InvalidTransition("This service was asked for already.", field="outcome")
        self.outcome = outcome
        if outcome in (ServiceOutcome.ONGOING, ServiceOutcome.DELIVERED):
            self.started_on = self.started_on or on
        if outcome in SERVICE_ENDS:
            self.ended_on = on
        if sessions is not None:
            self.sessions = sessions
        self.version += 1
