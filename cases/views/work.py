"""The tab "Work": what is to be done, by whom and by when."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.forms import CancelTaskForm, FinishTaskForm, HandTaskForm, SetTaskForm
from cases.models import Case, CaseTask
from cases.selectors import (
    ShownTask,
    assignees_of,
    conferences_of,
    ended_tasks_of,
    open_tasks_of,
    people_to_name,
    plan_rows,
    quick_days,
    show_tasks,
    who_wrote,
)
from cases.services import tasks as service
from cases.views.base import CaseForm, CaseTab
from core.forms import PlainForm
from core.views import FormPage

OVERVIEW = "overview"
# What raises the version of a task.
TASK_CHANGES = ("task.handed", "task.finished", "task.cancelled")


def record_unreadable(view: Any, shown: list[ShownTask]) -> None:
    """Write down each task whose words did not open."""
    for one in shown:
        if one.unreadable:
            with view.request.reading() as look:
                look.record("text.unreadable", one.task, fields=one.unreadable)


def tasks_context(view: Any, case: Case, most: int = 100) -> dict[str, Any]:
    """What `cases/_tasks.html` shows: open tasks and the one-line form."""
    user, today = view.request.user, timezone.localdate()
    shown = open_tasks_of(user, case, today, most) if user.may("cases.read_task") else []
    record_unreadable(view, shown)
    return {
        "tasks": shown,
        "quick_days": quick_days(today),
        "may_set_task": user.may("cases.set_task"),
    }


class WorkTab(CaseTab):
    """Tasks and follow-ups of the case."""

    current = "cases:work"
    permission = "cases.read_task"
    reads = "task.listed"
    template_name = "cases/work.html"

    def context(self, record: Case) -> dict[str, Any]:
        user, today = self.request.user, timezone.localdate()
        ended = ended_tasks_of(user, record, today)
        record_unreadable(self, ended)
        plans = plan_rows(user, record, today) if user.may("cases.read_plan") else []
        return (
            super().context(record)
            | tasks_context(self, record)
            | {
                "ended": ended,
                "plans": plans,
                "conferences": conferences_of(user, record),
                "can": {
                    "read_assessment": user.may("cases.read_assessment"),
                    "read_conference": user.may("cases.read_conference"),
                    "hold_conference": user.may("cases.hold_conference"),
                },
            }
        )


def where_next(view: Any, case_id: Any) -> str:
    """Back to where the person came from: the overview, else the tab."""
    name = "cases:case" if view.request.POST.get("from") == OVERVIEW else "cases:work"
    return reverse(name, args=[case_id])


class SetTask(CaseForm):
    """Give somebody something to do; the one-line form of the case page posts here too."""

    permission = "cases.set_task"
    reads = "task.listed"
    form_class = SetTaskForm
    back_to = "cases:work"
    success_message = _("The task is set. Whoever does it finds it on My work.")

    def form(self, record: Any, data: Any = None, files: Any = None) -> Any:
        if data is not None and "assignee_id" not in data:
            # One line from a phone: it is mine, and a task.
            data = data.copy()
            data["assignee_id"], data["kind"] = str(self.request.user.pk), "task"
        return super().form(record, data, files)

    def form_options(self, record: Case) -> dict[str, Any]:
        user = self.request.user
        return {
            "colleagues": assignees_of(user, record),
            "people": people_to_name(user, record),
        }

    def context(self, record: Case, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {
            "title": _("Set a task"),
            "sentence": _("For yourself or a colleague who works on this case."),
            "button": _("Set the task"),
        }

    def perform(self, data: dict[str, Any]) -> CaseTask:
        return service.set_task(actor=self.request.user, case_id=self.kwargs["pk"], **data)

    def done_url(self, result: CaseTask) -> str:
        return where_next(self, result.case_id)


class TaskStep(FormPage):
    """A step of one task; it leads back to the work of its case."""

    permission = "cases.set_task"
    reads = "task.opened"
    template_name = "cases/form.html"
    title: ClassVar[str | Promise] = ""
    button: ClassVar[str | Promise] = ""
    success_message = _("It is written down.")

    def find(self) -> CaseTask:
        found: CaseTask = (
            CaseTask.objects.visible_to(self.request.user)
            .select_related("case", "assignee")
            .get(pk=self.kwargs["pk"])
        )
        return found

    def form_options(self, record: CaseTask) -> dict[str, Any]:
        return {
            "version": record.version,
            "beside": [
                (_("How it stands"), record.get_status_display()),
                (_("Who does it"), record.assignee.name),
            ],
        }

    def who_changed(self, record: CaseTask) -> str:
        return who_wrote(record.case_id, record.pk, *TASK_CHANGES)

    def context(self, record: CaseTask, form: Any) -> dict[str, Any]:
        shown = show_tasks([record], timezone.localdate())
        record_unreadable(self, shown)
        return {
            "case": record.case,
            "form": form,
            "title": self.title,
            "sentence": shown[0].what,
            "button": self.button,
            "back": reverse("cases:work", args=[record.case_id]),
        }

    def done_url(self, result: CaseTask) -> str:
        return where_next(self, result.case_id)


class FinishTask(TaskStep):
    """It is done."""

    form_class: ClassVar[type[PlainForm]] = FinishTaskForm
    title = _("Finish a task")
    button = _("It is done")
    success_message = _("Done.")

    def perform(self, data: dict[str, Any]) -> CaseTask:
        return service.finish_task(actor=self.request.user, task_id=self.kwargs["pk"], **data)


class CancelTask(TaskStep):
    """It will not be done."""

    form_class: ClassVar[type[PlainForm]] = CancelTaskForm
    title = _("Cancel a task")
    button = _("Cancel the task")
    success_message = _("The task is cancelled.")

    def perform(self, data: dict[str, Any]) -> CaseTask:
        return service.cancel_task(actor=self.request.user, task_id=self.kwargs["pk"], **data)


class HandTask(TaskStep):
    """Give it to somebody else, or another day."""

    form_class: ClassVar[type[PlainForm]] = HandTaskForm
    title = _("Hand a task on")
    button = _("Hand it on")
    success_message = _("The task is handed on.")

    def form_options(self, record: CaseTask) -> dict[str, Any]:
        return {
            "version": record.version,
            "beside": [(_("How it stands"), record.get_status_display())],
            "initial": {"assignee_id": record.assignee_id, "due_on": record.due_on},
            "colleagues": assignees_of(self.request.user, record.case),
        }

    def perform(self, data: dict[str, Any]) -> CaseTask:
        return service.hand_task(actor=self.request.user, task_id=self.kwargs["pk"], **data)
