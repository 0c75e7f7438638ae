"""Opens a case sheet, whatever its format, and gives its rows out one at a time."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from django.utils.translation import gettext as _

from core import sniffing
from core.sniffing import HEAD, TEXT, ZIP, kind_of
from referrals.htcds.csvfile import CsvTable
from referrals.htcds.errors import CellError, UnreadableFile
from referrals.htcds.header import AddressColumns, Column, Role, letter_of, read_header
from referrals.htcds.package import locked
from referrals.htcds.rows import HtcdsRow, RowReader
from referrals.htcds.workbook import WorkbookTable

MAX_BYTES = 20 << 20
MAX_ROWS = 200_000
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class CaseSheet:
    """A case sheet that can be read.

    Attributes:
        file: the open file, able to seek.
        kind: `xlsx` or `csv`.
        columns: what each column holds.
        left_out: columns that are not kept: a survey tool's own, and unknown ones left out by wish.
        filled: how many rows hold something (rows that hold a row number only are not counted).
    """

    def __init__(
        self,
        file: BinaryIO,
        table: CsvTable | WorkbookTable,
        *,
        today: date,
        ignore_unknown: bool,
        address_columns: AddressColumns | None,
    ) -> None:
        header = read_header(
            table.first,
            table.second,
            ignore_unknown=ignore_unknown,
            address_columns=address_columns,
        )
        self.file = file
        self.kind = table.kind
        self.columns: tuple[Column, ...] = header.columns
        self.left_out = tuple(
            column for column in header.columns if column.role in (Role.BOOKKEEPING, Role.IGNORED)
        )
        numbered = any(column.role is Role.ROW_NUMBER for column in header.columns)
        filled = table.filled_beyond_first if numbered else table.filled
        self.filled = max(0, filled - header.rows)
        self._table = table
        self._header_rows = header.rows
        self._reader = RowReader(
            header.columns, today=today, exact_width=isinstance(table, CsvTable)
        )
        if not self.filled:
            raise UnreadableFile(
                _("This case sheet has no filled rows below its headings."), code="empty"
            )
        if self.filled > MAX_ROWS:
            raise UnreadableFile(
                _("This file has more than %(limit)s rows. Split it into several files.")
                % {"limit": f"{MAX_ROWS:,}"},
                code="too_many_rows",
            )

    def rows(self) -> Iterator[HtcdsRow]:
        """The filled rows in order. May be called again: it starts over."""
        for number, cells in self._table.rows():
            if number <= self._header_rows:
                continue
            row = self._reader.read(number, cells)
            for index in self._table.lost_formulas(number):
                if index < len(self.columns) and (field := self.columns[index].field):
                    row = row or HtcdsRow(number, {}, cells=cells)
                    row.errors.append(_lost_formula(number, index, field.name))
            if row is not None:
                yield row


def open_case_sheet(
    file: BinaryIO,
    *,
    today: date,
    ignore_unknown: bool = False,
    address_columns: AddressColumns | None = None,
) -> CaseSheet:
    """Check `file` as a whole and make it ready to be read.

    The format is told by content: XLSX, XLSM and UTF-8 CSV are taken. `file` must stay open while
    rows are read; nothing of it is written anywhere.

    Args:
        file: a binary file; read in whole only when it cannot seek, and then at most 20 MB.
        today: dates after it are faults.
        ignore_unknown: leave out columns HTCDS does not have.
        address_columns: for official sheets whose labels are gone, see `header.AddressColumns`.

    Raises:
        UnreadableFile: with a message that says what to do.
    """
    file, table = open_table(file)
    return CaseSheet(
        file, table, today=today, ignore_unknown=ignore_unknown, address_columns=address_columns
    )


def open_table(
    file: BinaryIO, *, any_headings: bool = False
) -> tuple[BinaryIO, CsvTable | WorkbookTable]:
    """The file, able to seek, and the table in it.

    Args:
        any_headings: of an organisation's own sheet, whose headings HTCDS does not know.

    Raises:
        UnreadableFile: it is no table, or too large.
    """
    file = _measured(file)
    head = file.read(HEAD)
    file.seek(0)
    kind = kind_of(head)
    if kind == ZIP and head.startswith(b"PK"):
        return file, WorkbookTable(file, any_headings=any_headings)
    if kind == TEXT and not head.startswith(_UTF16) and not _is_markup(head):
        return file, CsvTable(file, any_headings=any_headings)
    raise _refusal(file, kind, head)


def _measured(file: BinaryIO) -> BinaryIO:
    """`file`, able to seek, after its size was checked."""
    if not file.seekable():
        content = file.read(MAX_BYTES + 1)
        size, file = len(content), io.BytesIO(content)
    else:
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
    if size > MAX_BYTES:
        raise UnreadableFile(
            _("This file is larger than %(limit)d MB. Split it into several files.")
            % {"limit": MAX_BYTES >> 20},
            code="too_large",
        )
    return file


def _is_markup(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"{"))


def _refusal(file: BinaryIO, kind: str, head: bytes) -> UnreadableFile:
    match kind:
        case sniffing.EMPTY:
            return UnreadableFile(_("This file is empty."), code="empty")
        case sniffing.OFFICE:
            if _ENCRYPTED in file.read(MAX_BYTES):
                return locked()
            return UnreadableFile(
                _("This is an old Office file (.xls, .doc). Save it as “Excel workbook (.xlsx)”."),
                code="not_a_sheet",
            )
        case sniffing.PICTURE | sniffing.RECORDING:
            return UnreadableFile(
                _(
                    "This is a picture, a video or a recording. It was not kept. If it may show a "
                    "child being abused, do not copy or forward it: keep it and call the police "
                    "desk your agency works with."
                ),
                code="picture",
            )
        case sniffing.TEXT if head.startswith(_UTF16):
            return UnreadableFile(
                _("This text file is UTF-16. Save it as “CSV UTF-8 (comma delimited)”."),
                code="encoding",
            )
        case sniffing.TEXT:
            return UnreadableFile(
                _("This is an XML, HTML or JSON file. Export the cases as XLSX or as CSV UTF-8."),
                code="not_a_sheet",
            )
        case _:
            return UnreadableFile(
                _("This is not a case sheet. Choose an XLSX workbook or a CSV file in UTF-8."),
                code="not_a_sheet",
            )


def _lost_formula(number: int, index: int, name: str) -> CellError:
    return CellError(
        number,
        letter_of(index),
        name,
        _("A formula stands here without its result. Replace it by its value."),
    )
