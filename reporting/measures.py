"""What is counted, and exactly how: measures as declared objects, and counting by them.

A measure says in words and in SQL who is counted, once, when, and by what. The SQL reads coded
fact views only (random keys, codes and dates; no names, no text) and returns one row per counted
unit: `(unit key, row code, column code or date)`. Counting itself is done here, so that the bound
"one unit, one cell" is kept in code.

The words are part of a frozen release and therefore plain strings in the release's language.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from reporting.tables import TOTAL, Category, Dimension, Position, Table

TIME_ZONE = "Asia/Manila"
TIME = "period"
"""The code of the axis that is made from the reporting period."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_STEP_MONTHS = {"quarter": 3, "half_year": 6}


class CountingError(Exception):
    """The rows do not fit the measure's definition. The message names no value."""


@dataclass(frozen=True)
class Period:
    """A reporting period: first day, last day (both counted), and the step it is cut into."""

    start: date
    end: date
    step: str = "quarter"

    def __post_init__(self) -> None:
        if self.step not in _STEP_MONTHS:
            raise ValueError(f"A period is cut by quarter or half_year, not by {self.step}.")
        months = _STEP_MONTHS[self.step]
        after = self.end + timedelta(days=1)
        if self.start >= after:
            raise ValueError("A period ends on or after its first day.")
        if any(day.day != 1 or (day.month - 1) % months for day in (self.start, after)):
            raise ValueError(f"A period by {self.step} starts and ends with a whole {self.step}.")

    @classmethod
    def parse(cls, text: str) -> Period:
        """`2026` (by half-year), `2026H1` (by quarter) or `2026Q3`.

        Raises ValueError for anything else.
        """
        match = re.fullmatch(r"(\d{4})(?:H([12])|Q([1-4]))?", text, flags=re.ASCII)
        if match is None or int(match[1]) < 1900:
            raise ValueError("Write a period as 2026, 2026H1 or 2026Q3.")
        year = int(match[1])
        if match[2]:
            return cls.covering(*_span(year, 6 * (int(match[2]) - 1), 6))
        if match[3]:
            return cls.covering(*_span(year, 3 * (int(match[3]) - 1), 3))
        return cls.covering(*_span(year, 0, 12))

    @classmethod
    def covering(cls, start: date, end: date) -> Period:
        """The period of these days: by half-year if it is whole half-years and a year or more,
        else by quarter. Raises ValueError if it is not whole quarters.
        """
        if (end - start).days >= 364:
            try:
                return cls(start, end, step="half_year")
            except ValueError:
                pass
        return cls(start, end, step="quarter")

    @property
    def label(self) -> str:
        return f"{_day(self.start)} to {_day(self.end)}"

    def overlaps(self, other: Period) -> bool:
        return self.start <= other.end and other.start <= self.end

    def categories(self) -> tuple[Category, ...]:
        """The steps of the period in order, as table columns."""
        found = []
        months = _STEP_MONTHS[self.step]
        first = self.start
        while first <= self.end:
            code = self._code(first)
            found.append(Category(code, code[:4] + " " + code[4:]))
            first = _span(first.year, first.month - 1, months)[1] + timedelta(days=1)
        return tuple(found)

    def code_of(self, day: date) -> str:
        """The step a day falls in. Raises CountingError for a day outside the period."""
        if not self.start <= day <= self.end:
            raise CountingError("A row is dated outside the period.")
        return self._code(day)

    def _code(self, day: date) -> str:
        letter = "Q" if self.step == "quarter" else "H"
        return f"{day.year:04d}{letter}{(day.month - 1) // _STEP_MONTHS[self.step] + 1}"


