"""Hearings: scheduled for one proceeding or for siblings at once, prepared, held or postponed.

Nobody is reminded from here: a task asks a colleague to do it, and the contact itself passes the
survivor's safe-contact instructions (R-C2).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import acting
from cases.choices import SURVIVOR_ROLES
from cases.models import CaseParticipant
from cases.selectors.access import assignees_of
from cases.text_rules import check_text
from core.errors import DomainError, InvalidTransition
from core.ui.dates import spell
from courts.choices import (
    Attendance,
    HearingKind,
    HearingStatus,
    PostponedBecause,
    Protection,
)
from courts.models import Hearing, HearingAttendance, Proceeding
from courts.services.asking import ask_to_tell, need_not_tell
from courts.services.steps import not_ahead
from courts.zones import zones_of

MOST_AT_ONCE = 50
CLOCK = re.compile(r"(?:[01]?\d|2[0-3]):[0-5]\d")
REMIND_BEFORE = timedelta(days=3)
FURTHEST = timedelta(days=3 * 366)


class Keep(Enum):
    """Whoever is beside a survivor stays, where nobody said anything else."""

    AS_IT_IS = "keep"


KEEP = Keep.AS_IT_IS


def schedule_hearings(
    *,
    actor: User,
    proceeding_ids: Sequence[uuid.UUID],
    kind: str,
    day: date,
    time: str,
    zone: str,
    place: str = "",
    protections: Sequence[str] = (),
    report_days: int | None = None,
) -> list[Hearing]:
    """Record a hearing of one proceeding, or the same date for several that are heard together.

    Args:
        proceeding_ids: those of siblings' cases that are heard at once; all or none is recorded.
        day, time: by the clock of the court, the time as HH:MM.
        zone: IANA name of that clock; one of the country of each proceeding.
        place: the court room; sealed.
        report_days: how many days before it our report has to be with the court; None for none.

    Raises:
        Proceeding.DoesNotExist: one of them is not visible to the actor.
        DomainError: a proceeding that is over, a clock of another country, or no such time.
    """
    with acting(actor) as act:
        act.authorise("courts.schedule_hearing")
        wanted = list(dict.fromkeys(proceeding_ids))
        if not 1 <= len(wanted) <= MOST_AT_ONCE:
            raise DomainError(_("Choose the proceedings."), field="proceedings")
        found = {one.pk: one for one in Proceeding.objects.visible_to(actor).filter(pk__in=wanted)}
        if len(found) != len(wanted):
            raise Proceeding.DoesNotExist
        if kind not in HearingKind.values:
            raise DomainError(_("Choose what kind of hearing it is."), field="kind")
        starts_at = _moment(day, time, zone)
        if set(protections) - set(Protection.values):
            raise DomainError(_("Choose among the measures."), field="protections")
        place = check_text(place, field="place", most=200)
        hearings = [
            _schedule(
                actor, found[pk], kind, starts_at, zone, place, list(protections), report_days
            )
            for pk in wanted
        ]
        for hearing in hearings:
            act.record("hearing.scheduled", hearing, facts={"kind": str(kind)})
    return hearings


def prepare_hearing(
    *,
    actor: User,
    hearing_id: uuid.UUID,
    version: int,
    protections: Sequence[str] | None = None,
    attendances: Mapping[uuid.UUID, str] | None = None,
    supporters: Mapping[uuid.UUID, uuid.UUID | None] | None = None,
    report_sent_on: date | None = None,
    report_unsent: bool = False,
) -> Hearing:
    """Say which survivor has to be there, who is beside them, and how they are protected.

    What is left out stays as it is.

    Args:
        protections: all measures that hold from now on; None leaves them.
        attendances: person → `Attendance`; a survivor who has to come newly gets a task to be
            reminded by their safe contact.
        supporters: person of `attendances` → the colleague beside them; None takes them away, and
            who is not named keeps theirs.
        report_unsent: our report was not sent after all.

    Raises:
        Conflict: somebody else changed it since `version` was read.
        InvalidTransition: what became of it is recorded.
        DomainError: a person who is no survivor of the case, a colleague who does not work on it,
            a measure that is not known, or a day ahead.
    """
    with acting(actor) as act:
        hearing = _found(actor, hearing_id)
        act.authorise("courts.prepare_hearing", hearing)
        hearing.check_seen(version)
        if hearing.status != HearingStatus.SCHEDULED:
            raise InvalidTransition(_("What became of this hearing is recorded."))
        if set(protections or ()) - set(Protection.values):
            raise DomainError(_("Choose among the measures."), field="protections")
        if report_sent_on is not None:
            not_ahead(report_sent_on, "report_sent_on")
        places = CaseParticipant.objects.visible_to(actor).filter(
            case_id=hearing.case_id, role__in=SURVIVOR_ROLES
        )
        known = set(places.values_list("person_id", flat=True))
        attendances, supporters = attendances or {}, supporters or {}
        if set(supporters) - set(attendances):
            raise DomainError(
                _("Say whether they have to come, before who is beside them."), field="supporter"
            )
        for person_id, attendance in attendances.items():
            if person_id not in known or attendance not in Attendance.values:
                raise DomainError(_("Choose a survivor of this case."), field="attendance")
            _attend(actor, hearing, person_id, attendance, supporters.get(person_id, KEEP))
        if protections is not None:
            hearing.protections = list(dict.fromkeys(protections))
        if report_unsent or report_sent_on is not None:
            hearing.report_sent_on = report_sent_on
        hearing.version += 1
        hearing.save(update_fields=["protections", "report_sent_on", "version"])
        act.record("hearing.prepared", hearing)
    return hearing


def end_hearing(
    *,
    actor: User,
    hearing_id: uuid.UUID,
    version: int,
    status: str,
    because: str = "",
    new_day: date | None = None,
    new_time: str = "",
) -> Hearing:
    """Say that a hearing was held, postponed or cancelled.

    Args:
        because: a code of `PostponedBecause`, when it was postponed.
        new_day, new_time: when it takes place instead, as far as it is known. Who has to come,
            who is beside them and how they are protected go with it, and so do reminders.

    Raises:
        Conflict: somebody else changed it since `version` was read.
        InvalidTransition: what became of it is recorded.
        DomainError: held before its day, no reason, or a new day that is not later.
    """
    with acting(actor) as act:
        hearing = _found(actor, hearing_id)
        act.authorise("courts.end_hearing", hearing)
        hearing.check_seen(version)
        if status not in HearingStatus.values or status == HearingStatus.SCHEDULED:
            raise DomainError(_("Choose what became of it."), field="status")
        if status == HearingStatus.HELD and hearing.starts_at > timezone.now():
            raise DomainError(_("It lies ahead: it was not held yet."), field="status")
        postponed = status == HearingStatus.POSTPONED
        if postponed and because not in PostponedBecause.values:
            raise DomainError(_("Say why it was postponed."), field="because")
        instead = None
        if postponed and new_day is not None:
            starts_at = _moment(new_day, new_time, hearing.zone, field="new_time")
            if starts_at <= hearing.starts_at:
                raise DomainError(_("The new day is not later."), field="new_day")
            days = None
            if hearing.report_due_on is not None:
                days = (hearing.local_start.date() - hearing.report_due_on).days
            instead = _schedule(
                actor,
                hearing.proceeding,
                hearing.kind,
                starts_at,
                hearing.zone,
                hearing.place,
                hearing.protections,
                days,
            )
            act.record("hearing.scheduled", instead, facts={"kind": str(hearing.kind)})
        _reminders_follow(actor, hearing, instead)
        hearing.end_as(status, because=because if postponed else "", instead=instead)
        hearing.save(update_fields=["status", "postponed_because", "instead", "version"])
        act.record("hearing.ended", hearing, facts={"status": str(status)})
    return hearing


def _schedule(
    actor: User,
    proceeding: Proceeding,
    kind: str,
    starts_at: datetime,
    zone: str,
    place: str,
    protections: list[str],
    report_days: int | None,
) -> Hearing:
    if proceeding.is_over:
        raise DomainError(
            _("Proceeding %(reference)s is over: it has no hearings.")
            % {"reference": proceeding.reference},
            field="proceedings",
        )
    if zone not in zones_of(proceeding.jurisdiction):
        raise DomainError(
            _(
                "This is not a clock of %(country)s, where the court is. A hearing belongs to a "
                "court of its proceeding's country."
            )
            % {"country": proceeding.jurisdiction},
            code="court_of_another_country",
            field="zone",
        )
    if report_days is not None and not 0 <= report_days <= 90:
        raise DomainError(_("Give a number of days up to 90."), field="report_days")
    local = starts_at.astimezone(ZoneInfo(zone)).date()
    hearing = Hearing(
        proceeding=proceeding,
        case_id=proceeding.case_id,
        kind=kind,
        starts_at=starts_at,
        zone=zone,
        place=place,
        protections=protections,
        report_due_on=None if report_days is None else local - timedelta(days=report_days),
        recorded_by=actor,
    )
    hearing.save(force_insert=True)
    return hearing


def _moment(day: date, time: str, zone: str, field: str = "time") -> datetime:
    if not CLOCK.fullmatch(time.strip()):
        raise DomainError(_("Give the time as hours and minutes, such as 08:30."), field=field)
    hours, minutes = map(int, time.strip().split(":"))
    try:
        clock = ZoneInfo(zone)
    except (ValueError, KeyError):
        raise DomainError(_("Choose the clock of the court."), field="zone") from None
    moment = datetime(day.year, day.month, day.day, hours, minutes, tzinfo=clock)
    if moment > timezone.now() + FURTHEST:
        raise DomainError(_("This is too far ahead. Check the year."), field="day")
    return moment


def _found(actor: User, hearing_id: uuid.UUID) -> Hearing:
    found: Hearing = (
        Hearing.objects.visible_to(actor)
        .select_related("proceeding", "case")
        .locked()
        .get(pk=hearing_id)
    )
    return found


def _attend(
    actor: User,
    hearing: Hearing,
    person_id: uuid.UUID,
    attendance: str,
    supporter_id: uuid.UUID | Keep | None,
) -> None:
    row = (
        HearingAttendance.objects.visible_to(actor)
        .locked()
        .filter(hearing=hearing, person_id=person_id)
        .first()
    )
    stands = row.supporter_id if row is not None else None
    if isinstance(supporter_id, Keep):
        supporter_id = stands
    if supporter_id not in (None, stands) and supporter_id not in dict(
        assignees_of(actor, hearing.case)
    ):
        raise DomainError(_("Choose a colleague who works on this case."), field="supporter")
    if row is None:
        HearingAttendance(
            hearing=hearing,
            case_id=hearing.case_id,
            person_id=person_id,
            attendance=attendance,
            supporter_id=supporter_id,
        ).save(force_insert=True)
    else:
        row.attendance, row.supporter_id = attendance, supporter_id
        row.save(update_fields=["attendance", "supporter"])
    if attendance == Attendance.REQUIRED:
        _remind(actor, hearing, person_id)
    else:
        _forget(actor, hearing, person_id, _("They do not have to come any more."))


def _reminders_follow(actor: User, hearing: Hearing, instead: Hearing | None) -> None:
    """Whoever had to come is not reminded of this day any more, but of the new one."""
    for row in HearingAttendance.objects.visible_to(actor).filter(hearing=hearing):
        if row.attendance == Attendance.REQUIRED:
            _forget(actor, hearing, row.person_id, _("The hearing is over or put off."))
        if instead is not None:
            _attend(actor, instead, row.person_id, row.attendance, row.supporter_id)


def _remind(actor: User, hearing: Hearing, person_id: uuid.UUID) -> None:
    if hearing.starts_at > timezone.now():
        due = hearing.local_start.date() - REMIND_BEFORE
        ask_to_tell(actor, hearing.case_id, person_id, _reminder(hearing), due)


def _forget(actor: User, hearing: Hearing, person_id: uuid.UUID, reason: str) -> None:
    needed = (
        HearingAttendance.objects.visible_to(actor)
        .filter(
            case_id=hearing.case_id,
            person_id=person_id,
            attendance=Attendance.REQUIRED,
            hearing__status=HearingStatus.SCHEDULED,
        )
        .exclude(hearing=hearing)
        .select_related("hearing")
        .defer("hearing__place")
    )
    # Several accused may be heard on one day.
    if any(_reminder(one.hearing) == _reminder(hearing) for one in needed):
        return
    need_not_tell(actor, hearing.case_id, person_id, _reminder(hearing), reason)


def _reminder(hearing: Hearing) -> str:
    """The same words each time, so that one hearing gives one task."""
    return _("Remind them of a day in court, %(day)s, by their safe contact.") % {
        "day": spell(hearing.local_start.date())
    }
