"""The two shapes every statistic passes through: exact counts, and what may be published.

`Table` holds exact counts and must never be printed, logged or sent; its counts stay out of
`repr` for that reason. `ProtectedTable` holds only what a reader gets: it has no room for a
hidden value, so nothing downstream (package, chart, page) can leak one.

Both address a count by `(row code, column code)`. `TOTAL` stands for a margin. A one-way table
is one whose only column is `TOTAL`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

TOTAL = "_total"
TOTAL_LABEL = "Total"

Position = tuple[str, str]


@dataclass(frozen=True)
class Category:
    """One value of a code list, with the words a reader sees."""

    code: str
    label: str


@dataclass(frozen=True)
class Dimension:
    """One axis of a table, with a code list fixed beforehand.

    The list is declared and never inferred from the data: a category that appears only when
    somebody falls in it tells the reader that somebody does.
    `other_code`, when set, collects every code outside the list; otherwise such a code is refused.
    `unknown_code`, when set, collects missing values.
    `is_time` marks an axis whose categories are periods: it keeps its order in charts.
    """

    code: str
    name: str
    categories: tuple[Category, ...] = ()
    other_code: str | None = None
    unknown_code: str | None = None
    is_time: bool = False

    def __post_init__(self) -> None:
        codes = self.codes
        if len(set(codes)) != len(codes):
            raise ValueError(f"The code list of {self.code} names a code twice.")
        if TOTAL in codes:
            raise ValueError(f"The code list of {self.code} may not use {TOTAL}.")
        for special in (self.other_code, self.unknown_code):
            if special is not None and special not in codes:
                raise ValueError(f"The code list of {self.code} has no {special}.")

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(category.code for category in self.categories)

    def label(self, code: str) -> str:
        """The words for a code, `TOTAL` included."""
        if code == TOTAL:
            return TOTAL_LABEL
        for category in self.categories:
            if category.code == code:
                return category.label
        raise KeyError(code)


@dataclass(frozen=True)
class Shape:
    """What exact and protected tables share: their axes, words and addressing."""

    id: str
    measure_id: str
    title: str
    unit: str
    period_label: str
    rows: Dimension
    columns: Dimension | None = None
    zeros_are_safe: bool = False
    structural_zeros: frozenset[Position] = frozenset()

    def __post_init__(self) -> None:
        if not self.rows.categories:
            raise ValueError(f"Table {self.id} has no rows.")
        if self.columns is not None and not self.columns.categories:
            raise ValueError(f"Table {self.id} has no columns.")
        if not self.structural_zeros <= set(self.inner_positions()):
            raise ValueError(f"Table {self.id} declares an empty cell it does not have.")

    @property
    def column_codes(self) -> tuple[str, ...]:
        """The inner columns; a one-way table has `TOTAL` alone."""
        return (TOTAL,) if self.columns is None else self.columns.codes

    def inner_positions(self) -> Iterator[Position]:
        for row in self.rows.codes:
            for column in self.column_codes:
                yield row, column

    def positions(self) -> Iterator[Position]:
        """Every count of the table, margins included, in reading order."""
        columns = self.column_codes if self.columns is None else (*self.column_codes, TOTAL)
        for row in (*self.rows.codes, TOTAL):
            for column in columns:
                yield row, column

    def is_margin(self, position: Position) -> bool:
        row, column = position
        return row == TOTAL or (self.columns is not None and column == TOTAL)

    def name_of(self, position: Position) -> str:
        """A cell in words, for messages: labels only, never its value."""
        row = self.rows.label(position[0])
        if self.columns is None:
            return row
        return f"{row} × {self.columns.label(position[1])}"

    def shape(self) -> dict[str, Any]:
        """The fields of this class by name, to make the other kind of table from one kind."""
        return {name: getattr(self, name) for name in Shape.__dataclass_fields__}


@dataclass(frozen=True)
class Table(Shape):
    """Exact counts. `counts` holds the inner cells; an absent cell is zero."""

    counts: Mapping[Position, int] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        inner = set(self.inner_positions())
        for position, count in self.counts.items():
            if position not in inner:
                raise ValueError(f"Table {self.id} has no such cell.")
            if count < 0:
                raise ValueError(f"Table {self.id} holds something that is not a count.")
            if count and position in self.structural_zeros:
                raise ValueError(
                    f"Table {self.id} counts somebody where nobody can be: "
                    f"{self.name_of(position)}."
                )

    def value(self, position: Position) -> int:
        row, column = position
        rows = self.rows.codes if row == TOTAL else (row,)
        columns = self.column_codes if column == TOTAL else (column,)
        return sum(self.counts.get((r, c), 0) for r in rows for c in columns)

    def values(self) -> dict[Position, int]:
        return {position: self.value(position) for position in self.positions()}


@dataclass(frozen=True)
class ProtectedTable(Shape):
    """What may be published: a count, or None where it is not shown."""

    published: Mapping[Position, int | None] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if set(self.published) != set(self.positions()):
            raise ValueError(f"Table {self.id} must say for every cell whether it is shown.")

    def value(self, position: Position) -> int | None:
        return self.published[position]

    def is_shown(self, position: Position) -> bool:
        return self.published[position] is not None

    @property
    def hidden(self) -> tuple[Position, ...]:
        return tuple(p for p in self.positions() if not self.is_shown(p))

    def share(self, position: Position, of: Position = (TOTAL, TOTAL)) -> int | None:
        """A whole percentage, rounded half up; None unless both counts are shown.

        A percentage of a hidden count, or beside a hidden total, would give the count away.
        """
        part, whole = self.value(position), self.value(of)
        if part is None or not whole:
            return None
        return (200 * part + whole) // (2 * whole)


def withhold(table: Table, hidden: Iterable[Position]) -> ProtectedTable:
    """The published face of `table` with exactly `hidden` left out.

    This decides nothing: `disclosure.protect` chooses what to hide and `disclosure.audit`
    judges the result.
    """
    left_out = set(hidden)
    published = {p: None if p in left_out else table.value(p) for p in table.positions()}
    return ProtectedTable(**table.shape(), published=published)