@dataclass(frozen=True)
class Measure:
    """One declared statistic. `version` rises whenever `definition` or `query` changes.

    `query` takes the named parameters period_start, period_end and as_of, all dates in Manila, and
    agency_key: figures are always one agency's own, since two agencies' cannot simply be added.
    `zeros_are_safe` may be set only where knowing that nobody is there can harm nobody.
    """

    id: str
    name: str
    unit: str
    numerator: str
    denominator: str | None
    time_basis: str
    dimensions: tuple[Dimension, ...]
    definition: str
    version: int
    source: str
    query: str
    zeros_are_safe: bool = False

    def parameters(self, period: Period, as_of: date, agency_key: UUID) -> dict[str, date | UUID]:
        """The named parameters of `query`."""
        return {
            "period_start": period.start,
            "period_end": period.end,
            "as_of": as_of,
            "agency_key": agency_key,
        }


def compute(
    measure: Measure, rows: Iterable[Sequence[Any]], *, period: Period, title: str = ""
) -> Table:
    """Count the rows of `measure.query` into one table of exact counts.

    Each row is `(unit key, value on the first dimension, value on the second)`; a value on the
    time dimension is a date. A unit that comes twice for the same cell is counted once. A period
    of a single step gives a one-way table, since its only column would repeat the total.

    Raises CountingError if a unit falls in two cells, a row lies outside the period, or a code is
    not in its declared list.
    """
    axes = [_axis(dimension, period) for dimension in measure.dimensions]
    cells: dict[Hashable, Position] = {}
    for key, *raw in rows:
        codes = [_code(axis, value, period) for axis, value in zip(axes, raw, strict=True)]
        position = (codes[0], codes[1] if len(axes) == 2 and not _is_single(axes[1]) else TOTAL)
        if cells.setdefault(key, position) != position:
            raise CountingError(f"{measure.id} counts one of its {measure.unit} in two cells.")
    counts: dict[Position, int] = {}
    for position in cells.values():
        counts[position] = counts.get(position, 0) + 1
    return Table(
        id=f"{measure.id}-{'-'.join(axis.code for axis in axes)}".lower(),
        measure_id=measure.id,
        title=title or measure.name,
        unit=measure.unit,
        period_label=period.label,
        rows=axes[0],
        columns=axes[1] if len(axes) == 2 and not _is_single(axes[1]) else None,
        zeros_are_safe=measure.zeros_are_safe,
        counts=counts,
    )


def _axis(dimension: Dimension, period: Period) -> Dimension:
    if not dimension.is_time:
        return dimension
    name = "Quarter" if period.step == "quarter" else "Half-year"
    return Dimension(dimension.code, name, period.categories(), is_time=True)


def _is_single(axis: Dimension) -> bool:
    return axis.is_time and len(axis.categories) == 1


def _code(axis: Dimension, value: Any, period: Period) -> str:
    if axis.is_time:
        if not isinstance(value, date):
            raise CountingError("A row has no date.")
        return period.code_of(value)
    if value in (None, ""):
        if axis.unknown_code is None:
            raise CountingError(f"A row has no {axis.code}.")
        return axis.unknown_code
    if value in axis.codes:
        return str(value)
    if axis.other_code is None:
        raise CountingError(f"A row has a {axis.code} that is not in the declared list.")
    return axis.other_code


