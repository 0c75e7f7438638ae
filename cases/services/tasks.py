"""Tasks and follow-ups: set, handed on, finished or cancelled."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import Act, acting
from cases.choices import GoalStatus, TaskKind, TaskStatus
from cases.models import Case, CaseParticipant, CaseTask, PlanGoal
from cases.selectors.access import assignees_of
from cases.text_rules import check_text
from core.actors import Actor
from core.errors import DomainError

LONGEST_TASK = 300
LONGEST_RESULT = 2_000
# Further away than this nobody means it; it is a slip in the year.
FURTHEST = timedelta(days=2 * 366)


def set_task(
    *,
    actor: Actor,
    case_id: UUID,
    what: str,
    due_on: date,
    assignee_id: UUID | None = None,
    kind: str = TaskKind.TASK,
    person_id: UUID | None = None,
    goal_id: UUID | None = None,
) -> CaseTask:
    """Give a colleague, or oneself, something to do by a day.

    Args:
        what: in a few words, without names; sealed.
        assignee_id: somebody who works on this case; the actor when left out.
        person_id: the person of the case it is done for, where it is for one alone.
        goal_id: an open goal of that person, where it is an action of their plan.

    Raises:
        Case.DoesNotExist: not visible to the actor.
        DomainError: nothing said, a day that has passed, or somebody who does not see the case.
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).get(pk=case_id)
        act.authorise("cases.set_task", case)
        if kind not in TaskKind.values:
            raise DomainError(_("Choose what kind of task it is."), field="kind")
        what = check_text(what, field="what", most=LONGEST_TASK)
        if not what:
            raise DomainError(_("Say what is to be done."), field="what")
        _check_day(due_on)
        if person_id is not None:
            _check_in_case(actor, case, person_id)
        if goal_id is not None:
            _check_goal(actor, case, person_id, goal_id)
        assignee = _assignee(actor, case, assignee_id or actor.pk)
        task = CaseTask(
            case=case,
            person_id=person_id,
            goal_id=goal_id,
            kind=kind,
            what=what,
            assignee=assignee,
            due_on=due_on,
            set_by_id=actor.pk,
        )
        task.save(force_insert=True)
        act.record("task.set", task, facts={"kind": str(kind), "for": str(assignee.pk)})
        _tell(act, actor, assignee)
    return task


def set_goal_task(
    *, actor: Actor, goal_id: UUID, what: str, due_on: date, assignee_id: UUID | None = None
) -> CaseTask:
    """Set a task towards a goal of a survivor's plan.

    Raises:
        PlanGoal.DoesNotExist: not visible to the actor.
        DomainError: as `set_task`, or the goal has ended.
    """
    with acting(actor) as act:
        goal: PlanGoal = PlanGoal.objects.visible_to(actor).get(pk=goal_id)
        act.authorise("cases.set_task", goal)
        task = set_task(
            actor=actor,
            case_id=goal.case_id,
            what=what,
            due_on=due_on,
            assignee_id=assignee_id,
            person_id=goal.person_id,
            goal_id=goal.pk,
        )
        act.record("goal.action_added", goal)
    return task


def hand_task(
    *, actor: Actor, task_id: UUID, version: int, assignee_id: UUID, due_on: date
) -> CaseTask:
    """Give an open task to somebody else, or another day.

    Raises:
        CaseTask.DoesNotExist: not visible to the actor.
        Conflict: somebody changed it since `version`.
        InvalidTransition: it has ended.
        DomainError: the day has passed, or somebody who does not see the case.
    """
    with acting(actor) as act:
        task = _found(act, actor, task_id, version)
        _check_day(due_on)
        before = task.assignee_id
        assignee = _assignee(actor, task.case, assignee_id)
        task.hand_to(assignee, due_on=due_on)
        task.save(update_fields=["assignee", "due_on", "version"])
        act.record(
            "task.handed", task, fields=["assignee", "due_on"], facts={"for": str(assignee.pk)}
        )
        if assignee.pk != before:
            _tell(act, actor, assignee)
    return task


