"""Counting declared measures exactly, for those who may read exact figures.

Counts stay out of `repr`, so that no log line of an error shows them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from statistics import mean, median, quantiles
from typing import Any
from uuid import UUID

from django.db import connections, transaction

from reporting.declared.shape import COUNT, SHARE, SPREAD, Declared, Part, Row
from reporting.facts import CONNECTION

FEWEST_FOR_AVERAGES = 10
"""No average of fewer (domain.md 4.0, rule 5)."""
FEW = 10
"""Fewer units than this, and not none, can point to people (domain.md 4.0, rule 6)."""
TOO_MUCH_UNKNOWN = 20
"""Percent of unknown values above which a share is read with care (domain.md 4.0, rule 4)."""


@dataclass(frozen=True)
class Line:
    """One code and how many units have it."""

    code: str
    label: Any
    n: int = field(repr=False)

    @property
    def is_few(self) -> bool:
        return 0 < self.n < FEW


@dataclass(frozen=True)
class Spread:
    """Numbers of some units. Averages are None where they are too few."""

    numbers: tuple[float, ...] = field(repr=False)
    code: str = ""

    @property
    def n(self) -> int:
        return len(self.numbers)

    @property
    def has_averages(self) -> bool:
        return self.n >= FEWEST_FOR_AVERAGES

    @property
    def median(self) -> float | None:
        return median(self.numbers) if self.has_averages else None

    @property
    def mean(self) -> float | None:
        return mean(self.numbers) if self.has_averages else None

    @property
    def quartiles(self) -> tuple[float, float] | None:
        if not self.has_averages:
            return None
        low, _middle, high = quantiles(self.numbers, n=4, method="inclusive")
        return low, high

    @property
    def ninetieth(self) -> float | None:
        if not self.has_averages:
            return None
        return quantiles(self.numbers, n=10, method="inclusive")[8]


@dataclass(frozen=True)
class Figure:
    """One part, counted.

    Attributes:
        n: units counted; of a share those whose value is known; of a spread those with a number.
        unknown: units without a known value.
        true: of a share, those for which it holds.
        lines: of a count, by code. spreads: of a spread, one, or one a code where it is split.
    """

    part: Part
    n: int = field(repr=False)
    unknown: int = field(default=0, repr=False)
    true: int = field(default=0, repr=False)
    lines: tuple[Line, ...] = field(default=(), repr=False)
    spreads: tuple[Spread, ...] = field(default=(), repr=False)

    @property
    def is_few(self) -> bool:
        """Whether some of what it says is about fewer than ten."""
        if not self.part.of_people:
            return False
        said = [self.n, self.unknown, *(line.n for line in self.lines)]
        if self.part.kind == SHARE:
            said += [self.true, self.n - self.true]
        return any(0 < one < FEW for one in said)

    @property
    def percent(self) -> int | None:
        """Of a share: whole percent of the known, rounded half up; None where nobody is known."""
        if self.part.kind != SHARE or not self.n:
            return None
        return (200 * self.true + self.n) // (2 * self.n)

    def percent_of(self, line: Line) -> int | None:
        """Of a count: the line's whole percent of the units whose code is known."""
        known = self.n - self.unknown
        return (200 * line.n + known) // (2 * known) if known else None

    @property
    def percent_unknown(self) -> int:
        every = self.n + self.unknown
        return (200 * self.unknown + every) // (2 * every) if every else 0

    @property
    def is_doubtful(self) -> bool:
        """Whether too much is unknown to trust a share."""
        every = self.n + self.unknown
        return self.part.kind != COUNT and 100 * self.unknown > TOO_MUCH_UNKNOWN * every


@dataclass(frozen=True)
class Counted:
    """A measure with the figures of its parts, in order."""

    measure: Declared
    figures: tuple[Figure, ...]


def count_declared(
    measures: Sequence[Declared], *, agency_id: UUID, start: date, end: date, as_of: date
) -> list[Counted]:
    """Count measures of one agency exactly, all as of the same moment.

    Args:
        start, end: first and last day of the period, both counted.
        as_of: what happened later is left out.
    """
    values: dict[str, UUID | date] = {
        "agency": agency_id,
        "start": start,
        "end": end,
        "as_of": as_of,
    }
    with transaction.atomic(using=CONNECTION), connections[CONNECTION].cursor() as cursor:
        # One snapshot for all figures.
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

        def rows(query: str) -> list[Row]:
            cursor.execute(query, values)
            return list(cursor.fetchall())

        return [
            Counted(one, tuple(figure_of(part, rows(part.query)) for part in one.parts))
            for one in measures
        ]


def figure_of(part: Part, rows: Sequence[Row]) -> Figure:
    """Read the rows of a part's query.

    A unit that comes twice counts once, with the first value that is known; where it may have many
    codes, once under each.
    """
    pairs = list(part.reckon(rows)) if part.reckon else [_pair(part, row) for row in rows]
    if part.kind == COUNT:
        return _count(part, pairs)
    found: dict[Any, Any] = {}
    for key, value in pairs:
        if found.get(key) is None:
            found[key] = value
    known = [value for value in found.values() if value is not None]
    unknown = len(found) - len(known)
    if part.kind == SHARE:
        return Figure(part, n=len(known), unknown=unknown, true=sum(map(bool, known)))
    return Figure(part, n=len(known), unknown=unknown, spreads=_spreads(part, known))


def _pair(part: Part, row: Row) -> tuple[Any, Any]:
    if part.split:
        key, code, number = row
        return (key, code), None if number is None else (code, number)
    return row[0], row[1] if len(row) > 1 else ""


def _count(part: Part, pairs: Iterable[tuple[Any, Any]]) -> Figure:
    codes: dict[Any, set[str]] = {}
    for key, value in pairs:
        here = codes.setdefault(key, set())
        if value not in (None, "") and (part.many or not here):
            here.add(str(value))
    tally = dict.fromkeys(map(str, part.labels), 0)
    for here in codes.values():
        for code in here:
            tally[code] = tally.get(code, 0) + 1
    words = {str(code): label for code, label in part.labels.items()}
    lines = tuple(Line(code, words.get(code, code), n) for code, n in tally.items() if n)
    # A count that asks for no code has no unknown one.
    unknown = sum(1 for here in codes.values() if not here) if lines or part.labels else 0
    return Figure(part, n=len(codes), unknown=unknown, lines=lines)


def _spreads(part: Part, known: Sequence[Any]) -> tuple[Spread, ...]:
    if not part.split:
        return (Spread(tuple(sorted(map(_number, known)))),)
    by_code: dict[str, list[float]] = {}
    for code, number in known:
        by_code.setdefault(str(code), []).append(_number(number))
    return tuple(Spread(tuple(sorted(by_code[code])), code) for code in sorted(by_code))


def _number(value: Any) -> float:
    return float(value) if isinstance(value, Decimal) else value


__all__ = ["COUNT", "SHARE", "SPREAD", "Counted", "Figure", "Line", "Spread", "count_declared"]
