"""Charts of use: openings by day and by role, refusals, and work outside the ordinary hours."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncHour
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Agency, User
from audit.models import AuditEvent
from desk.audit_sentences import roles_in_words
from desk.selectors.log_search import verbs_of_kind
from desk.watch_rules import WatchRules, watch_rules

# code, label, days, days in one bar
PERIODS: tuple[tuple[str, str | Promise, int, int], ...] = (
    ("7days", gettext_lazy("Last 7 days"), 7, 1),
    ("14days", gettext_lazy("Last 14 days"), 14, 1),
    ("8weeks", gettext_lazy("Last 8 weeks"), 56, 7),
    ("26weeks", gettext_lazy("Last 26 weeks"), 182, 14),
)


@dataclass(frozen=True)
class Chart:
    """One chart with its table: the finding is a sentence."""

    title: str
    finding: str
    method: str
    rows: list[dict[str, Any]]
    columns: list[Any]
    body: list[list[Any]]


@dataclass(frozen=True)
class Span:
    """The days that are counted, in steps of one bar."""

    first: date
    days: int
    step: int

    def step_of(self, day: date) -> int:
        return (day - self.first).days // self.step

    def labels(self) -> list[str]:
        starts = [self.first + timedelta(days=n) for n in range(0, self.days, self.step)]
        if self.step == 1:
            return [date_format(start, "D j M") for start in starts]
        ends = [start + timedelta(days=self.step - 1) for start in starts]
        return [
            f"{date_format(start, 'j M')} – {date_format(end, 'j M')}"
            for start, end in zip(starts, ends, strict=True)
        ]


def span_of(period: str, today: date) -> Span:
    """The days of a period's code; the first period for anything else."""
    days, step = next(
        ((days, step) for code, _label, days, step in PERIODS if code == period), PERIODS[0][2:]
    )
    return Span(today - timedelta(days=days - 1), days, step)


def usage(actor: User, *, period: str, agency_id: UUID | None, at: datetime) -> list[Chart]:
    """The charts of a period, of one agency or all: two walks over its entries."""
    span = span_of(period, timezone.localdate(at))
    start = timezone.make_aware(datetime.combine(span.first, time()))
    end = timezone.make_aware(datetime.combine(span.first + timedelta(days=span.days), time()))
    events: QuerySet[Any] = AuditEvent.objects.visible_to(actor)
    events = events.filter(at__gte=start, at__lt=end)
    if agency_id:
        events = events.filter(agency_id=agency_id)
    openings = _by_hour(events.filter(verb__in=verbs_of_kind("reads")), "role")
    refusals = _by_hour(events.filter(verb__in=verbs_of_kind("refusals")), "verb")
    return [
        _by_step(
            span,
            openings,
            title=_("Openings"),
            nothing=_("Nobody opened anything in these days."),
            most=_("Most openings: %(label)s, %(count)s of %(total)s."),
        ),
        _by_role(openings),
        _by_step(
            span,
            refusals,
            title=_("Refusals"),
            nothing=_("Nobody was refused anything in these days."),
            most=_("Most refusals: %(label)s, %(count)s of %(total)s."),
        ),
        _out_of_hours(openings, watch_rules()),
    ]


Hours = list[tuple[datetime, str, int]]


def _by_hour(events: QuerySet[Any], by: str) -> Hours:
    rows = (
        events.order_by()
        .annotate(hour=TruncHour("at"))
        .values_list("hour", by)
        .annotate(n=Count("pk"))
    )
    return list(rows)


def _by_step(span: Span, hours: Hours, *, title: str, nothing: str, most: str) -> Chart:
    counts = Counter[int]()
    for hour, _by, n in hours:
        counts[span.step_of(timezone.localdate(hour))] += n
    labels = span.labels()
    values = [counts[step] for step in range(len(labels))]
    return _chart(title, _("Days"), list(zip(labels, values, strict=True)), nothing, most)


def _by_role(openings: Hours) -> Chart:
    counts = Counter[str]()
    for _hour, role, n in openings:
        counts[role] += n
    rows = [(roles_in_words(role) or _("Nobody signed in"), n) for role, n in counts.most_common()]
    return _chart(
        _("Openings by role"),
        _("Role"),
        rows,
        _("Nobody opened anything in these days."),
        _("Most openings: %(label)s, %(count)s of %(total)s."),
        method=_(
            "The role held at the moment of opening. Who holds two roles is counted once, "
            "under both together."
        ),
    )


def _out_of_hours(openings: Hours, rules: WatchRules) -> Chart:
    outside = sum(n for hour, _role, n in openings if rules.is_out_of_hours(hour))
    total = sum(n for _hour, _role, n in openings)
    share = round(100 * outside / total) if total else 0
    finding = (
        ngettext(
            "%(share)s%% of openings were out of hours: 1 of %(total)s.",
            "%(share)s%% of openings were out of hours: %(outside)s of %(total)s.",
            outside,
        )
        % {"share": share, "outside": f"{outside:,}", "total": f"{total:,}"}
        if total
        else _("Nobody opened anything in these days.")
    )
    rows = [(_("Out of hours"), outside), (_("In ordinary hours"), total - outside)]
    method = _(
        "Ordinary hours are %(first)s:00 to %(last)s:00 on every day but Sunday, on the clock of "
        "this place. Emergencies happen at night: a share is a question, not a finding."
    ) % {"first": rules.first_hour, "last": rules.last_hour}
    return Chart(
        title=_("Out of hours"),
        finding=finding,
        method=method,
        rows=[{"label": label, "value": n, "main": at == 0} for at, (label, n) in enumerate(rows)]
        if total
        else [],
        columns=[_("When"), {"label": _("Openings"), "number": True}],
        body=[[label, f"{n:,}"] for label, n in rows],
    )


def _chart(
    title: str,
    head: str,
    rows: list[tuple[str, int]],
    nothing: str,
    most: str,
    method: str = "",
) -> Chart:
    total = sum(n for _label, n in rows)
    top = max(rows, key=lambda row: row[1], default=("", 0))
    finding = (
        most % {"label": top[0], "count": f"{top[1]:,}", "total": f"{total:,}"}
        if total
        else nothing
    )
    return Chart(
        title=title,
        finding=finding,
        method=method or _("Entries of the log, on the days of this place’s clock."),
        # Nothing to draw where there is nothing; the table beside it still says zero.
        rows=[{"label": label, "value": n, "main": label == top[0]} for label, n in rows]
        if total
        else [],
        columns=[head, {"label": title, "number": True}],
        body=[[label, f"{n:,}"] for label, n in rows],
    )


def agencies_of(actor: User) -> list[Agency]:
    """The agencies whose use the actor may look at."""
    return list(Agency.objects.visible_to(actor).order_by("name"))