def _span(year: int, months_before: int, months: int) -> tuple[date, date]:
    """First and last day of so many months, starting so many months into the year."""
    after = months_before + months
    end = date(year + after // 12, after % 12 + 1, 1) - timedelta(days=1)
    return date(year, months_before + 1, 1), end


def _day(day: date) -> str:
    # Not strftime: a month's name there depends on the server's locale, and releases must not.
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _codes(labels: Mapping[str, str]) -> tuple[Category, ...]:
    return tuple(Category(code, label) for code, label in labels.items())


PERIOD = Dimension(TIME, "Period", is_time=True)

SOURCE_CATEGORY = Dimension(
    "source_category",
    "Source",
    _codes(
        {
            "foreign_law_enforcement": "Foreign law enforcement",
            "domestic_law_enforcement": "Domestic law enforcement",
            "ncmec_cybertip": "NCMEC CyberTip",
            "inhope_hotline": "INHOPE hotline",
            "tech_platform": "Technology platform",
            "financial_institution": "Bank or remittance agency",
            "fiu": "Financial intelligence unit",
            "social_welfare": "Social welfare",
            "school": "School",
            "health": "Health service",
            "ngo": "NGO",
            "community_member": "Community member",
            "survivor_self": "Survivor themselves",
            "family_member": "Family member",
            "media": "Media",
            "proactive_investigation": "Proactive investigation",
            "spin_off_of_other_case": "Another case",
            "court": "Court",
            "other": "Other",
            "unknown": "Unknown",
        }
    ),
    unknown_code="unknown",
)

JURISDICTION = Dimension(
    "jurisdiction",
    "Jurisdiction",
    _codes(
        {
            "PH": "Philippines",
            "AU": "Australia",
            "CA": "Canada",
            "DE": "Germany",
            "GB": "United Kingdom",
            "NL": "Netherlands",
            "NO": "Norway",
            "SE": "Sweden",
            "US": "United States",
            "other": "Another country",
            "unknown": "Unknown",
        }
    ),
    other_code="other",
    unknown_code="unknown",
)

SIDE = Dimension(
    "side",
    "Side",
    _codes(
        {
            "source": "Source side",
            "demand": "Demand side",
            "both": "Both sides",
            "none": "Neither",
            "unknown": "Unknown",
        }
    ),
    unknown_code="unknown",
)

REFERRALS_BY_SOURCE = Measure(
    id="S-SRC",
    name="Referrals received by source",
    unit="referrals",
    numerator="Referrals received in the period, each counted once, by the kind of source.",
    denominator="All referrals received in the period, those of unknown source included.",
    time_basis=f"Date the referral was received, the day in {TIME_ZONE}",
    dimensions=(SOURCE_CATEGORY, PERIOD),
    definition=(
        "A referral is one report that reached the agency, whether or not it led to a case. Its "
        "source is who sent it, as recorded when the figures were made. Several referrals may "
        "concern the same child, so this is not a number of children."
    ),
    version=1,
    source="Domain standard, section 4.1, S-SRC",
    query="""
SELECT referral_key, source_category, received_on
FROM fact_referral
WHERE received_on BETWEEN %(period_start)s AND %(period_end)s
  AND received_on <= %(as_of)s
  AND agency_key = %(agency_key)s
""",
)

PERSONS_CONVICTED = Measure(
    id="S-CONV",
    name="Persons convicted",
    unit="persons",
    numerator=(
        "Accused persons whose first standing conviction was promulgated in the period, each "
        "counted once."
    ),
    denominator=None,
    time_basis=f"Date of promulgation of the first standing conviction, the day in {TIME_ZONE}",
    dimensions=(JURISDICTION, SIDE),
    definition=(
        "A conviction stands if no court had reversed it by the as-of date. A person convicted "
        "more than once counts only at the earliest conviction that stands, in that conviction's "
        "jurisdiction and for the agency that leads its case. Source side: where the child is. "
        "Demand side: where the money comes from. Persons are counted, not charges or cases."
    ),
    version=1,
    source="Domain standard, section 4.1, S-CONV",
    # One row a person: of convictions on the same day the first by jurisdiction, then side.
    query="""
SELECT first.person_key, first.jurisdiction, first.side
FROM (
  SELECT DISTINCT ON (person_key) person_key, agency_key, jurisdiction, side, convicted_on
  FROM fact_conviction
  WHERE convicted_on <= %(as_of)s
    AND (reversed_on IS NULL OR reversed_on > %(as_of)s)
  ORDER BY person_key, convicted_on, jurisdiction, side, agency_key
) AS first
WHERE first.convicted_on BETWEEN %(period_start)s AND %(period_end)s
  AND first.agency_key = %(agency_key)s
""",
)

MEASURES: Mapping[str, Measure] = {m.id: m for m in (REFERRALS_BY_SOURCE, PERSONS_CONVICTED)}
