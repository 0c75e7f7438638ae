"""What somebody does by a day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from cases.choices import TaskKind, TaskStatus
from cases.models.case import Case
from cases.models.person import Person
from cases.querysets import TaskQuerySet
from core.errors import InvalidTransition
from core.querysets import scoped_manager
from core.records import VersionedRecord
from vault.fields import EncryptedTextField

USER = settings.AUTH_USER_MODEL


class CaseTask(VersionedRecord):
    """Something one colleague does by a day; a follow-up is one too.

    What is to be done for one person is sealed under that person's key, else under the case's.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tasks")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    # What of the plan it is done for.
    goal = models.ForeignKey(
        "cases.PlanGoal", on_delete=models.PROTECT, null=True, blank=True, related_name="actions"
    )
    kind = models.CharField(max_length=10, choices=TaskKind, default=TaskKind.TASK)
    what = EncryptedTextField(owner="person", otherwise="case")
    assignee = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="tasks")
    due_on = models.DateField()
    status = models.CharField(max_length=10, choices=TaskStatus, default=TaskStatus.OPEN)
    set_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    # What came of it, or why it is not done.
    result = EncryptedTextField(owner="person", otherwise="case")

    objects = scoped_manager(TaskQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("due_on", "created_at")
        indexes = [
            models.Index(fields=["assignee", "status", "due_on"], name="task_of_assignee"),
            models.Index(fields=["case", "status"], name="task_of_case"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="open", ended_at__isnull=True, ended_by__isnull=True)
                | (~Q(status="open") & Q(ended_at__isnull=False, ended_by__isnull=False)),
                name="ended_task_says_by_whom",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.status}"

    def is_late(self, on: date) -> bool:
        return self.status == TaskStatus.OPEN and self.due_on < on

    def hand_to(self, assignee: Any, *, due_on: date) -> None:
        """Somebody else does it, or on another day. Does not save. Raises InvalidTransition."""
        self._must_be_open()
        self.assignee, self.due_on = assignee, due_on
        self.version += 1

    def end(self, status: str, *, by: Any, at: datetime) -> None:
        """Done, or cancelled. Does not save. Raises InvalidTransition."""
        self._must_be_open()
        self.status, self.ended_by_id, self.ended_at = status, by.pk, at
        self.version += 1

    def _must_be_open(self) -> None:
        if self.status != TaskStatus.OPEN:
            raise InvalidTransition(
                _("This task has ended: %(status)s.") % {"status": self.get_status_display()},
                field="status",
            )
