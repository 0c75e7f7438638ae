"""One row of a case sheet: typed values, and what is wrong with it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from referrals.htcds.cells import Reader, Value, reader_for
from referrals.htcds.errors import BadCell, CellError
from referrals.htcds.header import Column, Role

MIN_KEY = 32
_DIGEST_OF = b"liwanag htcds row 1\x00"


@dataclass(slots=True)
class HtcdsRow:
    """A row of the file.

    Attributes:
        number: the row as a spreadsheet numbers it.
        values: typed values by HTCDS name; empty cells are absent.
        errors: its faults; a row with any is not imported.
        cells: the cells as they stood, for the rejects file.
    """

    number: int
    values: dict[str, Value]
    errors: list[CellError] = field(default_factory=list)
    cells: Sequence[object] = ()


class RowReader:
    """Reads rows under one header."""

    def __init__(self, columns: Sequence[Column], *, today: date, exact_width: bool) -> None:
        """
        Args:
            columns: the header.
            today: dates after it are faults.
            exact_width: a row shorter than the header is a fault (CSV), not trailing blanks.
        """
        self._columns = columns
        self._exact = exact_width
        self._readers: list[tuple[int, Column, str, Reader]] = [
            (column.index, column, column.field.name, reader_for(column.field, today=today))
            for column in columns
            if column.field is not None
        ]
        self._row_number = any(column.role is Role.ROW_NUMBER for column in columns)
        self._nameless = [
            column for column in columns if column.role in (Role.NAMELESS, Role.ROW_NUMBER)
        ]

    def read(self, number: int, cells: Sequence[object]) -> HtcdsRow | None:
        """The row, or None when nothing but a row number stands in it."""
        width = len(cells)
        values: dict[str, Value] = {}
        errors: list[CellError] = []
        for index, column, name, read in self._readers:
            if index >= width:
                continue
            cell = cells[index]
            if cell is None or cell == "":
                continue
            if isinstance(cell, str) and not cell.strip():
                continue
            try:
                values[name] = read(cell)
            except BadCell as error:
                errors.append(CellError(number, column.letter, name, error.message))
        if not values and not errors and not self._holds_more(cells):
            return None
        self._check_shape(number, cells, errors)
        _check_order(number, values, self._readers, errors)
        return HtcdsRow(number, values, errors, cells)

    def _holds_more(self, cells: Sequence[object]) -> bool:
        start = 1 if self._row_number else 0
        return any(cell is not None and str(cell).strip() for cell in cells[start:])

    def _check_shape(self, number: int, cells: Sequence[object], errors: list[CellError]) -> None:
        if self._exact and len(cells) < len(self._columns):
            errors.append(
                CellError(
                    number,
                    "",
                    "",
                    _("This row has %(found)d cells where the header has %(wanted)d.")
                    % {"found": len(cells), "wanted": len(self._columns)},
                )
            )
        if any(cell is not None and str(cell).strip() for cell in cells[len(self._columns) :]):
            errors.append(
                CellError(number, "", "", _("This row goes on to the right of the last heading."))
            )
        for column in self._nameless:
            cell = cells[column.index] if column.index < len(cells) else None
            if cell is None or not str(cell).strip():
                continue
            if column.role is Role.ROW_NUMBER and _is_row_number(cell):
                continue
            errors.append(
                CellError(
                    number,
                    column.letter,
                    "",
                    _("This column has no heading, so what stands here would be lost."),
                )
            )


def _is_row_number(cell: object) -> bool:
    return not isinstance(cell, bool) and str(cell).strip().removesuffix(".0").isdecimal()


def _check_order(
    number: int,
    values: dict[str, Value],
    readers: Sequence[tuple[int, Column, str, Reader]],
    errors: list[CellError],
) -> None:
    born, referred = values.get("prs_Birthdate"), values.get("cas_IncomingReferralDate")
    if not isinstance(born, date) or not isinstance(referred, date) or born <= referred:
        return
    letter = next(column.letter for _i, column, name, _r in readers if name == "prs_Birthdate")
    errors.append(
        CellError(
            number,
            letter,
            "prs_Birthdate",
            _("The birth date lies after the date of the referral. Check both."),
        )
    )


def row_digest(row: HtcdsRow, key: bytes) -> bytes:
    """A keyed fingerprint of what the row says: 32 bytes, the same for the same values.

    Row number, order of columns, order within a multiple choice, spelling of codes and kind of file
    do not count, so the same row in a CSV and in a workbook is one row. Without `key` nobody can
    test guesses against stored digests (names are easily guessed).

    Raises:
        ValueError: `key` is shorter than 32 bytes.
    """
    if len(key) < MIN_KEY:
        raise ValueError("the key of a row digest needs at least 32 bytes")
    said = [[name, _canonical(value)] for name, value in sorted(row.values.items())]
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return hmac.digest(key, _DIGEST_OF + text.encode(), hashlib.sha256)


def _canonical(value: Value) -> str | list[str]:
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return sorted(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return str(value)
