"""A reader with all the time in the world, sharing no code with the auditor.

It writes down every table of whole numbers that agrees with what is published, each inner hidden
count running through the numbers it is given to try, and notes the values each hidden count takes.
Totals follow from the inner counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product

from reporting.tables import TOTAL, Position, ProtectedTable


def possible_values(
    table: ProtectedTable, *, least: int, to_try: Callable[[Position], Iterable[int]]
) -> dict[Position, set[int]]:
    """For each hidden count, every value it takes in some table that fits; empty if none fits."""
    rows = list(table.rows.codes)
    columns = list(table.column_codes)
    inner = [(row, column) for row in rows for column in columns]
    unknown = [position for position in inner if table.published[position] is None]
    found: dict[Position, set[int]] = {position: set() for position in table.hidden}
    for guess in product(*(to_try(position) for position in unknown)):
        filled = dict(zip(unknown, guess, strict=True))
        grid = {position: filled.get(position, table.published[position]) for position in inner}
        whole = _with_totals(grid, rows, columns)
        if all(_fits(table.published[p], value, least) for p, value in whole.items()):
            for position in found:
                found[position].add(whole[position])
    return found


def _fits(published: int | None, value: int, least: int) -> bool:
    return value >= least if published is None else value == published


def _with_totals(
    grid: dict[Position, int | None], rows: list[str], columns: list[str]
) -> dict[Position, int]:
    whole: dict[Position, int] = {position: value or 0 for position, value in grid.items()}
    for column in columns:
        whole[TOTAL, column] = sum(whole[row, column] for row in rows)
    if columns != [TOTAL]:
        for row in [*rows, TOTAL]:
            whole[row, TOTAL] = sum(whole[row, column] for column in columns)
    return whole
