"""Dates people read: "22 Nov 2026, 14:05 Manila"."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.ui.render import component

DAY = "j M Y"
DAY_AND_HOUR = "j M Y, H:i"


def place_name() -> str:
    """The reader's time zone as the city it is named after."""
    return timezone.get_current_timezone_name().rsplit("/", 1)[-1].replace("_", " ")


def spell(at: date | datetime) -> str:
    """A moment with its place, or a plain day. Naive moments are refused: they mean nothing."""
    if isinstance(at, datetime):
        if timezone.is_naive(at):
            raise ValueError("A moment without a time zone cannot be shown.")
        return f"{date_format(timezone.localtime(at), DAY_AND_HOUR)} {place_name()}"
    return date_format(at, DAY)


def when(at: date | datetime | None, missing: str = "") -> SafeString | str:
    """`{% when dt %}`: <time> with the date in words; `missing` (or "Not known") for None."""
    if not at:
        return missing or _("Not known")
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), spell(at))


def day_of(at: date | datetime) -> date:
    """The day a moment falls on for the reader."""
    return timezone.localtime(at).date() if isinstance(at, datetime) else at


def spell_day(day: date, today: date | None = None) -> str:
    """ "Today", "Yesterday", or the date with its weekday."""
    today = today or timezone.localdate()
    if day == today:
        return _("Today, %(day)s") % {"day": date_format(day, DAY)}
    if day == today - timedelta(days=1):
        return _("Yesterday, %(day)s") % {"day": date_format(day, DAY)}
    return date_format(day, "l, j M Y")


def due(at: date | datetime | None, now: datetime | None = None) -> SafeString | str:
    """`{% due dt %}`: the date and what it means today; overdue is a word with its icon."""
    if not at:
        return _("No date")
    today = day_of(now or timezone.now())
    days = (day_of(at) - today).days
    late = at < (now or timezone.now()) if isinstance(at, datetime) else days < 0
    if late:
        words = (
            _("overdue since today")
            if days == 0
            else ngettext("%(n)s day overdue", "%(n)s days overdue", -days) % {"n": -days}
        )
    elif days == 0:
        words = _("today")
    elif days == 1:
        words = _("tomorrow")
    else:
        words = ngettext("in %(n)s day", "in %(n)s days", days) % {"n": days}
    return component("due", at=when(at), words=words, late=late)


def month_calendar(today: date | None = None) -> SafeString:
    """`{% month_calendar %}`: this month as a table, for the neutral page after an exit."""
    today = today or timezone.localdate()
    return component(
        "month_calendar",
        name=date_format(today, "F Y"),
        weekdays=[WEEKDAYS_ABBR[number] for number in range(7)],
        weeks=calendar.Calendar().monthdatescalendar(today.year, today.month),
        today=today,
    )
