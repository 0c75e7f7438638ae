"""When a referral should have been acknowledged and decided.

Source: domain.md 3.2, timers. Only working days count, by the calendar of the installation's
country, except where a child is in danger: that clock never stops. Overdue is derived from these
functions, in Python for one referral and by one comparison in SQL for a queue.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
from django.conf import settings

DAY = timedelta(days=1)
SATURDAY = 5
INSTANT = timedelta(microseconds=1)


def acknowledge_within() -> timedelta:
    return timedelta(hours=settings.LIWANAG_ACKNOWLEDGE_HOURS)


def triage_within() -> timedelta:
    return timedelta(hours=settings.LIWANAG_TRIAGE_HOURS)


def danger_within() -> timedelta:
    return timedelta(hours=settings.LIWANAG_DANGER_HOURS)


def answer_within() -> timedelta:
    """How long a source is given before it is chased."""
    return timedelta(hours=settings.LIWANAG_ANSWER_HOURS)


@cache
def _holidays(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)


def is_working_day(day: date) -> bool:
    """Monday to Friday, and neither a public holiday nor a day the installation names itself."""
    if day.weekday() >= SATURDAY or day.isoformat() in settings.LIWANAG_DAYS_OFF:
        return False
    return day not in _holidays(settings.LIWANAG_CALENDAR)


def due_after(start: datetime, within: timedelta) -> datetime:
    """The moment `within` after `start`, counting the hours of working days only.

    A working day has all its 24 hours, so that "72 hours" means three working days. What starts on
    a day off starts with the next working day.
    """
    zone = ZoneInfo(settings.TIME_ZONE)
    at, left = start.astimezone(zone), within
    while True:
        midnight = _midnight(at.date() + DAY, zone)
        if is_working_day(at.date()):
            if left <= midnight - at:
                return at + left
            left -= midnight - at
        at = midnight


def late_before(at: datetime, within: timedelta) -> datetime:
    """The moment before which everything that started is overdue at `at`.

    The inverse of `due_after`: `due_after(start, within) < at` exactly when
    `start < late_before(at, within)`, so a queue needs one comparison.
    """
    zone = ZoneInfo(settings.TIME_ZONE)
    back, left = at.astimezone(zone), within
    # What was due at the very end of the last working day is late on the day off after it.
    also_at_the_end = not is_working_day(_day_before(back))
    while True:
        day = _day_before(back)
        midnight = _midnight(day, zone)
        if is_working_day(day):
            if left < back - midnight:
                back -= left
                break
            left -= back - midnight
        back = midnight
        if not left and (also_at_the_end or is_working_day(day - DAY)):
            break
    return back + INSTANT if also_at_the_end else back


def _day_before(at: datetime) -> date:
    """The day that ends at `at` or holds it: midnight belongs to the day before."""
    return (at - INSTANT).date()


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)
