"""The court calendar, and one hearing with what is missing before it."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from cases.contact_rules import VALID_FOR
from cases.models import CaseParticipant, SafeContact
from cases.selectors.access import assignees_of
from core.ui.dates import spell
from courts.choices import Attendance, HearingStatus, Protection
from courts.models import CalendarFeed, Hearing, HearingAttendance, Proceeding
from courts.selectors.sentence import survivors
from vault.opening import opened

MOST_IN_A_MONTH = 1_000
# Beyond these no court has a date, and the calendar's arithmetic would leave the years there are.
FIRST_YEAR, LAST_YEAR = 1990, 2100


@dataclass(frozen=True)
class Day:
    """One day of the calendar with its hearings, by their own clocks."""

    on: date
    inside: bool
    today: bool
    hearings: list[Hearing]


@dataclass(frozen=True)
class Span:
    """A month or a week of the calendar."""

    kind: str
    first: date
    days: list[list[Day]]
    earlier: str
    later: str

    @property
    def hearings(self) -> list[Hearing]:
        return [one for week in self.days for day in week if day.inside for one in day.hearings]


def month_of(actor: User, asked: str, today: date) -> Span:
    """The month that is asked for as `2026-11`, whole weeks from Monday; this one otherwise."""
    try:
        year, month = (int(part) for part in asked.split("-"))
        first = _within(date(year, month, 1))
    except ValueError:
        first = today.replace(day=1)
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    by_day = _by_day(actor, weeks[0][0], weeks[-1][-1])
    before, after = first - timedelta(days=1), first + timedelta(days=32)
    return Span(
        "month",
        first,
        [[_day(on, first.month, today, by_day) for on in week] for week in weeks],
        f"{before:%Y-%m}",
        f"{after:%Y-%m}",
    )


def week_of(actor: User, asked: str, today: date) -> Span:
    """The week of a day that is asked for as `2026-11-29`; this one otherwise."""
    try:
        on = _within(date.fromisoformat(asked))
    except ValueError:
        on = today
    first = on - timedelta(days=on.weekday())
    days = [first + timedelta(days=number) for number in range(7)]
    by_day = _by_day(actor, days[0], days[-1])
    return Span(
        "week",
        first,
        [[_day(on, on.month, today, by_day) for on in days]],
        (first - timedelta(days=7)).isoformat(),
        (first + timedelta(days=7)).isoformat(),
    )


def _within(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError("no court has a date so far away")
    return day


def _day(on: date, month: int, today: date, by_day: dict[date, list[Hearing]]) -> Day:
    return Day(on, on.month == month, on == today, by_day.get(on, []))


def _by_day(actor: User, first: date, last: date) -> dict[date, list[Hearing]]:
    # A day more on each side: a court's day may be another one here.
    begins = timezone.make_aware(datetime.combine(first - timedelta(days=1), time()))
    ends = timezone.make_aware(datetime.combine(last + timedelta(days=2), time()))
    found: dict[date, list[Hearing]] = {}
    for hearing in hearings_of(actor).between(begins, ends)[:MOST_IN_A_MONTH]:
        found.setdefault(hearing.local_start.date(), []).append(hearing)
    return found


def hearings_of(actor: User) -> Any:
    """Hearings the actor sees, with what a row shows and without the sealed place."""
    found: QuerySet[Any] = Hearing.objects.visible_to(actor)
    return (
        found.select_related("proceeding", "case").defer("place", "proceeding__docket_number")
    ).order_by("starts_at")


def reports_due(actor: User, until: date) -> QuerySet[Any]:
    """Hearings ahead whose report is due by a day and was not sent, the first due first."""
    found: QuerySet[Any] = hearings_of(actor).filter(
        status=HearingStatus.SCHEDULED, report_due_on__lte=until, report_sent_on=None
    )
    return found.order_by("report_due_on")


@dataclass(frozen=True)
class ShownAttendance:
    """A survivor of the case, and whether they have to come."""

    place: CaseParticipant
    row: HearingAttendance | None
    missing: list[str]


@dataclass
class HearingPage:
    """One hearing with what is still missing before it."""

    hearing: Hearing
    place: str
    protections: list[str]
    attendances: list[ShownAttendance]
    missing: list[str]
    can: dict[str, bool]
    unreadable: list[tuple[Any, str]] = field(default_factory=list)


def one_hearing(actor: User, hearing_id: UUID) -> Hearing:
    """A hearing with what its page shows. Raises Hearing.DoesNotExist."""
    found: Hearing = (
        Hearing.objects.visible_to(actor)
        .select_related("proceeding__step", "proceeding__accused__person", "case", "instead")
        .get(pk=hearing_id)
    )
    return found


def hearing_page(actor: User, hearing: Hearing, now: datetime) -> HearingPage:
    """What the page of one visible hearing shows. The caller records the reading."""
    place = opened(hearing, "place")
    rows = {
        row.person_id: row
        for row in HearingAttendance.objects.visible_to(actor)
        .filter(hearing=hearing)
        .select_related("supporter")
    }
    shown = [
        ShownAttendance(one, rows.get(one.person_id), _missing_for(actor, hearing, one, rows, now))
        for one in survivors(actor, hearing.case_id)
    ]
    ahead = hearing.status == HearingStatus.SCHEDULED
    labels = dict(Protection.choices)
    return HearingPage(
        hearing=hearing,
        place=str(place.value),
        protections=[str(labels[code]) for code in hearing.protections],
        attendances=shown,
        missing=_missing(hearing, shown, now) if ahead else [],
        can={
            "prepare": ahead and actor.may("courts.prepare_hearing"),
            "end": ahead and actor.may("courts.end_hearing"),
        },
        unreadable=[] if place.readable else [(hearing, "place")],
    )


def _missing(hearing: Hearing, shown: list[ShownAttendance], now: datetime) -> list[str]:
    """What is still to be done before a hearing, in words."""
    found = []
    if hearing.report_due_on and hearing.report_sent_on is None:
        found.append(
            _("Our report: due with the court on %(day)s.") % {"day": spell(hearing.report_due_on)}
        )
    if not shown:
        found.append(_("No survivor is recorded in this case."))
    required = [one for one in shown if one.row and one.row.attendance == Attendance.REQUIRED]
    if required and not hearing.protections:
        found.append(_("Protective measures: a survivor has to come, and none is recorded."))
    found += [
        _("%(code)s: nobody said whether they have to come.") % {"code": one.place.person.code}
        for one in shown
        if one.row is None
    ]
    return found + [words for one in shown for words in one.missing]


def _missing_for(
    actor: User,
    hearing: Hearing,
    place: CaseParticipant,
    rows: dict[UUID, HearingAttendance],
    now: datetime,
) -> list[str]:
    row = rows.get(place.person_id)
    if row is None or row.attendance != Attendance.REQUIRED:
        return []
    code, found = {"code": place.person.code}, []
    if row.supporter_id is None:
        found.append(_("%(code)s: nobody is beside them.") % code)
    if actor.may("cases.read_safety"):
        contact = SafeContact.objects.visible_to(actor).newest_of(place.person_id)
        if contact is None or contact.expires_at <= now:
            found.append(
                _("%(code)s: no safe-contact instructions of the last %(days)s days.")
                % {**code, "days": VALID_FOR.days}
            )
        elif contact.do_not_contact:
            found.append(_("%(code)s must not be contacted: nobody reminds them.") % code)
    return found


def sibling_proceedings(actor: User, proceeding: Proceeding) -> list[Proceeding]:
    """Other proceedings of the same country that are not over: of this case, and of cases that
    share somebody with it."""
    people = CaseParticipant.objects.visible_to(actor).filter(case_id=proceeding.case_id)
    cases = CaseParticipant.objects.visible_to(actor).filter(
        person_id__in=people.values("person_id")
    )
    return list(
        Proceeding.objects.visible_to(actor)
        .pending()
        .filter(case_id__in=cases.values("case_id"), jurisdiction=proceeding.jurisdiction)
        .exclude(pk=proceeding.pk)
        .select_related("case", "accused__person")
        .defer("docket_number")
        .order_by("reference")
    )


def colleague_choices(actor: User, hearing: Hearing) -> list[tuple[str, str]]:
    """Colleagues of the case who may be beside a survivor; and whoever is recorded so already."""
    rows = HearingAttendance.objects.visible_to(actor).filter(hearing=hearing)
    named = rows.exclude(supporter=None).values_list("supporter_id", "supporter__name")
    people = dict(assignees_of(actor, hearing.case)) | dict(named)
    return [(str(pk), name) for pk, name in people.items()]


def has_feed(actor: User) -> bool:
    return bool(CalendarFeed.objects.visible_to(actor).filter(revoked_at=None).exists())
