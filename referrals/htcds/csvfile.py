"""A CSV file, checked as a whole before its first row is given out."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from django.utils.translation import gettext as _

from referrals.htcds.errors import UnreadableFile
from referrals.htcds.header import recognised

_CHUNK = 1 << 20
_DELIMITERS = (",", ";", "\t")
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


class CsvTable:
    """Rows of a UTF-8 CSV file, with or without byte order mark.

    Args:
        any_headings: of an organisation's own sheet, whose headings HTCDS does not know.

    Raises:
        UnreadableFile: not UTF-8, a quotation mark that never closes, a cell beyond 128 KB.
    """

    kind = "csv"

    def __init__(self, file: BinaryIO, *, any_headings: bool = False) -> None:
        self._file = file
        _require_utf8(file)
        file.seek(0)
        start = file.read(_CHUNK).decode("utf-8-sig", errors="ignore")
        separator = _SEPARATOR_LINE.match(start)
        self._skip = 1 if separator else 0
        self._delimiter = separator[1] if separator else _delimiter_of(start, any_headings)
        self.first: Sequence[str] = ()
        self.second: Sequence[str] = ()
        self.filled = self.filled_beyond_first = 0
        for number, cells in self.rows():
            if number == 1:
                self.first = cells
            elif number == 2:
                self.second = cells
            self.filled += any(cells)
            self.filled_beyond_first += any(cells[1:])

    def rows(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Each row with its number, the header being row 1. Blank lines count."""
        self._file.seek(0)
        text = io.TextIOWrapper(self._file, encoding="utf-8-sig", newline="")
        number = 0
        try:
            for _line in range(self._skip):
                text.readline()
            for number, cells in enumerate(
                csv.reader(text, delimiter=self._delimiter, strict=True), 1
            ):
                yield number, cells
        except csv.Error as error:
            raise _broken(number + 1, str(error)) from error
        finally:
            text.detach()

    def lost_formulas(self, number: int) -> Sequence[int]:
        """CSV has no formulas."""
        return ()


def _require_utf8(file: BinaryIO) -> None:
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    western = True
    problem: int | None = None
    while chunk := file.read(_CHUNK):
        if b"\x00" in chunk:
            raise UnreadableFile(
                _(
                    "This file is not plain text, or is UTF-16. Save it again as “CSV UTF-8 (comma "
                    "delimited)”."
                ),
                code="encoding",
            )
        western = western and not any(byte in chunk for byte in b"\x81\x8d\x8f\x90\x9d")
        if problem is not None:
            continue
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            problem = line + error.object[: error.start].count(b"\n")
        else:
            line += chunk.count(b"\n")
    if problem is None:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            problem = line
    if problem is not None:
        found = _("Windows-1252 (Western)") if western else _("an older, regional encoding")
        raise UnreadableFile(
            _(
                "This CSV file is not UTF-8: line %(line)d cannot be read. It looks like %(found)s."
                " Save it again as “CSV UTF-8 (comma delimited)”, so that no name is garbled."
            )
            % {"line": problem, "found": found},
            code="encoding",
        )


def _delimiter_of(start: str, any_headings: bool) -> str:
    """The sign under which most headings are HTCDS names, or which divides the first line into most
    cells where any heading will do; a comma when none is better."""
    line = start.split("\n", 1)[0]
    best, most = ",", 0
    for delimiter in _DELIMITERS:
        try:
            cells = next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:
            continue
        count = len(cells) if any_headings else recognised(cells)
        if count > most:
            best, most = delimiter, count
    return best


def _broken(number: int, error: str) -> UnreadableFile:
    if "field limit" in error:
        return UnreadableFile(
            _("A cell in row %(row)d is far too long. Is a quotation mark missing there?")
            % {"row": number},
            code="damaged",
        )
    return UnreadableFile(
        _(
            "The quotation marks in row %(row)d do not match, so the rest cannot be told apart. "
            "Correct that row, or save the sheet again as CSV UTF-8."
        )
        % {"row": number},
        code="damaged",
    )
