"""Which clock a court goes by: the time zones of each country, from the public tz database."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

# Written from the tz database's `zone.tab`; the names are read by `zoneinfo` like any other.
TABLE = Path(__file__).parent / "law" / "zones.json"
# What a court of a country most likely goes by, where it has more than one clock.
FIRST = {"AU": "Australia/Sydney", "US": "America/New_York", "CA": "America/Toronto"}


@cache
def _table() -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(TABLE.read_text())
    return found


@cache
def zones_of(country: str) -> tuple[str, ...]:
    """The IANA names of a country's time zones, the likeliest first; empty for no such country."""
    first = FIRST.get(country)
    return tuple(sorted(_table().get(country, []), key=lambda zone: (zone != first, zone)))
