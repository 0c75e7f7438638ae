"""Duties to report, for the case, the referral and My work."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cases.choices import DutyStatus
from cases.jurisdictions import reporting_rules_in
from cases.models import Case, ReportDuty
from core.actors import Actor

# Finds (words, address) of the referral a duty began with; `referrals` registers it.
Origin = Callable[[Actor, UUID], tuple[str, str] | None]
ORIGINS: list[Origin] = []


def register_duty_origin(origin: Origin) -> None:
    """Say how to find where a duty began. Called once by a higher app's `apps.py`."""
    ORIGINS.append(origin)


def origin_of(actor: Actor, duty: ReportDuty) -> tuple[str, str] | None:
    """(words, address) of what a duty began with, where `actor` may see it."""
    if duty.referral_id is None:
        return None
    return next((found for origin in ORIGINS if (found := origin(actor, duty.referral_id))), None)


def duties_of_case(actor: Actor, case: Case) -> QuerySet[ReportDuty]:
    """The duties of a visible case, the most pressing first."""
    found: QuerySet[ReportDuty] = ReportDuty.objects.visible_to(actor).filter(case=case)
    return found.order_by("due_at")


def duties_of_referral(actor: Actor, referral_id: UUID) -> QuerySet[ReportDuty]:
    """The duties that began with a visible referral."""
    found: QuerySet[ReportDuty] = ReportDuty.objects.visible_to(actor).filter(
        referral_id=referral_id
    )
    return found.order_by("due_at")


def rule_choices(country: str) -> list[tuple[str, str]]:
    """Whom one reports to in a country, with the time there is."""
    return [
        (
            rule.code,
            _("%(authority)s, within %(hours)d hours")
            % {
                "authority": rule.authority,
                "hours": int(rule.within.total_seconds() // 3600),
            },
        )
        for rule in reporting_rules_in(country)
    ]


def open_duties(actor: Actor) -> QuerySet[ReportDuty]:
    """What is still to be reported, or waits for its receipt."""
    found: QuerySet[ReportDuty] = ReportDuty.objects.visible_to(actor).filter(
        Q(status=DutyStatus.DUE) | Q(status=DutyStatus.REPORTED)
    )
    return found.order_by("due_at")


def duty_rows(duties: Iterable[ReportDuty], at: datetime) -> list[dict[str, Any]]:
    """Each duty with whether it is overdue, as lists show it."""
    return [{"duty": duty, "overdue": duty.is_overdue(at)} for duty in duties]


def duty_facts(duty: ReportDuty) -> list[tuple[str, Any]]:
    """A duty in words."""
    facts = [
        (_("Who has to be told"), duty.authority),
        (_("What set the clock going"), duty.get_trigger_display()),
        (_("How it was reported"), duty.get_how_display()),
        (_("Office"), duty.office),
        (_("Spoke with"), duty.spoken_to),
        (_("Their number"), duty.receipt_number),
        (_("Not required because"), duty.get_not_required_display()),
        (_("Recorded by"), duty.recorded_by.name),
        (_("Reported by"), duty.reported_by.name if duty.reported_by else ""),
        (_("Decided by"), duty.decided_by.name if duty.decided_by else ""),
    ]
    return [(label, value) for label, value in facts if value]
