"""The rejects file: the rows that were not taken, ready to be corrected and imported again."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import TextIO

from referrals.htcds.header import REJECT_COLUMNS, Column, Role
from referrals.htcds.rows import HtcdsRow

# A spreadsheet runs a cell that starts with one of these; our reader takes the mark off again.
_RUNS = ("=", "+", "-", "@", "\t", "\r")


class RejectsWriter:
    """Writes rejected rows as CSV under HTCDS names, with row, columns and reasons at the end.

    The importer knows these last three columns and passes over them. The file holds personal data
    as the original does: who opens it decides where it lies (the command makes it readable by its
    owner only).
    """

    def __init__(self, file: TextIO, columns: Sequence[Column], *, as_headed: bool = False) -> None:
        """`file` is open for text with `newline=""` and `utf-8-sig`: spreadsheets need the mark.

        Args:
            as_headed: under the sheet's own headings, not the names of HTCDS.
        """
        self.written = 0
        self._columns = [column for column in columns if column.role is not Role.ROW_NUMBER]
        self._writer = csv.writer(file)
        headings = [
            column.heading if as_headed and column.heading else _heading(column)
            for column in self._columns
        ]
        self._writer.writerow([safe_cell(text) for text in headings] + list(REJECT_COLUMNS))

    def write(self, row: HtcdsRow) -> None:
        """Add `row`; its errors are joined."""
        cells = [
            safe_cell(_text(row.cells[column.index] if column.index < len(row.cells) else None))
            for column in self._columns
        ]
        where = "; ".join(f"{error.column} {error.field}".strip() for error in row.errors)
        reasons = " | ".join(error.message for error in row.errors)
        self._writer.writerow([*cells, str(row.number), safe_cell(where), safe_cell(reasons)])
        self.written += 1


def safe_cell(text: str) -> str:
    """`text` such that no spreadsheet runs it as a formula."""
    return f"'{text}" if text.startswith(_RUNS) else text


def _heading(column: Column) -> str:
    if column.field is not None:
        return column.field.name
    return column.heading or f"no_heading_{column.letter}"


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
