"""Who public tables are about: populations of people, each person once, by fixed code lists.

Public tables count people, never cases, harms or rows: the privacy unit is the person. A population
says in SQL over the coded fact views who belongs to it, on which day, and by which codes. A person
who was recorded twice counts once, on the first day, so that nobody falls in two periods.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np
from django.db import connections, transaction

from reporting.measures import PERIOD, TIME_ZONE, CountingError, Period
from reporting.private.workload import Attribute, Codes, Workload
from reporting.tables import Category, Dimension

CONNECTION = "reporting"
_HEADER_BYTES = 19
"""Of PostgreSQL's binary COPY: an 11-byte signature, flags, and the length of no extension."""


@dataclass(frozen=True)
class Population:
    """Some people, and what tables say of them.

    Attributes:
        people: SQL that gives one row a person with `counted_on` (a day in Manila) and one column
            of text codes for each dimension's code; takes `agency_key` and `as_of`.
        dimensions: the code lists, fixed beforehand.
    """

    id: str
    name: str
    unit: str
    numerator: str
    time_basis: str
    definition: str
    version: int
    source: str
    people: str
    dimensions: tuple[Dimension, ...]

    def axes(self, period: Period) -> tuple[Dimension, ...]:
        """The dimensions, the steps of the period first where there are two or more."""
        steps = period.categories()
        if len(steps) < 2:
            return self.dimensions
        return (Dimension(PERIOD.code, PERIOD.name, steps, is_time=True), *self.dimensions)

    def workload(self, period: Period, ways: int) -> Workload:
        """All tables of one to so many dimensions."""
        attributes = [Attribute(axis.code, axis.codes) for axis in self.axes(period)]
        return Workload.up_to(attributes, ways)


def read_people(population: Population, *, period: Period, as_of: date, agency_id: UUID) -> Codes:
    """One row of codes a person, shape (people, axes), by one binary COPY.

    Raises:
        CountingError: somebody has a code that no list holds.
        DatabaseError: the facts could not be read.
    """
    axes = population.axes(period)
    parameters: dict[str, object] = {
        "agency_key": agency_id,
        "as_of": as_of,
        "start": period.start,
        "end": min(period.end, as_of),
    }
    columns = []
    for place, axis in enumerate(axes):
        parameters[f"codes_{place}"] = list(axis.codes)
        value = _step(period) if axis.is_time else f"nullif(p.{axis.code}, '')"
        if axis.unknown_code:
            parameters[f"unknown_{place}"] = axis.unknown_code
            value = f"coalesce({value}, %(unknown_{place})s)"
        found = f"array_position(%(codes_{place})s::text[], {value})"
        if axis.other_code:
            parameters[f"other_{place}"] = axis.other_code
            found = (
                f"coalesce({found}, array_position(%(codes_{place})s::text[], %(other_{place})s))"
            )
        columns.append(f"({found} - 1)::smallint")
    statement = (
        f"COPY (SELECT {', '.join(columns)} FROM ({population.people}) p "  # noqa: S608
        "WHERE p.counted_on BETWEEN %(start)s AND %(end)s) TO STDOUT (FORMAT binary)"
    )
    with transaction.atomic(using=CONNECTION):
        connection = connections[CONNECTION]
        connection.ensure_connection()
        with connection.connection.cursor() as cursor, cursor.copy(statement, parameters) as copy:
            stream = b"".join(copy)
    return _codes(stream, len(axes))


def _step(period: Period) -> str:
    """SQL for the code of the step of the period that a day falls in (`Period.code_of`)."""
    if period.step == "quarter":
        return "to_char(p.counted_on, 'YYYY\"Q\"Q')"
    return (
        "to_char(p.counted_on, 'YYYY') || CASE WHEN date_part('month', p.counted_on) <= 6 "
        "THEN 'H1' ELSE 'H2' END"
    )


def _codes(stream: bytes, width: int) -> Codes:
    """Rows of `width` small integers from PostgreSQL's binary format.

    A code that no list holds came as NULL, which is shorter: then nothing else fits.
    """
    row = np.dtype(
        [("fields", ">i2"), ("cells", np.dtype([("length", ">i4"), ("code", ">i2")]), (width,))]
    )
    body = stream[_HEADER_BYTES:-2]
    if len(body) % row.itemsize:
        raise CountingError("Somebody has a code that is not in the declared list.")
    rows = np.frombuffer(body, dtype=row)
    if (rows["fields"] != width).any() or (rows["cells"]["length"] != 2).any():
        raise CountingError("Somebody has a code that is not in the declared list.")
    return rows["cells"]["code"].astype(np.int64)


def _list(labels: Mapping[str, str]) -> tuple[Category, ...]:
    return tuple(Category(code, label) for code, label in labels.items())


AGE_BAND = Dimension(
    "age_band",
    "Age when brought to safety",
    _list(
        {
            "0_5": "0 to 5",
            "6_12": "6 to 12",
            "13_15": "13 to 15",
            "16_17": "16 and 17",
            "18": "18 and over",
            "unknown": "Not known",
        }
    ),
    unknown_code="unknown",
)
GENDER = Dimension(
    "gender",
    "Gender",
    _list(
        {
            "Feminine": "Female",
            "Masculine": "Male",
            "other": "Transgender or non-conforming",
            "NonSpecifiedUnknown": "Not known",
        }
    ),
    other_code="other",
    unknown_code="NonSpecifiedUnknown",
)
COUNTRY = Dimension(
    "country",
    "Country where it happened",
    _list({"PH": "Philippines", "other": "Another country", "unknown": "Not known"}),
    other_code="other",
    unknown_code="unknown",
)

BROUGHT_TO_SAFETY = Population(
    id="S-RES",
    name="Survivors brought to safety",
    unit="people",
    numerator="Survivors who were brought to safety in the period, each counted once.",
    time_basis=f"The first day a person was brought to safety, the day in {TIME_ZONE}",
    definition=(
        "A person counts once, on the first day that any case of the agency records. Age is the "
        "difference between the years of that day and of birth, so it may be a year too high. "
        "Whoever did not agree to be counted, and for whom no other legal basis is recorded, is in "
        "no figure."
    ),
    version=1,
    source="Domain standard, section 4.1, S-RES",
    people="""
SELECT DISTINCT ON (f.person_key) f.safeguarded_on AS counted_on, f.gender, f.country,
  CASE
    WHEN f.birth_year IS NULL THEN NULL
    WHEN date_part('year', f.safeguarded_on) - f.birth_year <= 5 THEN '0_5'
    WHEN date_part('year', f.safeguarded_on) - f.birth_year <= 12 THEN '6_12'
    WHEN date_part('year', f.safeguarded_on) - f.birth_year <= 15 THEN '13_15'
    WHEN date_part('year', f.safeguarded_on) - f.birth_year <= 17 THEN '16_17'
    ELSE '18' END AS age_band
FROM fact_survivor f
WHERE f.agency_key = %(agency_key)s AND f.safeguarded_on <= %(as_of)s
ORDER BY f.person_key, f.safeguarded_on, f.case_key
""",
    dimensions=(AGE_BAND, GENDER, COUNTRY),
)

POPULATIONS: Mapping[str, Population] = {p.id: p for p in (BROUGHT_TO_SAFETY,)}