def hand_open_tasks(act: Act, tasks: Any, to: User) -> list[UUID]:
    """Whoever had them has them no more: open tasks go to somebody else, each by an event.

    Inside the act that takes the work over; who they go to is told by it. Returns the ids of those
    that were handed over.

    Args:
        tasks: a scoped queryset of tasks, narrowed to whoever has them: what somebody else was
            given meanwhile stays theirs.
    """
    handed = list(tasks.open().locked().order_by("pk"))
    for task in handed:
        task.hand_to(to, due_on=task.due_on)
        task.save(update_fields=["assignee", "version"])
    if handed:
        act.record_each("task.handed", handed, facts=[{"for": str(to.pk)}] * len(handed))
    return [task.pk for task in handed]


def finish_task(
    *,
    actor: Actor,
    task_id: UUID,
    version: int,
    result: str = "",
    at: datetime | None = None,
) -> CaseTask:
    """Write down that it is done, and what came of it.

    Raises:
        CaseTask.DoesNotExist: not visible to the actor.
        Conflict: somebody changed it since `version`.
        InvalidTransition: it has ended.
    """
    with acting(actor) as act:
        task = _found(act, actor, task_id, version)
        task.result = check_text(result, field="result", most=LONGEST_RESULT)
        task.end(TaskStatus.DONE, by=actor, at=at or timezone.now())
        task.save(update_fields=["status", "version", "ended_by", "ended_at", "result"])
        act.record("task.finished", task, fields=["status"])
    return task


def cancel_task(
    *, actor: Actor, task_id: UUID, version: int, reason: str, at: datetime | None = None
) -> CaseTask:
    """Write down that it will not be done, and why.

    Raises:
        CaseTask.DoesNotExist: not visible to the actor.
        Conflict: somebody changed it since `version`.
        InvalidTransition: it has ended.
        DomainError: without a reason.
    """
    with acting(actor) as act:
        task = _found(act, actor, task_id, version)
        task.result = check_text(reason, field="reason", most=LONGEST_RESULT)
        if not task.result:
            raise DomainError(_("Say why it will not be done."), field="reason")
        task.end(TaskStatus.CANCELLED, by=actor, at=at or timezone.now())
        task.save(update_fields=["status", "version", "ended_by", "ended_at", "result"])
        act.record("task.cancelled", task, fields=["status"])
    return task


def _found(act: Act, actor: Actor, task_id: UUID, version: int) -> CaseTask:
    task: CaseTask = CaseTask.objects.visible_to(actor).locked().get(pk=task_id)
    act.authorise("cases.set_task", task)
    task.check_seen(version)
    return task


def _tell(act: Act, actor: Actor, assignee: User) -> None:
    if assignee.pk != actor.pk:
        act.after_commit("cases.tell", str(assignee.pk))


def _check_day(due_on: date) -> None:
    today = timezone.localdate()
    if due_on < today:
        raise DomainError(_("Choose today or a day that lies ahead."), field="due_on")
    if due_on > today + FURTHEST:
        raise DomainError(_("Choose a day within the next two years."), field="due_on")


def _check_in_case(actor: Actor, case: Case, person_id: UUID) -> None:
    places = CaseParticipant.objects.visible_to(actor).filter(
        case=case, person_id=person_id, person__erased_on=None
    )
    if not places.exists():
        raise DomainError(_("Choose a person of this case."), field="person_id")


def _check_goal(actor: Actor, case: Case, person_id: UUID | None, goal_id: UUID) -> None:
    goals = PlanGoal.objects.visible_to(actor).filter(case=case, person_id=person_id)
    if not goals.filter(pk=goal_id, status=GoalStatus.OPEN).exists():
        raise DomainError(_("This goal has ended. Choose one that is on the way."), field="goal_id")


def _assignee(actor: Actor, case: Case, user_id: UUID) -> User:
    """Somebody of one's agency who sees the case and works with tasks."""
    if user_id not in dict(assignees_of(actor, case)):
        raise DomainError(_("Choose a colleague who works on this case."), field="assignee_id")
    person: User = User.objects.visible_to(actor).get(pk=user_id)
    return person
