"""From which day somebody decides alone: computed from a sealed birth date, never kept beside it.

The day itself would give the birth date away, so no table holds it. What is kept is the end of a
guardian's consent, which may be one of many days.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any


def day_of_age(years: int, details: Mapping[str, Any], birth_year: int | None) -> date | None:
    """The first day on which somebody is surely or possibly `years` old; None when nothing is
    known.

    With a year of birth alone it is the first day of that year's anniversary: a guardian must not
    speak a day too long for somebody who may have come of age.
    """
    text = str(details.get("birthdate") or "")
    try:
        born = date.fromisoformat(text)
    except ValueError:
        if birth_year is None:
            return None
        return date(birth_year + years, 1, 1)
    try:
        return born.replace(year=born.year + years)
    except ValueError:  # 29 February in a year that has none
        return date(born.year + years, 2, 28)


def last_day_of_guardian(majority: date) -> date:
    """The last day on which a guardian's consent may hold."""
    return majority - timedelta(days=1)
