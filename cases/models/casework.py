"""The work with a survivor: the plan in their words, tasks, services, assessments, conferences.

What is about one person is sealed under that person's key; a conference is about the case.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Agency
from cases.choices import (
    GoalStatus,
    PlanStatus,
    ServiceOutcome,
    ServiceType,
    TaskKind,
    TaskStatus,
)
from cases.models.case import Case
from cases.models.person import Person
from cases.querysets import CaseworkQuerySet, TaskQuerySet
from core.errors import InvalidTransition
from core.querysets import scoped_manager
from core.records import GuardedRecord, VersionedRecord
from vault.fields import EncryptedTextField

USER = settings.AUTH_USER_MODEL
# These end a service; the others are on the way.
SERVICE_ENDS = (
    ServiceOutcome.DELIVERED,
    ServiceOutcome.DECLINED,
    ServiceOutcome.UNAVAILABLE,
    ServiceOutcome.ENDED_EARLY,
)


class CasePlan(VersionedRecord):
    """What one survivor wants, and what is done towards it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="plans")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="plans")
    status = models.CharField(max_length=10, choices=PlanStatus, default=PlanStatus.DRAFT)
    agreed_on = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects = scoped_manager(CaseworkQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("-created_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person"],
                condition=~Q(status="closed"),
                name="one_open_plan_for_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(status="active") | Q(agreed_on__isnull=False, review_on__isnull=False),
                name="agreed_plan_has_its_days",
            ),
        ]

    def __str__(self) -> str:
        return f"plan {self.status}"

    def agree(self, *, on: date, review_on: date) -> None:
        """The survivor said yes to it, or it was looked at again. Does not save."""
        if self.status == PlanStatus.CLOSED:
            raise InvalidTransition("This plan is closed.", field="status")
        self.status, self.agreed_on, self.review_on = PlanStatus.ACTIVE, on, review_on
        self.version += 1


class PlanGoal(VersionedRecord):
    """One thing the survivor wants, in their own words."""

    plan = models.ForeignKey(CasePlan, on_delete=models.PROTECT, related_name="goals")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    words = EncryptedTextField(owner="person")
    what_we_do = EncryptedTextField(owner="person")
    status = models.CharField(max_length=10, choices=GoalStatus, default=GoalStatus.OPEN)
    ended_on = models.DateField(null=True, blank=True)

    objects = scoped_manager(CaseworkQuerySet)

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


class CaseTask(VersionedRecord):
    """Something one colleague does by a day; a follow-up is one too."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tasks")
    kind = models.CharField(max_length=10, choices=TaskKind, default=TaskKind.TASK)
    what = EncryptedTextField(owner="case")
    assignee = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="tasks")
    due_on = models.DateField()
    status = models.CharField(max_length=10, choices=TaskStatus, default=TaskStatus.OPEN)
    set_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    result = EncryptedTextField(owner="case")

    objects = scoped_manager(TaskQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("due_on", "created_at")
        indexes = [
            models.Index(fields=["assignee", "status", "due_on"], name="task_of_assignee"),
            models.Index(fields=["case", "status"], name="task_of_case"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="open") | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="ended_task_says_by_whom",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.status}"

    def end(self, status: str, *, by: Any, at: datetime) -> None:
        """Done, or dropped. Does not save. Raises InvalidTransition."""
        if self.status != TaskStatus.OPEN:
            raise InvalidTransition("This task has ended.", field="status")
        self.status, self.ended_by, self.ended_at = status, by, at
        self.version += 1


class SupportService(VersionedRecord):
    """A service for one survivor: from asking to what came of it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="support")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="support")
    goal = models.ForeignKey(
        PlanGoal, on_delete=models.PROTECT, null=True, blank=True, related_name="support"
    )
    type = models.CharField(max_length=24, choices=ServiceType)
    provider = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(
        max_length=24, choices=ServiceOutcome, default=ServiceOutcome.REQUESTED
    )
    requested_on = models.DateField()
    started_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    sessions = models.PositiveSmallIntegerField(null=True, blank=True)
    remark = EncryptedTextField(owner="person")
    recorded_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects = scoped_manager(CaseworkQuerySet)

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

    def move(self, outcome: str, *, on: date, sessions: int | None = None) -> None:
        """It began, goes on, or ended. Does not save. Raises InvalidTransition."""
        if self.outcome in SERVICE_ENDS:
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


class Assessment(GuardedRecord):
    """What an instrument showed on a day. A new day is a new assessment; none is changed."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assessments")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="assessments")
    instrument = models.CharField(max_length=20)
    instrument_version = models.CharField(max_length=10)
    scores = models.JSONField(default=dict)
    assessed_on = models.DateField()
    next_due = models.DateField()
    assessor = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    summary = EncryptedTextField(owner="person")

    objects = scoped_manager(CaseworkQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-assessed_on", "-created_at")
        indexes = [
            models.Index(fields=["case", "person", "instrument"], name="assessment_of_person")
        ]

    def __str__(self) -> str:
        return f"{self.instrument} assessment"


class CaseConference(GuardedRecord):
    """Agencies at one table: who came, what was decided. Minutes are sealed for the case."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="conferences")
    held_at = models.DateTimeField()
    agencies = ArrayField(models.UUIDField(), default=list, blank=True)
    minutes = EncryptedTextField(owner="case")
    called_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects = scoped_manager(CaseworkQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-held_at",)

    def __str__(self) -> str:
        return "case conference"


class ConferenceDecision(GuardedRecord):
    """One thing decided; where it is ours to do, a task follows from it."""

    conference = models.ForeignKey(
        CaseConference, on_delete=models.PROTECT, related_name="decisions"
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    what = EncryptedTextField(owner="case")
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    task = models.ForeignKey(
        CaseTask, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = scoped_manager(CaseworkQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("created_at",)

    def __str__(self) -> str:
        return "decision"
