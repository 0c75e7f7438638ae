"""What a calendar program is told of hearings: times alone, under neutral words.

Whoever looks over a shoulder, or reads the calendar of a lost telephone, learns that there is an
appointment: no name, no place, no word of harm, no reference (R-P2, R-P3).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from courts.models import Hearing

TITLE = "Appointment"
NAME = "Workspace"
LASTS = timedelta(hours=1)
PRODUCT = "-//Workspace//Calendar//EN"


def calendar_of(hearings: Iterable[Hearing], *, now: datetime) -> bytes:
    """An iCalendar file (RFC 5545) of the given hearings, each as an appointment of an hour.

    Every value is a number, a date or one of the words above, so no line has to be escaped or
    folded.

    Args:
        now: when the calendar was written, aware.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{NAME}",
    ]
    for hearing in hearings:
        lines += [
            "BEGIN:VEVENT",
            # Random, and of no use in an address: hearings are found by their cases alone.
            f"UID:{hearing.pk}",
            f"DTSTAMP:{_moment(now)}",
            f"DTSTART:{_moment(hearing.starts_at)}",
            f"DTEND:{_moment(hearing.starts_at + LASTS)}",
            f"SUMMARY:{TITLE}",
            "CLASS:PRIVATE",
            f"SEQUENCE:{hearing.version}",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
