"""An XLSX or XLSM workbook: its one case sheet, row by row."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.escape import unescape

from referrals.htcds.errors import BadCell, UnreadableFile
from referrals.htcds.header import letter_of, recognised
from referrals.htcds.package import check_package, damaged, scan
from referrals.htcds.text import as_text

MAX_COLUMNS = 512
MAX_ROW_NUMBER = 1_048_576
MAX_LOST_FORMULAS = 100_000

_NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main "
_ROW, _CELL, _FORMULA = _NS + "row", _NS + "c", _NS + "f"
_VALUES = frozenset({_NS + "v", _NS + "is"})

# The sheets' drop-down lists, which openpyxl says it drops: we read values only.
warnings.filterwarnings("ignore", module="openpyxl", category=UserWarning)


class WorkbookTable:
    """Rows of the workbook's case sheet, found by its header, whatever the sheet is called.

    Args:
        any_headings: of an organisation's own sheet, whose headings HTCDS does not know: the first
            sheet with something in its first row is read. `other_sheets` names the rest.

    Raises:
        UnreadableFile: see `package.check_package`; also no case sheet, or more than one.
    """

    kind = "xlsx"

    def __init__(self, file: BinaryIO, *, any_headings: bool = False) -> None:
        check_package(file)
        self._any_headings = any_headings
        self.other_sheets: list[str] = []
        file.seek(0)
        try:
            self._book = openpyxl.load_workbook(
                file, read_only=True, data_only=True, keep_links=False
            )
        except Exception as error:  # openpyxl raises whatever its parser meets in a broken file
            raise damaged() from error
        self._sheet, self.first, self.second = self._find_sheet()
        shape = _Shape()
        # The path is private in openpyxl, and the only way from a sheet to its part.
        with zipfile.ZipFile(file) as archive:
            scan(archive, self._sheet._worksheet_path, shape)
        self.filled = shape.filled
        self.filled_beyond_first = shape.filled_beyond_first
        self._lost = shape.lost

    def rows(self) -> Iterator[tuple[int, Sequence[object]]]:
        """Each row with its number. Rows left out of the file come as empty ones."""
        try:
            rows = self._sheet.iter_rows(values_only=True)
            for number, cells in enumerate(rows, 1):
                yield number, [_unescaped(value) for value in cells] if cells else ()
        except (GeneratorExit, UnreadableFile):
            raise
        except Exception as error:  # see above
            raise damaged() from error

    def lost_formulas(self, number: int) -> Sequence[int]:
        """Columns of the row with a formula whose result was not saved with the file."""
        return self._lost.get(number, ())

    def _find_sheet(self) -> tuple[Any, list[str], list[str]]:
        found: list[tuple[Any, list[str], list[str]]] = []
        for sheet in self._book.worksheets:
            sheet.reset_dimensions()  # the size a file claims may be wrong, and would cut rows off
            self._sheet = sheet
            first: list[str] = []
            second: list[str] = []
            for number, cells in self.rows():
                if number > 2:
                    break
                texts = [_heading(value) for value in cells[:MAX_COLUMNS]]
                first, second = (texts, second) if number == 1 else (first, texts)
            if recognised(first) or (self._any_headings and any(first)):
                found.append((sheet, first, second))
        if self._any_headings and found:
            self.other_sheets = [sheet.title for sheet, *_rest in found[1:]]
            found = found[:1]
        if not found:
            raise UnreadableFile(
                _(
                    "No sheet of this workbook has HTCDS names or labels in its first row. Start "
                    "from an official case sheet."
                ),
                code="columns",
            )
        if len(found) > 1:
            raise UnreadableFile(
                _(
                    "Several sheets of this workbook are case sheets: %(sheets)s. Save each as a "
                    "file of its own, so that none is left out."
                )
                % {"sheets": ", ".join(sheet.title[:40] for sheet, *_rest in found[:10])},
                code="columns",
            )
        return found[0]


class _Shape:
    """What a sheet's XML says about its rows, gathered before any is read.

    openpyxl would pass over rows and cells that are out of order, and over formulas that were saved
    without their result: both would lose data in silence.
    """

    def __init__(self) -> None:
        self.filled = self.filled_beyond_first = 0
        self.lost: dict[int, list[int]] = {}
        self._losses = 0
        self._row = 0
        self._column = 0
        self._has_formula = self._in_value = self._has_value = False
        self._rightmost = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == _CELL:
            reference = attributes.get("r", "").rstrip("0123456789")
            column = _column_number(reference) if reference else self._column + 1
            if column <= self._column:
                raise damaged()
            if column > MAX_COLUMNS:
                raise UnreadableFile(
                    _("Row %(row)d has something in column %(column)s, far right of the sheet.")
                    % {"row": self._row, "column": letter_of(column - 1)},
                    code="columns",
                )
            self._column = column
            self._has_formula = self._has_value = False
        elif name in _VALUES:
            self._in_value = True
        elif name == _FORMULA:
            self._has_formula = True
        elif name == _ROW:
            number = int(attributes.get("r", self._row + 1))
            if number <= self._row or number > MAX_ROW_NUMBER:
                raise damaged()
            self._row, self._column, self._rightmost = number, 0, 0

    def end(self, name: str) -> None:
        if name == _CELL:
            if self._has_value:
                self._rightmost = self._column
            if self._has_formula and not self._has_value:
                self.lost.setdefault(self._row, []).append(self._column - 1)
                self._losses += 1
                if self._losses > MAX_LOST_FORMULAS:
                    raise damaged()
        elif name in _VALUES:
            self._in_value = False
        elif name == _ROW:
            self.filled += self._rightmost > 0
            self.filled_beyond_first += self._rightmost > 1

    def text(self, text: str) -> None:
        if self._in_value:
            self._has_value = True


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _unescaped(value: object) -> object:
    if isinstance(value, str) and "_x" in value:
        return unescape(value)
    return value


def _heading(value: object) -> str:
    try:
        return as_text(value)
    except BadCell:
        return ""
