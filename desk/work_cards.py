"""What the work on cases puts on My work: duties to report, tasks, plans, assessments."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from cases.choices import DutyStatus
from cases.instruments import INSTRUMENTS
from cases.selectors import (
    due_assessments,
    my_tasks,
    open_duties,
    plans_to_approve,
    plans_to_review,
    show_tasks,
)
from desk.cards import MOST_CARDS, Card, end_of_day

SOON = timedelta(days=14)


def work_cards(actor: User, at: datetime) -> tuple[list[Card], list[Card]]:
    """(what needs `actor` now, what comes). The number of queries does not grow with it."""
    now: list[Card] = []
    coming: list[Card] = []
    if actor.may("cases.record_duty"):
        _duties(actor, at, now, coming)
    if actor.may("cases.set_task"):
        _tasks(actor, at, now, coming)
    if actor.may("cases.approve_plan"):
        now += _plans_to_approve(actor)
    if actor.may("cases.write_plan"):
        _plans_to_review(actor, at, now, coming)
    if actor.may("cases.assess_survivor"):
        _assessments(actor, at, now, coming)
    return now, coming


def _duties(actor: User, at: datetime, now: list[Card], coming: list[Card]) -> None:
    """What the law makes us tell: above the line until told, below it for the receipt."""
    for duty in open_duties(actor)[:MOST_CARDS]:
        due = duty.status == DutyStatus.DUE
        where = duty.case.reference if duty.case else duty.reference
        card = Card(
            what=_("Report it to: %(authority)s") % {"authority": duty.authority}
            if due
            else _("Ask for the receipt of a report"),
            who=f"{where} · {duty.get_trigger_display() if due else duty.authority}",
            due=duty.due_at if due else None,
            url=reverse("cases:duty", args=[duty.pk]),
            icon="bell",
            urgent=duty.is_overdue(at),
        )
        (now if due else coming).append(card)


def _tasks(actor: User, at: datetime, now: list[Card], coming: list[Card]) -> None:
    """What somebody has to do: above the line on its day, below it before."""
    today = timezone.localdate(at)
    for shown in show_tasks(list(my_tasks(actor)[:MOST_CARDS]), today):
        task = shown.task
        names = {"case": task.case.reference, "name": task.set_by.name}
        card = Card(
            what=shown.what,
            who=task.case.reference
            if task.set_by_id == actor.pk
            else _("%(case)s · from %(name)s") % names,
            due=end_of_day(task.due_on),
            url=reverse("cases:work", args=[task.case_id]),
            icon="task",
            urgent=shown.late,
            sealed=task,
            unreadable=shown.unreadable,
        )
        (now if task.due_on <= today else coming).append(card)


def _plans_to_approve(actor: User) -> list[Card]:
    return [
        Card(
            what=_("Approve a plan"),
            who=f"{plan.person.code} · {plan.case.reference}",
            due=None,
            url=reverse("cases:approve_plan", args=[plan.pk]),
            icon="outcome",
        )
        for plan in plans_to_approve(actor)[:MOST_CARDS]
    ]


def _plans_to_review(actor: User, at: datetime, now: list[Card], coming: list[Card]) -> None:
    today = timezone.localdate(at)
    for plan in plans_to_review(actor, today + SOON)[:MOST_CARDS]:
        card = Card(
            what=_("Review a plan together"),
            who=f"{plan.person.code} · {plan.case.reference}",
            due=end_of_day(plan.review_on or today),
            url=reverse("cases:review_plan", args=[plan.pk]),
            icon="outcome",
            urgent=plan.review_on is not None and plan.review_on < today,
        )
        (now if plan.is_review_due(today) else coming).append(card)


def _assessments(actor: User, at: datetime, now: list[Card], coming: list[Card]) -> None:
    today = timezone.localdate(at)
    for one in due_assessments(actor, today + SOON)[:MOST_CARDS]:
        card = Card(
            what=_("Assess again: %(what)s") % {"what": INSTRUMENTS[one.instrument].label},
            who=f"{one.person.code} · {one.case.reference}",
            due=end_of_day(one.next_due),
            url=reverse("cases:work", args=[one.case_id]),
            icon="chart",
            urgent=one.next_due < today,
        )
        (now if one.next_due <= today else coming).append(card)
