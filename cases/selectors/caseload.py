"""Who leads how many cases, and which have nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from accounts.roles import roles_with
from cases.models import Case, CaseLead, CaseTask
from core.actors import Actor
from core.ui.dates import spell

SOON = timedelta(days=31)


@dataclass(frozen=True)
class Load:
    """One colleague, the open cases they lead and the open tasks they have in any; `leaving` says
    what needs a look."""

    user_id: UUID
    name: str
    number: int
    tasks: int
    leaving: str


@dataclass(frozen=True)
class WorkLeft:
    """How many open cases somebody leads, and how many open tasks they have; numbers alone."""

    led: int = 0
    tasks: int = 0

    def __bool__(self) -> bool:
        return bool(self.led or self.tasks)


def work_left(user_id: UUID) -> WorkLeft:
    """What somebody of the asker's agency would leave, for whoever may close their account."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT led, tasks FROM liwanag_work_left(%s)", [user_id])
        row = cursor.fetchone()
    return WorkLeft(*row) if row else WorkLeft()


def working_leads() -> QuerySet[Any]:
    """Ids of everybody who works on cases now: active, with a role that does."""
    return _able("cases.change_stage")


def _able(permission: str) -> QuerySet[Any]:
    members = Membership.objects.live(timezone.now()).filter(
        role__in=roles_with(permission), user__is_active=True
    )
    found: QuerySet[Any] = members.values("user_id")
    return found


def cases_without_lead(actor: Actor) -> QuerySet[Any]:
    """The visible open cases that nobody leads who works on cases now."""
    led = CaseLead.objects.filter(until=None, user_id__in=working_leads())
    found: QuerySet[Any] = (
        Case.objects.visible_to(actor).open().exclude(pk__in=led.values("case_id"))
    )
    return found


def cases_led_by(actor: Actor, user_id: UUID) -> QuerySet[Any]:
    """The visible open cases that somebody leads."""
    led = CaseLead.objects.filter(until=None, user_id=user_id)
    found: QuerySet[Any] = (
        Case.objects.visible_to(actor).open().filter(pk__in=led.values("case_id"))
    )
    return found


def tasks_in_hand(actor: Actor, user_id: UUID) -> QuerySet[Any]:
    """The open tasks that somebody has in visible cases which they do not lead: those of the cases
    they lead go with the case."""
    led = CaseLead.objects.filter(until=None, user_id=user_id)
    tasks: Any = CaseTask.objects.visible_to(actor).open().filter(assignee_id=user_id)
    found: QuerySet[Any] = tasks.exclude(case_id__in=led.values("case_id"))
    return found.select_related("case").defer("what", "result")


def loads(actor: Actor, on: date) -> list[Load]:
    """Everybody of the agency who leads open cases the actor sees, and whoever leaves with tasks
    still in hand; whoever leaves first."""
    visible = Case.objects.visible_to(actor).open()
    mine = Q(led_cases__until=None, led_cases__case__in=visible)
    users = User.objects.visible_to(actor).people().annotate(number=Count("led_cases", filter=mine))
    open_tasks: Any = CaseTask.objects.visible_to(actor).open()
    in_hand: dict[UUID, int] = dict(
        open_tasks.order_by().values_list("assignee_id").annotate(number=Count("pk"))
    )
    leads = set(working_leads().values_list("user_id", flat=True))
    helpers = set(_able("cases.set_task").values_list("user_id", flat=True))
    rows = []
    for user in users.filter(Q(number__gt=0) | Q(pk__in=in_hand)):
        led = int(getattr(user, "number", 0))
        working = user.pk in (leads if led else helpers)
        leaving = _leaving(user, working, on)
        rows.append(Load(user.pk, user.name, led, in_hand.get(user.pk, 0), leaving))
    shown = [row for row in rows if row.number or (row.tasks and row.leaving)]
    return sorted(shown, key=lambda row: (not row.leaving, -row.number, row.name))


def leavers(actor: Actor, on: date) -> QuerySet[Any]:
    """Colleagues who leave, or have left, with visible open cases or tasks in their hands."""
    visible = Case.objects.visible_to(actor).open()
    led = CaseLead.objects.filter(until=None, case__in=visible)
    open_tasks: Any = CaseTask.objects.visible_to(actor).open()
    leads, has_tasks = Q(pk__in=led.values("user_id")), Q(pk__in=open_tasks.values("assignee_id"))
    soon = Q(is_active=False) | Q(ends_on__lte=on + SOON)
    found: QuerySet[Any] = (
        User.objects.visible_to(actor)
        .people()
        .filter(
            (leads & (soon | ~Q(pk__in=working_leads())))
            | (has_tasks & (soon | ~Q(pk__in=_able("cases.set_task"))))
        )
    )
    return found.order_by("ends_on", "name")


def _leaving(user: User, working: bool, on: date) -> str:
    if not user.is_active:
        return _("The account is closed")
    if not working:
        return _("Works on cases no more")
    if user.ends_on is not None and user.ends_on <= on + SOON:
        return _("Leaves on %(day)s") % {"day": spell(user.ends_on)}
    return ""
