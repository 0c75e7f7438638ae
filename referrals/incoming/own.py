"""An organisation's own spreadsheet: its columns mapped onto the standard's fields by people."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, BinaryIO, TextIO

from django.utils.translation import gettext as _

from referrals.htcds import CellError, Column, HtcdsRow, RejectsWriter, UnreadableFile, row_digest
from referrals.htcds.csvfile import CsvTable
from referrals.htcds.errors import BadCell
from referrals.htcds.fields import FIELDS, Kind
from referrals.htcds.header import REJECT_COLUMNS, Role, by_label, by_name, letter_of
from referrals.htcds.reader import MAX_ROWS, open_table
from referrals.htcds.rows import RowReader
from referrals.htcds.text import as_text, short
from referrals.htcds.workbook import WorkbookTable
from referrals.incoming.base import Incoming, Meaning, pieces
from referrals.incoming.htcds_meaning import meaning_of
from referrals.incoming.review import KeptAsText, canonical, set_aside, words_of

LEAVE_OUT = ""
# Beside the fields of HTCDS: the organisation's own number of a row.
OWN_NUMBER = "own_number"
DAY_FIRST, MONTH_FIRST = "day_first", "month_first"
NUMBER_LIMIT = 200
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")

OwnTable = CsvTable | WorkbookTable


@dataclass(frozen=True)
class ColumnMap:
    """Which column holds what, and how its dates are written.

    Attributes:
        targets: heading → a field of HTCDS, `OWN_NUMBER`, or `LEAVE_OUT`.
        date_order: `DAY_FIRST` or `MONTH_FIRST` for dates such as 03/04/2019; empty where such a
            date is to be a fault.
    """

    targets: Mapping[str, str]
    date_order: str = ""


@dataclass(slots=True)
class OwnRow(HtcdsRow):
    """A row read as a row of a case sheet.

    Attributes:
        own_number: the organisation's own number of it.
        kept: unknown codes, kept as text.
    """

    own_number: str = ""
    kept: list[KeptAsText] = field(default_factory=list)


def open_own_table(file: BinaryIO) -> OwnTable:
    """A table whatever its headings are.

    Raises:
        UnreadableFile: no table, no headings, one heading twice, no rows, too many rows.
    """
    _file, table = open_table(file, any_headings=True)
    headings = headings_of(table)
    if not any(headings):
        raise UnreadableFile(_("The first row of this sheet is empty."), code="columns")
    twice = {one for one in headings if one and headings.count(one) > 1}
    if twice:
        raise UnreadableFile(
            _("Two columns of this sheet have the same heading: %(columns)s. Rename one of each.")
            % {
                "columns": ", ".join(
                    letter_of(place) for place, one in enumerate(headings) if one in twice
                )
            },
            code="columns",
        )
    if table.filled <= 1:
        raise UnreadableFile(_("This sheet has no filled rows below its headings."), code="empty")
    if table.filled - 1 > MAX_ROWS:
        raise UnreadableFile(
            _("This file has more than %(limit)s rows. Split it into several files.")
            % {"limit": f"{MAX_ROWS:,}"},
            code="too_many_rows",
        )
    return table


def headings_of(table: OwnTable) -> list[str]:
    """The headings, in order; empty for a column without one."""
    return [" ".join(str(text or "").split()) for text in table.first]


def suggested(headings: Sequence[str]) -> dict[str, str]:
    """Heading → field, where the heading is a name or a label of the standard; each field once."""
    found: dict[str, str] = {}
    for heading in headings:
        if not heading or heading in REJECT_COLUMNS:
            continue
        labels = by_label(heading)
        name = by_name(heading) or (next(iter(labels)) if len(labels) == 1 else "")
        if name and name not in found.values():
            found[heading] = name
    return found


def check_map(headings: Sequence[str], chosen: ColumnMap) -> None:
    """Whether a map fits a sheet.

    Raises:
        UnreadableFile: it names what is no field, one field twice, no field at all, or headings
            that the sheet does not have.
    """
    targets = [target for target in chosen.targets.values() if target != LEAVE_OUT]
    unknown = [one for one in targets if one not in FIELDS and one != OWN_NUMBER]
    if unknown or chosen.date_order not in ("", DAY_FIRST, MONTH_FIRST):
        raise UnreadableFile(_("Choose a field of the list for each column."), code="columns")
    if not any(one in FIELDS for one in targets):
        raise UnreadableFile(
            _("Say of at least one column what it holds; nothing would be imported."),
            code="columns",
        )
    twice = sorted({one for one in targets if targets.count(one) > 1})
    if twice:
        raise UnreadableFile(
            _("Two columns cannot both be: %(fields)s. Leave one of each out.")
            % {"fields": ", ".join(FIELDS[one].label if one in FIELDS else one for one in twice)},
            code="columns",
        )
    used = {heading for heading, target in chosen.targets.items() if target != LEAVE_OUT}
    if missing := sorted(used - set(headings)):
        raise UnreadableFile(
            _("This sheet has no column with these headings: %(columns)s. Map its columns anew.")
            % {"columns": ", ".join(missing[:20])},
            code="columns",
        )


class IncomingOwn(Incoming):
    """Rows of an organisation's own sheet."""

    number_kind = "own"

    def __init__(
        self, file: BinaryIO, table: OwnTable, chosen: ColumnMap | None, *, today: date
    ) -> None:
        """
        Args:
            chosen: what its columns hold; None while that is to be chosen, and nothing is read.

        Raises:
            UnreadableFile: the map does not fit the sheet.
        """
        headings = headings_of(table)
        if chosen is None:
            chosen = ColumnMap({})
        else:
            check_map(headings, chosen)
        self._file, self._table = file, table
        self.kind = table.kind
        self.filled = table.filled - 1
        self._columns = tuple(
            _column(place, heading, chosen.targets.get(heading, LEAVE_OUT))
            for place, heading in enumerate(headings)
        )
        self._number_at = next(
            (at for at, one in enumerate(headings) if chosen.targets.get(one) == OWN_NUMBER), None
        )
        self._dates = (
            [
                one.index
                for one in self._columns
                if one.field is not None and one.field.kind is Kind.DATE
            ]
            if chosen.date_order
            else []
        )
        self._day_first = chosen.date_order == DAY_FIRST
        self._reader = RowReader(self._columns, today=today, exact_width=False)
        self.left_out = tuple(
            f"{one.heading or _('no heading')} ({one.letter})"
            for one in self._columns
            if one.field is None and one.index != self._number_at
        )
        if isinstance(table, WorkbookTable):
            self.left_out += tuple(
                _("the whole sheet “%(name)s”") % {"name": name[:40]} for name in table.other_sheets
            )

    def entries(self) -> Iterator[OwnRow]:
        for number, cells in self._table.rows():
            if number == 1:
                continue
            read = self._reader.read(number, self._with_dates(cells))
            if read is not None:
                yield self._own_row(read, number)

    def digest(self, entry: OwnRow, key: bytes) -> bytes:
        said = row_digest(entry, key)
        if not entry.kept and not entry.own_number:
            return said
        more = canonical(entry.kept) + b"\x00" + entry.own_number.encode()
        return hmac.digest(key, said + more, hashlib.sha256)

    def reference(self, entry: OwnRow) -> str:
        return entry.own_number

    def reviews(self, entry: OwnRow) -> Sequence[KeptAsText]:
        return entry.kept

    def meaning(self, entry: OwnRow, *, today: date) -> Meaning:
        means = meaning_of(entry, today=today)
        words = "\n".join(part for part in (means.summary, words_of(entry.kept)) if part)
        return replace(means, summary=words, source_reference=entry.own_number)

    def rejects(self, file: TextIO) -> RejectsWriter:
        return RejectsWriter(file, self._columns, as_headed=True)

    def content(self) -> Iterator[bytes]:
        return pieces(self._file)

    def _with_dates(self, cells: Sequence[Any]) -> Sequence[Any]:
        if not self._dates:
            return cells
        changed = list(cells)
        for place in self._dates:
            if place < len(changed) and isinstance(changed[place], str):
                changed[place] = self._dated(changed[place])
        return changed

    def _dated(self, text: str) -> str:
        """03/04/2019 by the order that was chosen, year first; anything else as it stands."""
        found = _YEAR_LAST.fullmatch(text.strip())
        if found is None:
            return text
        first, second = int(found[1]), int(found[3])
        day, month = (first, second) if self._day_first else (second, first)
        return f"{found[4]}-{month:02d}-{day:02d}"

    def _own_row(self, read: HtcdsRow, number: int) -> OwnRow:
        row = OwnRow(number, read.values, list(read.errors), read.cells)
        for place in self._table.lost_formulas(number):
            if place < len(self._columns) and (known := self._columns[place].field):
                row.errors.append(
                    CellError(
                        number,
                        letter_of(place),
                        known.name,
                        _("A formula stands here without its result. Replace it by its value."),
                    )
                )
        row.kept = set_aside(row, self._columns)
        if self._number_at is not None and self._number_at < len(row.cells):
            try:
                row.own_number = short(as_text(row.cells[self._number_at]), NUMBER_LIMIT)
            except BadCell as bad:
                where = letter_of(self._number_at)
                row.errors.append(CellError(number, where, "", bad.message))
        if not (row.values or row.kept or row.errors):
            message = _("Nothing stands in the columns of this row that are imported.")
            row.errors.append(CellError(number, "", "", message))
        return row


def _column(place: int, heading: str, target: str) -> Column:
    letter = letter_of(place)
    if target in FIELDS:
        return Column(place, letter, heading, Role.FIELD, FIELDS[target])
    return Column(place, letter, heading, Role.IGNORED)


def map_of(told: Mapping[str, Any]) -> ColumnMap | None:
    """A map as it is kept in JSON; None where none was chosen."""
    kept = told.get("map")
    if not isinstance(kept, dict):
        return None
    return ColumnMap(dict(kept.get("targets", {})), str(kept.get("date_order", "")))


def as_kept(chosen: ColumnMap) -> dict[str, Any]:
    """A map as JSON."""
    return {"targets": dict(chosen.targets), "date_order": chosen.date_order}
