"""What a declared measure is: its words, and parts that can be counted.

A part is SQL over coded fact views that gives one row a unit and value, `(key, value)`, and the way
it is read. What cannot be counted from what is recorded says so in `not_counted` and is shown with
the reason, never as a zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = Sequence[Any]
Reckon = Callable[[Sequence[Row]], Iterable[tuple[Any, Any]]]

COUNT = "count"
"""Units, each once; the value is a code to break them down by, or nothing."""
SHARE = "share"
"""Of the units whose value is known, those for which it is true."""
SPREAD = "spread"
"""A number a unit: median, quartiles and n, the mean beside them."""


@dataclass(frozen=True)
class Part:
    """One figure of a measure.

    Attributes:
        query: SQL with the named parameters agency, start, end and as_of; the key comes first.
        of: what one row is, for the reader: "people", "months".
        labels: words of the codes of a count, in order; a code that is not in it stands for itself.
        many: a unit may have several codes, so that the lines add up to more than the units.
        split: units of the first code of every row apart, each with its own spread (currencies).
        of_people: whether a small number can point to somebody.
        reckon: makes `(key, value)` of other rows where SQL would hide the rule.
    """

    name: str
    kind: str
    query: str
    of: str = "people"
    labels: Mapping[str, Any] = field(default_factory=dict)
    many: bool = False
    split: bool = False
    of_people: bool = True
    reckon: Reckon | None = None


@dataclass(frozen=True)
class Declared:
    """One measure of the domain standard, section 4.1.

    `version` rises whenever what is counted changes; `dimensions` names what it is or can be broken
    down by, in the letters of the standard.
    """

    id: str
    name: str
    family: str
    unit: str
    numerator: str
    denominator: str
    time_basis: str
    dimensions: str
    definition: str
    parts: tuple[Part, ...]
    not_counted: str = ""
    version: int = 1

    @property
    def source(self) -> str:
        return f"Domain standard, section 4.1, {self.id}"


MINE = "agency_key = %(agency)s"


def dated(column: str) -> str:
    """SQL: the day lies in the period and was known on the as-of day."""
    return f"{column} BETWEEN %(start)s AND %(end)s AND {column} <= %(as_of)s"
