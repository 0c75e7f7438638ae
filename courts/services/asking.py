"""Tasks that ask a colleague to tell a survivor something of the courts.

Nobody is contacted from here: the contact itself passes the survivor's safe-contact instructions
(R-C1, R-C2).
"""

from __future__ import annotations

import uuid
from datetime import date

from django.utils import timezone

from accounts.models import User
from cases.choices import TaskKind
from cases.models import Case, CaseLead, CaseTask
from cases.selectors.access import assignees_of
from cases.services.tasks import FURTHEST, cancel_task, hand_task, set_task
from vault.opening import told


def ask_to_tell(
    actor: User, case_id: uuid.UUID, person_id: uuid.UUID, what: str, due: date
) -> None:
    """Have a survivor told something: a task for the lead, or another day for the one that is open.
    Part of the act that gives rise to it.

    Args:
        what: in the same words each time it is about the same, without names.
        due: brought to where tasks may lie: not before today, and no further than they go.
    """
    today = timezone.localdate()
    due = max(today, min(due, today + FURTHEST))
    case = Case.objects.visible_to(actor).get(pk=case_id)
    assignee_id = _who_tells(actor, case)
    task = _open_task(actor, case_id, person_id, what)
    if task is None:
        set_task(
            actor=actor,
            case_id=case_id,
            kind=TaskKind.FOLLOW_UP,
            what=what,
            due_on=due,
            assignee_id=assignee_id,
            person_id=person_id,
        )
    elif task.due_on != due:
        hand_task(
            actor=actor,
            task_id=task.pk,
            version=task.version,
            assignee_id=assignee_id or actor.pk,
            due_on=due,
        )


def need_not_tell(
    actor: User, case_id: uuid.UUID, person_id: uuid.UUID, what: str, reason: str
) -> None:
    """Cancel the task that asks for it, where one is open."""
    task = _open_task(actor, case_id, person_id, what)
    if task is not None:
        cancel_task(actor=actor, task_id=task.pk, version=task.version, reason=reason)


def _who_tells(actor: User, case: Case) -> uuid.UUID | None:
    """The lead, where they can be given a task by the actor; None for the actor."""
    able = [pk for pk, _name in assignees_of(actor, case)]
    lead = CaseLead.objects.filter(case=case, until=None).first()
    if lead is not None and lead.user_id in able:
        return lead.user_id
    return None if actor.pk in able or not able else able[0]


def _open_task(actor: User, case_id: uuid.UUID, person_id: uuid.UUID, what: str) -> CaseTask | None:
    tasks = CaseTask.objects.visible_to(actor).open()
    of_person = tasks.filter(case_id=case_id, person_id=person_id, kind=TaskKind.FOLLOW_UP)
    return next((task for task in of_person if told(task, "what") == what), None)
