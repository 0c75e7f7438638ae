"""Tasks of a case, and what is due on My work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cases.choices import TaskStatus
from cases.models import Case, CaseTask, key_owner
from core.actors import Actor
from vault.keys import load_keys
from vault.opening import opened

MOST = 100
MOST_ENDED = 10


@dataclass(frozen=True)
class ShownTask:
    """A task with its words, and whether its day has passed.

    Attributes:
        unreadable: sealed fields that did not open; whoever shows it records that.
    """

    task: CaseTask
    what: str
    result: str
    late: bool
    unreadable: tuple[str, ...] = ()


def show_tasks(tasks: list[CaseTask], on: date) -> list[ShownTask]:
    """Tasks in words; their keys are fetched together. Opens sealed text: record the reading."""
    load_keys(key_owner(task) for task in tasks)
    return [_shown(task, on) for task in tasks]


def _shown(task: CaseTask, on: date) -> ShownTask:
    parts = {name: opened(task, name) for name in ("what", "result")}
    return ShownTask(
        task=task,
        what=str(parts["what"].value),
        result=str(parts["result"].value),
        late=task.is_late(on),
        unreadable=tuple(name for name, part in parts.items() if not part.readable),
    )


def open_tasks_of(actor: Actor, case: Case, on: date, most: int = MOST) -> list[ShownTask]:
    """What is still to be done in a visible case, by day."""
    tasks = CaseTask.objects.visible_to(actor).open().filter(case=case)
    return show_tasks(list(tasks.select_related("assignee", "person")[:most]), on)


def ended_tasks_of(actor: Actor, case: Case, on: date) -> list[ShownTask]:
    """What was done or cancelled last in a visible case."""
    tasks = CaseTask.objects.visible_to(actor).filter(case=case).exclude(status=TaskStatus.OPEN)
    latest = tasks.select_related("assignee", "ended_by", "person").order_by("-ended_at")
    return show_tasks(list(latest[:MOST_ENDED]), on)


def my_tasks(actor: Actor) -> QuerySet[CaseTask]:
    """Open tasks given to `actor`, by day."""
    found: QuerySet[CaseTask] = (
        CaseTask.objects.visible_to(actor)
        .open()
        .filter(assignee_id=actor.pk)
        .select_related("case", "set_by")
    )
    return found


def quick_days(on: date) -> list[tuple[str, str]]:
    """The days one chooses from with one tap: (ISO date, words)."""
    return [
        (on.isoformat(), _("Today")),
        ((on + timedelta(days=1)).isoformat(), _("Tomorrow")),
        ((on + timedelta(days=7)).isoformat(), _("In a week")),
        ((on + timedelta(days=30)).isoformat(), _("In a month")),
    ]
