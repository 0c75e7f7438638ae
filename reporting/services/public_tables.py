"""Computing public tables: how many may be shown is decided by a noisy count, then estimates.

What it costs is charged before (`budget.reserve`). Exact counts live in this module's locals and
nowhere else; no error says one.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import numpy as np

from reporting.measures import Period
from reporting.models import StatisticsRelease
from reporting.packaging import Release
from reporting.populations import POPULATIONS, read_people
from reporting.private.budget import FINEST
from reporting.private.estimates import estimate
from reporting.private.margins import UNSETTLED
from reporting.private.noise import Mechanism
from reporting.private.workload import Attribute, Codes, Workload, count
from reporting.public import freeze
from reporting.services.budget import release_cost

FEWEST_PEOPLE = 100
"""Below this, no table is good enough to be worth anything (measured; docs/statistics.md)."""
FEWEST_FOR_PAIRS = 1000
"""Below this, tables of one dimension alone, and of a whole year or more: at most four a year."""
WHOLE_YEAR = timedelta(days=364)
SIZE_SHARE = Fraction(1, 20)
"""Of the release's cost goes to the count that decides its size."""


class TooFew(Exception):
    """The people are too few for tables that the public may read, as far as is known."""


def compute(release: StatisticsRelease, as_of: date, agency_name: str) -> Release:
    """The frozen document of a charged public release.

    Raises:
        TooFew
        CountingError: the records do not fit the population's definition.
        DatabaseError: the facts could not be read.
    """
    (name,) = release.measures
    population, period = POPULATIONS[name], release.period
    people = read_people(population, period=period, as_of=as_of, agency_id=release.agency_id)
    cost = release_cost()
    for_size = Fraction(int(cost * SIZE_SHARE * FINEST), FINEST)
    workload = population.workload(period, ways_for(at_least(people, for_size), period))
    estimates = estimate(workload, count(workload, people), cost - for_size)
    return freeze(
        title=release.title,
        agency=agency_name,
        population=population,
        period=period,
        as_of=as_of,
        estimates=estimates,
        rho=cost,
    )


def at_least(people: Codes, rho: Fraction) -> float:
    """How many people there are at least, with noise that costs `rho` (97.5% sure)."""
    # One attribute, because a table has one: everybody is in its first cell.
    everybody = Workload((Attribute("person", ("yes", "no")),), ((0,),))
    mechanism = Mechanism(everybody, rho)
    noisy = mechanism.measure([np.array([float(len(people)), 0.0])])[0]
    return float(noisy[0]) - UNSETTLED * mechanism.sigma


def ways_for(people: float, period: Period) -> int:
    """Tables of how many dimensions so many people carry.

    Raises TooFew.
    """
    if people >= FEWEST_FOR_PAIRS:
        return 2
    if people < FEWEST_PEOPLE or period.end - period.start < WHOLE_YEAR:
        raise TooFew
    return 1
