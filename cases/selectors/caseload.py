"""Who leads how many cases, and which have nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from accounts.roles import roles_with
from cases.models import Case, CaseLead
from core.actors import Actor
from core.ui.dates import spell

SOON = timedelta(days=31)


@dataclass(frozen=True)
class Load:
    """One colleague and the open cases they lead; `leaving` says what needs a look."""

    user_id: UUID
    name: str
    number: int
    leaving: str


def working_leads() -> QuerySet[Any]:
    """Ids of everybody who works on cases now: active, with a role that does."""
    members = Membership.objects.live(timezone.now()).filter(
        role__in=roles_with("cases.change_stage"), user__is_active=True
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


def loads(actor: Actor, on: date) -> list[Load]:
    """Everybody of the agency who leads open cases the actor sees, whoever leaves first."""
    visible = Case.objects.visible_to(actor).open()
    mine = Q(led_cases__until=None, led_cases__case__in=visible)
    users = (
        User.objects.visible_to(actor)
        .annotate(number=Count("led_cases", filter=mine))
        .filter(number__gt=0)
    )
    working = set(working_leads().values_list("user_id", flat=True))
    rows = [Load(user.pk, user.name, user.number, _leaving(user, working, on)) for user in users]
    return sorted(rows, key=lambda row: (not row.leaving, -row.number, row.name))


def _leaving(user: User, working: set[UUID], on: date) -> str:
    if not user.is_active:
        return _("The account is closed")
    if user.pk not in working:
        return _("Works on cases no more")
    if user.ends_on is not None and user.ends_on <= on + SOON:
        return _("Leaves on %(day)s") % {"day": spell(user.ends_on)}
    return ""
