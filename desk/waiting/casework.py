"""What the work on cases asks of people: duties to report, tasks, plans, assessments, notes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts.models import User
from cases.choices import DutyStatus
from cases.instruments import name_of_instrument
from cases.models import (
    Assessment,
    CaseFlag,
    CasePlan,
    CaseTask,
    NoteDraft,
    NoteMention,
    ReportDuty,
)
from cases.selectors import (
    due_assessments,
    my_drafts,
    my_tasks,
    notes_to_read,
    open_duties,
    plans_to_approve,
    plans_to_review,
    show_tasks,
)
from cases.selectors.flag import due_flags, show_flags
from desk.cards import Card, asked_by, end_of_day
from desk.waiting.kind import Kind

SOON = timedelta(days=14)


def _duties(actor: User, at: datetime) -> QuerySet[Any]:
    return open_duties(actor)


def _duty_cards(actor: User, rows: Sequence[ReportDuty], at: datetime) -> list[Card]:
    """What the law makes us tell: above the line until told, below it for the receipt."""
    cards = []
    for duty in rows:
        due = duty.status == DutyStatus.DUE
        where = duty.case.reference if duty.case else duty.reference
        cards.append(
            Card(
                what=_("Report it to: %(authority)s") % {"authority": duty.authority}
                if due
                else _("Ask for the receipt of a report"),
                who=f"{where} · {duty.get_trigger_display() if due else duty.authority}",
                due=duty.due_at if due else None,
                url=reverse("cases:duty", args=[duty.pk]),
                icon="bell",
                urgent=duty.is_overdue(at),
                now=due,
            )
        )
    return cards


def _tasks(actor: User, at: datetime) -> QuerySet[Any]:
    return my_tasks(actor)


def _task_cards(actor: User, rows: Sequence[CaseTask], at: datetime) -> list[Card]:
    """What somebody has to do: above the line on its day, below it before."""
    today = timezone.localdate(at)
    cards = []
    for shown in show_tasks(list(rows), today):
        task = shown.task
        names = {"case": task.case.reference, "name": task.set_by.name}
        cards.append(
            Card(
                what=shown.what,
                who=task.case.reference
                if task.set_by_id == actor.pk
                else _("%(case)s · from %(name)s") % names,
                due=end_of_day(task.due_on),
                url=reverse("cases:work", args=[task.case_id]),
                icon="task",
                urgent=shown.late,
                now=task.due_on <= today,
                sealed=task,
                unreadable=shown.unreadable,
            )
        )
    return cards


def _flags(actor: User, at: datetime) -> QuerySet[Any]:
    return due_flags(actor, timezone.localdate(at) + SOON)


def _flag_cards(actor: User, rows: Sequence[CaseFlag], at: datetime) -> list[Card]:
    """What one flagged, or what is flagged in a case one leads: above the line on its day."""
    today = timezone.localdate(at)
    return [
        Card(
            what=_("Look at a flag again: %(why)s") % {"why": shown.why},
            who=f"{shown.flag.case.reference} · {shown.flag.get_kind_display()}",
            due=end_of_day(shown.flag.review_on),
            url=reverse("cases:case", args=[shown.flag.case_id]),
            icon="attention",
            urgent=shown.flag.review_on < today,
            now=shown.due,
            sealed=shown.flag,
            unreadable=shown.unreadable,
        )
        for shown in show_flags(list(rows), today)
    ]


def _approvals(actor: User, at: datetime) -> QuerySet[Any]:
    return plans_to_approve(actor)


def _approval_cards(actor: User, rows: Sequence[CasePlan], at: datetime) -> list[Card]:
    return [
        Card(
            what=_("Approve a plan"),
            who=asked_by(f"{plan.person.code} · {plan.case.reference}", plan.submitted_by),
            due=None,
            url=reverse("cases:approve_plan", args=[plan.pk]),
            icon="outcome",
            since=plan.created_at,
        )
        for plan in rows
    ]


def _plans(actor: User, at: datetime) -> QuerySet[Any]:
    return plans_to_review(actor, timezone.localdate(at) + SOON)


def _plan_cards(actor: User, rows: Sequence[CasePlan], at: datetime) -> list[Card]:
    today = timezone.localdate(at)
    return [
        Card(
            what=_("Review a plan together"),
            who=f"{plan.person.code} · {plan.case.reference}",
            due=end_of_day(plan.review_on or today),
            url=reverse("cases:review_plan", args=[plan.pk]),
            icon="outcome",
            urgent=plan.review_on is not None and plan.review_on < today,
            now=plan.is_review_due(today),
        )
        for plan in rows
    ]


def _assessments(actor: User, at: datetime) -> QuerySet[Any]:
    return due_assessments(actor, timezone.localdate(at) + SOON)


def _assessment_cards(actor: User, rows: Sequence[Assessment], at: datetime) -> list[Card]:
    today = timezone.localdate(at)
    return [
        Card(
            what=_("Assess again: %(what)s") % {"what": name_of_instrument(one.instrument)},
            who=f"{one.person.code} · {one.case.reference}",
            due=end_of_day(one.next_due),
            url=reverse("cases:work", args=[one.case_id]),
            icon="chart",
            urgent=one.next_due < today,
            now=one.next_due <= today,
        )
        for one in rows
    ]


def _notes(actor: User, at: datetime) -> QuerySet[Any]:
    return notes_to_read(actor)


def _note_cards(actor: User, rows: Sequence[NoteMention], at: datetime) -> list[Card]:
    return [
        Card(
            what=_("Read a note a colleague points you to"),
            who=f"{mention.case.reference} · {mention.note.author.name}",
            due=None,
            url=reverse("cases:note", args=[mention.note_id]),
            icon="note",
        )
        for mention in rows
    ]


def _drafts(actor: User, at: datetime) -> QuerySet[Any]:
    return my_drafts(actor)


def _draft_cards(actor: User, rows: Sequence[NoteDraft], at: datetime) -> list[Card]:
    return [
        Card(
            what=_("Go on with an addendum") if draft.addendum_to_id else _("Go on with a note"),
            who=draft.case.reference,
            due=draft.expires_at,
            url=reverse("cases:draft", args=[draft.pk]),
            icon="draft",
            now=False,
        )
        for draft in rows
    ]


def _before(field: str) -> Any:
    return lambda at: Q(**{f"{field}__lt": timezone.localdate(at)})


KINDS = (
    Kind(
        code="duties",
        title=gettext_lazy("Duties to report"),
        counted=ngettext_lazy("%(n)d duty to report", "%(n)d duties to report", "n"),
        permission="cases.record_duty",
        rows=_duties,
        cards=_duty_cards,
        late=lambda at: Q(status=DutyStatus.DUE, due_at__lt=at),
    ),
    Kind(
        code="tasks",
        title=gettext_lazy("Your tasks"),
        counted=ngettext_lazy("%(n)d task", "%(n)d tasks", "n"),
        permission="cases.set_task",
        rows=_tasks,
        cards=_task_cards,
        late=_before("due_on"),
    ),
    Kind(
        code="flags",
        title=gettext_lazy("Flags to look at again"),
        counted=ngettext_lazy("%(n)d flag", "%(n)d flags", "n"),
        permission="cases.flag_case",
        rows=_flags,
        cards=_flag_cards,
        late=_before("review_on"),
    ),
    Kind(
        code="notes",
        title=gettext_lazy("Notes to read"),
        counted=ngettext_lazy("%(n)d note to read", "%(n)d notes to read", "n"),
        permission="cases.read_note",
        rows=_notes,
        cards=_note_cards,
    ),
    Kind(
        code="plans-to-approve",
        title=gettext_lazy("Plans to approve"),
        counted=ngettext_lazy("%(n)d plan to approve", "%(n)d plans to approve", "n"),
        permission="cases.approve_plan",
        rows=_approvals,
        cards=_approval_cards,
        decides=True,
    ),
    Kind(
        code="plans-to-review",
        title=gettext_lazy("Plans to review"),
        counted=ngettext_lazy("%(n)d plan to review", "%(n)d plans to review", "n"),
        permission="cases.write_plan",
        rows=_plans,
        cards=_plan_cards,
        late=_before("review_on"),
    ),
    Kind(
        code="assessments",
        title=gettext_lazy("Assessments that are due"),
        counted=ngettext_lazy("%(n)d assessment due", "%(n)d assessments due", "n"),
        permission="cases.assess_survivor",
        rows=_assessments,
        cards=_assessment_cards,
        late=_before("next_due"),
    ),
    Kind(
        code="drafts",
        title=gettext_lazy("Drafts of notes"),
        counted=ngettext_lazy("%(n)d draft of a note", "%(n)d drafts of notes", "n"),
        permission="cases.write_note",
        rows=_drafts,
        cards=_draft_cards,
    ),
)
