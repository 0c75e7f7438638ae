"""What public tables are about: attributes with code lists fixed beforehand, and which tables.

A person is one row of small integers, one code of each attribute, and therefore falls in exactly
one cell of each table. One person more or less changes each table by one in one cell: over `t`
tables the counts move by the square root of `t` (L2), which is all that `noise` needs to know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod, sqrt

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.integer]
"""Shape (people, attributes): the position of each person's code in each attribute's list."""
Counts = NDArray[np.float64]
"""A table: one axis an attribute, in the order the table names them."""
Marginal = tuple[int, ...]
"""A table by the positions of its attributes, ascending; () is the number of people."""


class UnknownCode(Exception):
    """A person has a code outside the declared list. The message names no value."""


@dataclass(frozen=True)
class Attribute:
    """One thing known of a person. `codes` is declared, never taken from the records, and has a
    code for "unknown" where that can be.
    """

    name: str
    codes: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.codes) < 2 or len(set(self.codes)) != len(self.codes):
            raise ValueError(f"{self.name} needs two codes or more, each once.")


@dataclass(frozen=True)
class Workload:
    """The tables of a release, declared before anybody is counted."""

    attributes: tuple[Attribute, ...]
    tables: tuple[Marginal, ...]

    def __post_init__(self) -> None:
        known = range(len(self.attributes))
        for table in self.tables:
            if not table or tuple(sorted(set(table))) != table or not set(table) <= set(known):
                raise ValueError("A table names its attributes in order, each once.")
        if not self.tables or len(set(self.tables)) != len(self.tables):
            raise ValueError("A workload has at least one table, each once.")

    @classmethod
    def up_to(cls, attributes: Sequence[Attribute], ways: int) -> Workload:
        """All tables of one to so many attributes."""
        places = range(len(attributes))
        tables = [t for k in range(1, ways + 1) for t in combinations(places, k)]
        return cls(tuple(attributes), tuple(tables))

    @property
    def sensitivity(self) -> float:
        """By how much one person moves all counts together (L2)."""
        return sqrt(len(self.tables))

    @property
    def cells(self) -> int:
        return sum(prod(self.shape(table)) for table in self.tables)

    def shape(self, table: Marginal) -> tuple[int, ...]:
        return tuple(len(self.attributes[place].codes) for place in table)

    def closure(self) -> tuple[Marginal, ...]:
        """Every table and all of its margins, the smallest first, () included."""
        found = {part for table in self.tables for part in parts(table)}
        return tuple(sorted(found, key=lambda part: (len(part), part)))


def parts(table: Marginal) -> list[Marginal]:
    """All subsets of a table's attributes, () and itself included."""
    return [part for k in range(len(table) + 1) for part in combinations(table, k)]


def count(workload: Workload, people: Codes) -> list[Counts]:
    """The exact counts of every table, in the workload's order.

    Args:
        people: shape (people, attributes).

    Raises:
        UnknownCode: a code is outside its list.
    """
    sizes = np.array([len(a.codes) for a in workload.attributes])
    if people.ndim != 2 or people.shape[1] != len(sizes):
        raise UnknownCode("The rows do not have one code for each attribute.")
    if people.size and (people.min() < 0 or (people.max(axis=0) >= sizes).any()):
        raise UnknownCode("A row has a code that is not in the declared list.")
    columns = [
        np.ascontiguousarray(people[:, place], dtype=np.int64) for place in range(len(sizes))
    ]
    counted = []
    for table in workload.tables:
        shape = workload.shape(table)
        flat = np.zeros(len(people), dtype=np.int64)
        for place, size in zip(table, shape, strict=True):
            flat = flat * size + columns[place]
        cells = np.bincount(flat, minlength=prod(shape))
        counted.append(cells.astype(np.float64).reshape(shape))
    return counted
