"""How public tables look on a page: bars with their margins, and the tables beside them.

Used by the page inside, where a report is looked over, and by the page that everybody reads; both
are made from the same frozen document.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any

from django.utils.translation import gettext as _

from reporting.packaging import Release
from reporting.public import Cell, PublicTable, read_tables
from reporting.tables import TOTAL, TOTAL_LABEL


@dataclass(frozen=True)
class PublicFigure:
    """One table as drawn.

    Attributes:
        bars: rows for the `bars` component; none for a table of two dimensions.
        rows: (words, [(count, margin)]); None where an estimate is not shown.
    """

    finding: str
    caption: str
    row_name: str
    columns: list[str]
    bars: list[dict[str, Any]]
    rows: list[tuple[str, list[tuple[str, str] | None]]]
    shown: int
    hidden: int


def figures_of(release: Release) -> list[PublicFigure]:
    """The tables of a frozen public document, those of one dimension first, as in it."""
    return [_figure(table) for table in read_tables(release)]


def _figure(table: PublicTable) -> PublicFigure:
    columns = table.column_codes
    heads = [
        TOTAL_LABEL if c == TOTAL else table.columns.label(c) for c in columns if table.columns
    ]
    rows = [
        (table.rows.label(row), [_count(table.cells[row, column]) for column in columns])
        for row in (*table.rows.codes, TOTAL)
    ]
    shown = sum(cell.is_shown for cell in table.cells.values())
    return PublicFigure(
        finding=_finding(table),
        caption=_caption(table),
        row_name=table.rows.name,
        columns=heads or [_("Estimate")],
        bars=_bars(table) if table.columns is None else [],
        rows=rows,
        shown=shown,
        hidden=len(table.cells) - shown,
    )


def _count(cell: Cell) -> tuple[str, str] | None:
    if cell.value is None or cell.moe95 is None:
        return None
    return f"{cell.value:,}", f"{ceil(cell.moe95):,}"


def _caption(table: PublicTable) -> str:
    if table.columns is None:
        return _("%(what)s, %(rows)s, %(period)s") % {
            "what": table.title,
            "rows": table.rows.name,
            "period": table.period_label,
        }
    return _("%(what)s, %(rows)s and %(columns)s, %(period)s") % {
        "what": table.title,
        "rows": table.rows.name,
        "columns": table.columns.name,
        "period": table.period_label,
    }


def _finding(table: PublicTable) -> str:
    """What the table shows, in a sentence, from what is shown alone."""
    words = {"what": table.title, "period": table.period_label}
    shown = [
        (table.rows.label(row), cell)
        for row in table.rows.codes
        if (cell := table.cells[row, TOTAL]).value is not None
    ]
    total = table.cells[TOTAL, TOTAL].value
    if table.columns is not None:
        return _("%(rows)s by %(columns)s") % {
            "rows": table.rows.name,
            "columns": table.columns.name,
        }
    if not shown:
        return _("%(what)s, %(period)s: no estimate is sure enough to be shown.") % words
    if table.rows.is_time:
        parts = ", ".join(
            _("about %(count)s in %(step)s") % {"count": f"{cell.value:,}", "step": step}
            for step, cell in shown
        )
        return _("%(what)s: %(parts)s.") % {**words, "parts": parts}
    name, most = max(shown, key=lambda pair: pair[1].value or 0)
    words |= {"rows": table.rows.name, "name": name, "count": f"{most.value:,}"}
    if total is None:
        return _("%(rows)s: the largest estimate shown is “%(name)s”, about %(count)s.") % words
    words["total"] = f"{total:,}"
    return (
        _("%(rows)s: the largest estimate shown is “%(name)s”, about %(count)s of %(total)s.")
        % words
    )


def _bars(table: PublicTable) -> list[dict[str, Any]]:
    order = list(table.rows.codes)
    if not table.rows.is_time:
        order.sort(key=lambda row: -(table.cells[row, TOTAL].value or -1))
    found = []
    for row in order:
        cell = table.cells[row, TOTAL]
        bar: dict[str, Any] = {"label": table.rows.label(row), "value": cell.value}
        if cell.value is not None and cell.moe95 is not None:
            margin = ceil(cell.moe95)
            bar |= {"low": max(0, cell.value - margin), "high": cell.value + margin}
        found.append(bar)
    return found
