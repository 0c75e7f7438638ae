"""The frozen document of public tables: what anybody may read, with how sure it is.

As for other releases (`packaging`), the document is canonical JSON with a digest and everything
that is shown or downloaded is made from it. Unlike them it holds estimates: each cell has a count
rounded to base 5, the estimate behind it, and its 95% margin of error, or is not shown.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil
from typing import Any

import numpy as np

from reporting.measures import TIME_ZONE, Period
from reporting.packaging import CAVEAT, NOT_SHOWN, SHOWN, Release, harmless, sealed
from reporting.populations import Population
from reporting.private.budget import DELTA, epsilon_of
from reporting.private.estimates import FEWEST, STEP, Estimates, rounded
from reporting.private.workload import Marginal
from reporting.tables import TOTAL, TOTAL_LABEL, Category, Dimension, Position

SCHEMA = "liwanag.public-tables/1"
METHOD = (
    "These are estimates. Before anything left the office, random noise was added to every count, "
    "so that no figure here depends noticeably on any one person: whoever knew everything about "
    "everybody else still could not tell from this report whether somebody is in it (differential "
    "privacy). Then the counts were made to agree with each other. Each estimate is given to the "
    "nearest {step}, with the margin that it stays within in 95 of 100 such reports. An estimate "
    "below {fewest}, or smaller than its own margin, is not shown; that says nothing about the "
    "true count. Rounded counts need not add up exactly; the estimates in the downloads do, before "
    "they are rounded to hundredths."
)
CSV_COLUMNS = (
    "agency",
    "population",
    "population_version",
    "table",
    "row_dimension",
    "row_code",
    "row_label",
    "column_dimension",
    "column_code",
    "column_label",
    "value",
    "estimate",
    "moe95",
    "status",
    "unit",
    "period_start",
    "period_end",
    "as_of",
)


@dataclass(frozen=True)
class Cell:
    """One count of a public table; all None where it is not shown."""

    value: int | None
    estimate: float | None
    moe95: float | None

    @property
    def is_shown(self) -> bool:
        return self.value is not None


@dataclass(frozen=True)
class PublicTable:
    """One table of a public document, as a reader gets it."""

    id: str
    title: str
    unit: str
    period_label: str
    rows: Dimension
    columns: Dimension | None
    cells: Mapping[Position, Cell]

    @property
    def column_codes(self) -> tuple[str, ...]:
        """As printed, the total last; a one-way table has the total alone."""
        return (TOTAL,) if self.columns is None else (*self.columns.codes, TOTAL)


def freeze(
    *,
    title: str,
    agency: str,
    population: Population,
    period: Period,
    as_of: date,
    estimates: Estimates,
    rho: Fraction,
) -> Release:
    """The document of public tables.

    Args:
        rho: what the whole release cost, the count that decided its size included.
    """
    axes = population.axes(period)
    payload: dict[str, Any] = {
        "schema": SCHEMA,
        "title": title,
        "agency": agency,
        "tier": "public",
        "period": {
            "start": period.start.isoformat(),
            "end": period.end.isoformat(),
            "step": period.step,
            "label": period.label,
            "time_zone": TIME_ZONE,
            "complete": as_of >= period.end,
        },
        "as_of": as_of.isoformat(),
        "caveat": CAVEAT,
        "method": METHOD.format(step=STEP, fewest=int(FEWEST)),
        "parameters": {
            "privacy_unit": "person",
            "neighbours": "one person more or less",
            "mechanism": "discrete Gaussian (OpenDP)",
            "epsilon": ceil(epsilon_of(rho) * 1000) / 1000,
            "delta": DELTA,
            "rho": f"{rho.numerator}/{rho.denominator}",
            "sigma": round(estimates.sigma, 3),
            "fewest": int(FEWEST),
            "rounded_to": STEP,
        },
        "population": {
            "id": population.id,
            "name": population.name,
            "unit": population.unit,
            "numerator": population.numerator,
            "time_basis": population.time_basis,
            "definition": population.definition,
            "version": population.version,
            "source": population.source,
        },
        "tables": list(_tables(population, axes, estimates)),
    }
    return sealed(payload)


def _tables(
    population: Population, axes: tuple[Dimension, ...], estimates: Estimates
) -> Iterator[dict[str, Any]]:
    at = {table: place for place, table in enumerate(estimates.workload.tables)}
    for table in estimates.workload.tables:
        rows = axes[table[0]]
        columns = axes[table[1]] if len(table) == 2 else None
        yield {
            "id": "-".join((population.id, *(axes[place].code for place in table))).lower(),
            "title": population.name,
            "unit": population.unit,
            "rows": _axis(rows),
            "columns": None if columns is None else _axis(columns),
            "cells": list(_cells(table, rows, columns, estimates, at)),
        }


def _cells(
    table: Marginal,
    rows: Dimension,
    columns: Dimension | None,
    estimates: Estimates,
    at: Mapping[Marginal, int],
) -> Iterator[dict[str, Any]]:
    inner = (TOTAL,) if columns is None else (*columns.codes, TOTAL)
    for row in (*rows.codes, TOTAL):
        for column in inner:
            # A margin of a table is a cell of a coarser one, with that one's smaller error.
            named = [
                (place, axis.codes.index(code))
                for place, axis, code in zip(table, (rows, columns), (row, column), strict=False)
                if axis is not None and code != TOTAL
            ]
            yield {"row": row, "column": column, **_cell(named, estimates, at)}


def _cell(
    named: list[tuple[int, int]], estimates: Estimates, at: Mapping[Marginal, int]
) -> dict[str, Any]:
    if not named:
        # The number of people is the sum of the first table; its margin is no larger than that
        # of any table's total.
        return _entry(estimates.total, estimates.total_moe95)
    which = at[tuple(place for place, _code in named)]
    cell = tuple(code for _place, code in named)
    if not bool(estimates.shown[which][cell]):
        return {"value": None, "estimate": None, "moe95": None, "status": NOT_SHOWN}
    return _entry(float(estimates.tables[which][cell]), float(estimates.moe95[which][cell]))


def _entry(estimate: float, moe95: float) -> dict[str, Any]:
    if estimate < FEWEST or estimate < moe95:
        return {"value": None, "estimate": None, "moe95": None, "status": NOT_SHOWN}
    return {
        "value": rounded(estimate),
        "estimate": round(estimate, 2),
        # Rounded up: a margin is never said to be smaller than it is.
        "moe95": float(np.ceil(moe95 * 10) / 10),
        "status": SHOWN,
    }


def _axis(dimension: Dimension) -> dict[str, Any]:
    return {
        "code": dimension.code,
        "name": dimension.name,
        "is_time": dimension.is_time,
        "categories": [{"code": c.code, "label": c.label} for c in dimension.categories],
    }


def read_tables(release: Release) -> list[PublicTable]:
    """The tables of a frozen public document."""
    payload = release.payload
    return [_read(table, payload["period"]["label"]) for table in payload["tables"]]


def _read(table: Mapping[str, Any], period_label: str) -> PublicTable:
    return PublicTable(
        id=table["id"],
        title=table["title"],
        unit=table["unit"],
        period_label=period_label,
        rows=_read_axis(table["rows"]),
        columns=None if table["columns"] is None else _read_axis(table["columns"]),
        cells={
            (c["row"], c["column"]): Cell(c["value"], c["estimate"], c["moe95"])
            for c in table["cells"]
        },
    )


def _read_axis(axis: Mapping[str, Any]) -> Dimension:
    return Dimension(
        code=axis["code"],
        name=axis["name"],
        categories=tuple(Category(c["code"], c["label"]) for c in axis["categories"]),
        is_time=axis["is_time"],
    )


def to_csv(release: Release) -> bytes:
    """One line for each count, totals included; UTF-8, safe to open in a spreadsheet."""
    payload = release.payload
    population, period = payload["population"], payload["period"]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for table in read_tables(release):
        for (row, column), cell in table.cells.items():
            line = (
                payload["agency"],
                population["id"],
                population["version"],
                table.id,
                table.rows.code,
                row,
                table.rows.label(row),
                table.columns.code if table.columns else "",
                column,
                table.columns.label(column) if table.columns else TOTAL_LABEL,
                *("" if x is None else x for x in (cell.value, cell.estimate, cell.moe95)),
                SHOWN if cell.is_shown else NOT_SHOWN,
                table.unit,
                period["start"],
                period["end"],
                payload["as_of"],
            )
            writer.writerow([harmless(entry) for entry in line])
    return out.getvalue().encode()
