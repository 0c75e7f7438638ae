"""The exact counts of operations and courts of one agency, as of any day (domain.md 4.1).

For the dashboard of those who may read exact figures; what is published goes through releases. All
is counted over the coded fact views, so nobody's name is near it, and survivors who may not be
counted are in no figure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import mean, median, quantiles
from typing import Any
from uuid import UUID

from django.db import connections, transaction

from reporting.facts import CONNECTION

LIFE = ("life", "reclusion_perpetua")
# Two values have no quartiles worth the name.
FEWEST_FOR_QUARTILES = 4


@dataclass(frozen=True)
class Spread:
    """Months of some people: the median first, the mean beside it, and how many they are."""

    months: tuple[int, ...]

    @property
    def n(self) -> int:
        return len(self.months)

    @property
    def median(self) -> float | None:
        return median(self.months) if self.months else None

    @property
    def mean(self) -> float | None:
        return mean(self.months) if self.months else None

    @property
    def quartiles(self) -> tuple[float, float] | None:
        if len(self.months) < FEWEST_FOR_QUARTILES:
            return None
        low, _middle, high = quantiles(self.months, n=4, method="inclusive")
        return low, high


@dataclass(frozen=True)
class CourtCounts:
    """Persons, each once in each figure.

    Attributes:
        rescued: S-RES; at_risk: S-RISK; arrested: S-ARR; charged: S-CHG; convicted: S-CONV.
        life: convicted persons with a life term, who are in no average (S-SEN).
        sentenced: the greatest months imposed on each other one (S-SEN).
        custody_actual, custody_expected: months in custody before release, of those of whom they
            are known and of those of whom they are expected, apart (S-CUS).
    """

    rescued: int
    at_risk: int
    arrested: int
    charged: int
    convicted: int
    life: int
    sentenced: Spread
    custody_actual: Spread
    custody_expected: Spread


@dataclass(frozen=True)
class Sentenced:
    """One sentence as the facts have it."""

    person: UUID
    proceeding: UUID
    is_total: bool
    kind: str
    runs: str
    max_months: int | None
    expected: int | None
    actual: int | None


def count_courts(
    *, agency_id: UUID, start: date, end: date, as_of: date, side: str = ""
) -> CourtCounts:
    """Count one agency's operations and proceedings of a period as they were known on a day.

    Args:
        start, end: first and last day of the period, both counted.
        as_of: what was decided later is left out, and what it changed is as it was.
        side: `source` or `demand` for proceedings of one side; empty for both.
    """
    values: dict[str, UUID | date | str] = {
        "agency": agency_id,
        "start": start,
        "end": end,
        "as_of": as_of,
        "side": side,
    }
    with transaction.atomic(using=CONNECTION), connections[CONNECTION].cursor() as cursor:
        # One snapshot for all figures.
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

        def rows(query: str) -> list[Sequence[Any]]:
            cursor.execute(query, values)
            return list(cursor.fetchall())

        def persons(query: str) -> set[UUID]:
            return {row[0] for row in rows(query)}

        convicted = persons(CONVICTED)
        standing = persons(STANDING)
        sentences = [Sentenced(*row) for row in rows(SENTENCES)]
        return _counted(
            rescued=persons(RESCUED),
            at_risk=persons(AT_RISK),
            arrested=persons(ARRESTED),
            charged=persons(CHARGED),
            convicted=convicted,
            sentences=[one for one in sentences if one.person in standing],
        )


def _counted(
    *,
    rescued: set[UUID],
    at_risk: set[UUID],
    arrested: set[UUID],
    charged: set[UUID],
    convicted: set[UUID],
    sentences: Iterable[Sentenced],
) -> CourtCounts:
    by_person: dict[UUID, list[Sentenced]] = {}
    for sentence in sentences:
        by_person.setdefault(sentence.person, []).append(sentence)
    life = {person for person, own in by_person.items() if any(one.kind in LIFE for one in own)}
    imposed, actual, expected = [], [], []
    for person, own in by_person.items():
        if person in life:
            continue
        months = months_of(own, lambda one: one.max_months)
        if months is not None:
            imposed.append(months)
        served = months_of(own, lambda one: one.actual)
        waits = months_of(own, lambda one: one.expected)
        if served is not None:
            actual.append(served)
        elif waits is not None:
            expected.append(waits)
    return CourtCounts(
        rescued=len(rescued),
        at_risk=len(at_risk),
        arrested=len(arrested),
        charged=len(charged),
        convicted=len(convicted),
        life=len(life),
        sentenced=Spread(tuple(sorted(imposed))),
        custody_actual=Spread(tuple(sorted(actual))),
        custody_expected=Spread(tuple(sorted(expected))),
    )


def months_of(own: list[Sentenced], of: Callable[[Sentenced], int | None]) -> int | None:
    """The months of one person, imposed, expected or served: those of the effective total of a
    proceeding where it has them; otherwise the longest, with those that run one after another
    added."""
    longest: int | None = None
    for proceeding in {one.proceeding for one in own}:
        here = [one for one in own if one.proceeding == proceeding and of(one) is not None]
        totals = [of(one) or 0 for one in here if one.is_total]
        if totals:
            months = max(totals)
        elif here:
            beside = [of(one) or 0 for one in here if one.runs != "consecutive"]
            after = [of(one) or 0 for one in here if one.runs == "consecutive"]
            months = max(beside, default=0) + sum(after)
        else:
            continue
        longest = months if longest is None else max(longest, months)
    return longest


MINE = "agency_key = %(agency)s"
SIDE = "(%(side)s = '' OR side = %(side)s)"
KNOWN = (
    "decided_on <= %(as_of)s AND (replaced_on IS NULL OR replaced_on > %(as_of)s) "
    "AND happened_on <= %(as_of)s"
)
IN_PERIOD = "BETWEEN %(start)s AND %(end)s"
UPHELD = "convicted_on <= %(as_of)s AND (reversed_on IS NULL OR reversed_on > %(as_of)s)"

RESCUED = f"""SELECT DISTINCT person_key FROM fact_rescue
    WHERE {MINE} AND outcome = 'victim_rescued' AND {KNOWN} AND happened_on {IN_PERIOD}
    UNION SELECT person_key FROM fact_survivor
    WHERE {MINE} AND safeguarded_on {IN_PERIOD} AND safeguarded_on <= %(as_of)s"""
AT_RISK = f"""SELECT DISTINCT person_key FROM fact_rescue
    WHERE {MINE} AND outcome = 'at_risk_child_removed' AND {KNOWN}
    AND happened_on {IN_PERIOD}"""
ARRESTED = f"""SELECT DISTINCT person_key FROM fact_arrest
    WHERE {MINE} AND outcome IN ('suspect_arrested', 'suspect_surrendered') AND {KNOWN}
    AND decided_on {IN_PERIOD}"""
CHARGED = f"""SELECT person_key FROM fact_charged WHERE {MINE} AND {SIDE}
    AND charged_on <= %(as_of)s
    GROUP BY person_key HAVING min(charged_on) {IN_PERIOD}"""
# The first conviction that stands is the one that counts, once.
CONVICTED = f"""SELECT person_key FROM fact_conviction
    WHERE {MINE} AND {SIDE} AND {UPHELD}
    GROUP BY person_key HAVING min(convicted_on) {IN_PERIOD}"""
STANDING = f"SELECT DISTINCT person_key FROM fact_conviction WHERE {MINE} AND {UPHELD}"
SENTENCES = f"""SELECT person_key, proceeding_key, is_total, kind, runs, max_months,
    custodial_months_expected, custodial_months_actual FROM fact_sentence
    WHERE {MINE} AND {SIDE} AND imposed_on {IN_PERIOD} AND imposed_on <= %(as_of)s
    AND (superseded_on IS NULL OR superseded_on > %(as_of)s)"""
