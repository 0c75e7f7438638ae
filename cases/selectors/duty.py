"""Duties to report, for the case, the referral and My work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cases.choices import ONLY_SAID, DutyStatus
from cases.models import Case, ReportDuty
from cases.reporting_rules import reporting_rules_in
from core.actors import Actor
from vault.opening import opened

SEALED = ("office", "spoken_to", "receipt_number")
Facts = list[tuple[str, Any]]
# Finds (words, address) of the referral a duty began with; `referrals` registers it.
Origin = Callable[[Actor, UUID], tuple[str, str] | None]
ORIGINS: list[Origin] = []


def register_duty_origin(origin: Origin) -> None:
    """Say how to find what a duty began with. Called once by a higher app's `apps.py`."""
    ORIGINS.append(origin)


def origin_of(actor: Actor, duty: ReportDuty) -> tuple[str, str] | None:
    """(words, address) of what a duty began with, where `actor` may see it."""
    if duty.referral_id is None:
        return None
    return next((found for origin in ORIGINS if (found := origin(actor, duty.referral_id))), None)


@dataclass(frozen=True)
class DutyRow:
    """A duty as lists show it: nothing sealed."""

    duty: ReportDuty
    overdue: bool


def duties_of_case(actor: Actor, case: Case, at: datetime) -> list[DutyRow]:
    """The duties of a visible case, the most pressing first."""
    return _rows(ReportDuty.objects.visible_to(actor).filter(case=case), at)


def duties_of_referral(
    actor: Actor, referral_id: UUID, case_id: UUID | None, at: datetime
) -> list[DutyRow]:
    """The duties that began with a visible referral, and those of the case it became."""
    about = Q(referral_id=referral_id)
    if case_id is not None:
        about |= Q(case_id=case_id)
    return _rows(ReportDuty.objects.visible_to(actor).filter(about), at)


def _rows(duties: QuerySet[ReportDuty], at: datetime) -> list[DutyRow]:
    first: dict[str, int] = {DutyStatus.DUE: 0, DutyStatus.REPORTED: 1}
    found = sorted(duties.defer(*SEALED), key=lambda duty: (first.get(duty.status, 2), duty.due_at))
    return [DutyRow(duty, duty.is_overdue(at)) for duty in found]


def rule_choices(country: str) -> list[tuple[str, str]]:
    """Whom one reports to in a country, with the time there is."""
    return [
        (
            rule.code,
            _("%(authority)s, within %(hours)d hours")
            % {"authority": rule.authority, "hours": rule.hours},
        )
        for rule in reporting_rules_in(country)
    ]


def open_duties(actor: Actor) -> QuerySet[ReportDuty]:
    """What is still to be reported, or waits for its receipt."""
    found: QuerySet[ReportDuty] = ReportDuty.objects.visible_to(actor).filter(
        Q(status=DutyStatus.DUE) | Q(status=DutyStatus.REPORTED)
    )
    return found.defer(*SEALED).select_related("case").order_by("due_at")


@dataclass(frozen=True)
class ShownDuty:
    """A duty in words, what is sealed opened.

    Attributes:
        put_in_writing: it was only said, and the authority gave no number yet.
        unreadable: sealed fields that did not open; whoever shows it records that.
    """

    facts: Facts
    put_in_writing: bool
    unreadable: list[str]


def show_duty(duty: ReportDuty) -> ShownDuty:
    """One duty in words."""
    sealed = {name: opened(duty, name) for name in SEALED}
    people = {
        name: person.name if person else ""
        for name, person in (
            ("recorded", duty.recorded_by),
            ("reported", duty.reported_by),
            ("decided", duty.decided_by),
        )
    }
    facts: Facts = [
        (_("What set the clock going"), duty.get_trigger_display()),
        (_("Recorded by"), people["recorded"]),
        (_("How it was reported"), duty.get_how_display()),
        (_("Office"), sealed["office"].value),
        (_("Spoke with"), sealed["spoken_to"].value),
        (_("Reported by"), people["reported"]),
        (_("Their number"), sealed["receipt_number"].value),
        (_("Not required because"), duty.get_not_required_display()),
        (_("Decided by"), people["decided"]),
    ]
    return ShownDuty(
        facts=[(label, value) for label, value in facts if value],
        put_in_writing=duty.status == DutyStatus.REPORTED and duty.how in ONLY_SAID,
        unreadable=[name for name, part in sealed.items() if not part.readable],
    )
