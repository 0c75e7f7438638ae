"""Tasks and follow-ups: who does what by when."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import acting
from cases.choices import TaskKind, TaskStatus
from cases.models import Case, CaseTask
from cases.text_rules import check_text
from core.actors import Actor
from core.errors import Conflict, DomainError

LONGEST_TASK = 300
LONGEST_RESULT = 2_000


def set_task(
    *,
    actor: Actor,
    case_id: UUID,
    what: str,
    assignee_id: UUID,
    due_on: date,
    kind: str = TaskKind.TASK,
) -> CaseTask:
    """Give a colleague, or oneself, something to do by a day.

    Args:
        what: in a few words, without names; sealed under the case's key.
        assignee_id: somebody who works on this case.

    Raises:
        Case.DoesNotExist: not visible to the actor.
        DomainError: nothing said, a day that has passed, or somebody who does not see the case.
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).get(pk=case_id)
        act.authorise("cases.work_plan", case)
        if kind not in TaskKind.values:
            raise DomainError(_("Choose what kind of task it is."), field="kind")
        what = check_text(what, field="what", most=LONGEST_TASK)
        if not what:
            raise DomainError(_("Say what is to be done."), field="what")
        if due_on < timezone.localdate():
            raise DomainError(_("Choose a day that lies ahead."), field="due_on")
        task = CaseTask(
            case=case,
            kind=kind,
            what=what,
            assignee=_assignee(actor, case, assignee_id),
            due_on=due_on,
            set_by_id=actor.pk,
        )
        task.save(force_insert=True)
        act.record("task.set", task, facts={"kind": str(kind), "for": str(assignee_id)})
        if assignee_id != actor.pk:
            act.after_commit("cases.tell_person", str(assignee_id))
    return task


def hand_task(
    *, actor: Actor, task_id: UUID, version: int, assignee_id: UUID, due_on: date
) -> CaseTask:
    """Give an open task to somebody else, or another day.

    Raises:
        CaseTask.DoesNotExist: not visible to the actor.
        Conflict: somebody changed it since `version`.
        DomainError: it has ended, the day has passed, or somebody who does not see the case.
    """
    with acting(actor) as act:
        task: CaseTask = CaseTask.objects.visible_to(actor).locked().get(pk=task_id)
        act.authorise("cases.work_plan", task)
        check_version(task, version)
        if task.status != TaskStatus.OPEN:
            raise DomainError(_("This task has ended."), field="status")
        if due_on < timezone.localdate():
            raise DomainError(_("Choose a day that lies ahead."), field="due_on")
        task.assignee = _assignee(actor, task.case, assignee_id)
        task.due_on = due_on
        task.version += 1
        task.save(update_fields=["assignee", "due_on", "version"])
        act.record("task.handed", task, facts={"for": str(assignee_id)})
        if assignee_id != actor.pk:
            act.after_commit("cases.tell_person", str(assignee_id))
    return task


def end_task(
    *, actor: Actor, task_id: UUID, version: int, done: bool = True, result: str = ""
) -> CaseTask:
    """Write down that it is done, or that it is dropped.

    Args:
        result: what came of it; needed when it is dropped.

    Raises:
        CaseTask.DoesNotExist: not visible to the actor.
        Conflict: somebody changed it since `version`.
        InvalidTransition: it has ended.
        DomainError: dropped without saying why.
    """
    with acting(actor) as act:
        task: CaseTask = CaseTask.objects.visible_to(actor).locked().get(pk=task_id)
        act.authorise("cases.work_plan", task)
        check_version(task, version)
        task.result = check_text(result, field="result", most=LONGEST_RESULT)
        if not done and not task.result:
            raise DomainError(_("Say why it is dropped."), field="result")
        task.end(TaskStatus.DONE if done else TaskStatus.DROPPED, by=actor, at=timezone.now())
        task.save(update_fields=["status", "version", "ended_by", "ended_at", "result"])
        act.record("task.done" if done else "task.dropped", task, fields=["status"])
    return task


def check_version(record: CaseTask, version: int) -> None:
    if record.version != version:
        raise Conflict(
            _("Somebody changed this meanwhile. Look at what it says now, then try again.")
        )


def _assignee(actor: Actor, case: Case, user_id: UUID) -> User:
    """Somebody of one's agency who sees the case and works with plans."""
    person = User.objects.visible_to(actor).people().filter(pk=user_id, is_active=True).first()
    if (
        person is None
        or not person.may("cases.read_plan")
        or not Case.objects.visible_to(person).filter(pk=case.pk).exists()
    ):
        raise DomainError(_("Choose a colleague who works on this case."), field="assignee_id")
    return person
