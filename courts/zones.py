"""Which clock a court goes by: the time zones of each country, from the public tz database."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

# What a court of a country most likely goes by, where it has more than one clock.
FIRST = {"AU": "Australia/Sydney", "US": "America/New_York", "CA": "America/Toronto"}


@cache
def zones_of(country: str) -> tuple[str, ...]:
    """The IANA names of a country's time zones, the likeliest first; empty for no such country."""
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text()
    rows = (line.split("\t") for line in table.splitlines() if line and line[0] != "#")
    found = sorted(row[2] for row in rows if row[0] == country)
    first = FIRST.get(country)
    return tuple(sorted(found, key=lambda zone: (zone != first, zone)))
