"""An account ends: whoever supervises is asked to hand over what is left in its hands."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils import timezone

from accounts.models import Membership, User
from accounts.roles import roles_with
from accounts.services import directory
from audit.acting import Act, acting
from cases.selectors.caseload import work_left


def close_account(*, actor: User, user_id: UUID) -> User:
    """Close an account; where it leaves open cases or tasks, supervisors are asked to hand over.

    Raises:
        As `accounts.services.directory.close_account`.
    """
    with acting(actor) as act:
        closed = directory.close_account(actor=actor, user_id=user_id)
        act.authorise("accounts.close_account", closed)
        _ask_if_work_is_left(act, closed)
    return closed


def set_last_day(*, actor: User, user_id: UUID, ends_on: date | None) -> User:
    """Set an account's last day; where it would leave open cases or tasks, supervisors are asked to
    hand over before.

    Raises:
        As `accounts.services.directory.set_last_day`.
    """
    if ends_on is None:
        return directory.set_last_day(actor=actor, user_id=user_id, ends_on=None)
    with acting(actor) as act:
        user = directory.set_last_day(actor=actor, user_id=user_id, ends_on=ends_on)
        act.authorise("accounts.close_account", user)
        _ask_if_work_is_left(act, user)
    return user


def supervisors_of(user: User) -> list[tuple[UUID, str]]:
    """(id, name) of whoever may hand over what somebody leads: those who supervise in their teams,
    else anybody of the agency who does."""
    live = Membership.objects.live(timezone.now())
    teams = Membership.objects.filter(user=user).values("team_id")
    able = (
        live.filter(
            role__in=roles_with("cases.change_lead"),
            user__is_active=True,
            user__agency_id=user.agency_id,
        )
        .exclude(user=user)
        .order_by("user__name")
    )
    found = able.filter(team_id__in=teams)
    if not found.exists():
        found = able
    return list(dict.fromkeys(found.values_list("user_id", "user__name")))


def _ask_if_work_is_left(act: Act, user: User) -> None:
    """Counted inside the act, once the account is changed: what somebody was given a moment before
    counts as well."""
    left = work_left(user.pk)
    if not left:
        act.record("handover.not_needed", user)
        return
    asked = supervisors_of(user)
    for supervisor_id, _name in asked:
        act.after_commit("cases.tell", str(supervisor_id))
    act.record(
        "handover.asked",
        user,
        facts={"cases": left.led, "tasks": left.tasks, "people": len(asked)},
    )
