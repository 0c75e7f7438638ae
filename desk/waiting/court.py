"""What waits about courts: hearings ahead, what became of those behind, reports that are due."""

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
from courts.models import Hearing
from courts.selectors.hearing import hearings_of, reports_due
from desk.cards import Card, end_of_day
from desk.waiting.kind import Kind

AHEAD = timedelta(days=14)
# From then on somebody prepares it, or goes there.
SOON = timedelta(days=7)
# A hearing that began is over by then, and somebody says what became of it.
LASTS = timedelta(hours=4)
# And after a day nobody remembers.
SAID_WITHIN = timedelta(days=1)


def _ahead(actor: User, at: datetime) -> QuerySet[Any]:
    found: QuerySet[Any] = hearings_of(actor).filter(status="scheduled")
    return found.filter(starts_at__gt=at - LASTS, starts_at__lte=at + AHEAD)


def _where(hearing: Hearing) -> str:
    return f"{hearing.case.reference} · {hearing.proceeding.reference}"


def _ahead_cards(actor: User, rows: Sequence[Hearing], at: datetime) -> list[Card]:
    return [
        Card(
            what=_("Hearing: %(kind)s") % {"kind": hearing.get_kind_display()},
            who=_where(hearing),
            due=hearing.starts_at,
            url=reverse("courts:hearing", args=[hearing.pk]),
            icon="court",
            urgent=timezone.localdate(hearing.starts_at) == timezone.localdate(at),
            now=hearing.starts_at <= at + SOON,
        )
        for hearing in rows
    ]


def _behind(actor: User, at: datetime) -> QuerySet[Any]:
    found: QuerySet[Any] = hearings_of(actor)
    return found.filter(status="scheduled", starts_at__lte=at - LASTS)


def _behind_cards(actor: User, rows: Sequence[Hearing], at: datetime) -> list[Card]:
    return [
        Card(
            what=_("Say what became of a hearing"),
            who=f"{_where(hearing)} · {hearing.get_kind_display()}",
            due=hearing.starts_at + SAID_WITHIN,
            url=reverse("courts:end_hearing", args=[hearing.pk]),
            icon="court",
        )
        for hearing in rows
    ]


def _reports(actor: User, at: datetime) -> QuerySet[Any]:
    found: QuerySet[Any] = reports_due(actor, timezone.localdate(at) + AHEAD)
    return found


def _report_cards(actor: User, rows: Sequence[Hearing], at: datetime) -> list[Card]:
    today = timezone.localdate(at)
    cards = []
    for hearing in rows:
        if hearing.report_due_on is None:
            continue
        cards.append(
            Card(
                what=_("Send our report to the court"),
                who=f"{_where(hearing)} · {hearing.get_kind_display()}",
                due=end_of_day(hearing.report_due_on),
                url=reverse("courts:prepare_hearing", args=[hearing.pk]),
                icon="document",
                urgent=hearing.is_report_late(today),
                now=hearing.report_due_on <= today + SOON,
            )
        )
    return cards


KINDS = (
    Kind(
        code="hearings",
        title=gettext_lazy("Hearings ahead"),
        counted=ngettext_lazy("%(n)d hearing ahead", "%(n)d hearings ahead", "n"),
        permission="courts.read_proceeding",
        rows=_ahead,
        cards=_ahead_cards,
    ),
    Kind(
        code="hearings-behind",
        title=gettext_lazy("Hearings that were"),
        counted=ngettext_lazy("%(n)d hearing to write up", "%(n)d hearings to write up", "n"),
        permission="courts.end_hearing",
        rows=_behind,
        cards=_behind_cards,
        late=lambda at: Q(starts_at__lt=at - SAID_WITHIN),
    ),
    Kind(
        code="court-reports",
        title=gettext_lazy("Reports for the court"),
        counted=ngettext_lazy("%(n)d report for the court", "%(n)d reports for the court", "n"),
        permission="courts.prepare_hearing",
        rows=_reports,
        cards=_report_cards,
        late=lambda at: Q(report_due_on__lt=timezone.localdate(at)),
    ),
)
