"""What a calendar program is told of hearings: times alone, under neutral words.

Whoever looks over a shoulder, or reads the calendar of a lost telephone, learns that there is an
appointment: no name, no place, no word of harm, no reference (R-P2, R-P3).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from courts.models import Hearing

TITLE = "Appointment"
NAME = "Workspace"
LASTS = timedelta(hours=1)
PRODUCT = "-//Workspace//Calendar//EN"


def calendar_of(hearings: Iterable[Hearing], *, now: datetime) -> bytes:
    """An iCalendar file (RFC 5545) of the given hearings, each as an appointment of an hour.

    Args:
        now: when the calendar was written, aware.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", NAME)
    for hearing in hearings:
        event = Event()
        # Random, and of no use in an address: hearings are found by their cases alone.
        event.add("uid", str(hearing.pk))
        event.add("dtstamp", now.astimezone(ZoneInfo("UTC")))
        start = hearing.starts_at.astimezone(ZoneInfo("UTC"))
        event.add("dtstart", start)
        event.add("dtend", start + LASTS)
        event.add("summary", TITLE)
        event.add("class", "PRIVATE")
        event.add("sequence", hearing.version)
        calendar.add_component(event)
    return calendar.to_ical()
