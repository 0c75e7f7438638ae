"""What counts as unusual reading: numbers with their reasons, to be fitted to each organisation.

`LIWANAG_WATCH` replaces single values, e.g. `cases_in_an_hour=25,rest_days=5+6`. A notice is
a question to a reviewer, never an accusation, and never stops anybody's work: so the limits are set
where a busy honest day does not reach them, and a reviewer's findings say whether they fit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone


@dataclass(frozen=True)
class WatchRules:
    """The limits.

    Attributes:
        cases_in_an_hour: different cases one person opened within an hour. A caseworker carries
            fifteen to twenty-five cases and looks at a few of them an hour; a supervisor going
            through a team's list before a conference stays below twenty.
        identities_in_an_hour: different people whose identity one person had shown within an hour.
            An identity is shown for one call, one service or one court paper at a time.
        refusals_in_an_hour: refusals and misses of one person within an hour. One or two come from
            an old bookmark; ten are somebody trying.
        out_of_hours_openings: openings by one person in one night or on one day of rest. An
            emergency needs a few records; more than that is work that somebody should know about.
        first_hour, last_hour: when the day's work begins and ends, on the clock of the place.
        rest_days: days of the week without ordinary work; Monday is 0. Six-day weeks are common in
            this field, so only Sunday is one.
    """

    cases_in_an_hour: int = 20
    identities_in_an_hour: int = 8
    refusals_in_an_hour: int = 10
    out_of_hours_openings: int = 15
    first_hour: int = 6
    last_hour: int = 21
    rest_days: tuple[int, ...] = (6,)

    def is_out_of_hours(self, at: datetime) -> bool:
        """Whether a moment lies outside the ordinary hours, on the clock of the place."""
        there = timezone.localtime(at)
        ordinary = self.first_hour <= there.hour < self.last_hour
        return there.weekday() in self.rest_days or not ordinary


def watch_rules() -> WatchRules:
    """The limits of this installation.

    Raises:
        ImproperlyConfigured: `LIWANAG_WATCH` names a limit that is not there.
    """
    try:
        return replace(WatchRules(), **settings.LIWANAG_WATCH)
    except TypeError as unknown:
        raise ImproperlyConfigured(f"LIWANAG_WATCH: {unknown}") from None
