"""Submissions of the official HTCDS survey form, as ODK and KoBo keep them: one XML a submission.

Elements bear the names of the standard, in the form's own spellings; groups are passed through.
A select-multiple divides its codes by blanks, as the survey tools' tables do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TextIO

from django.utils.translation import gettext as _
from lxml import etree

from referrals.htcds import CellError, Column, HtcdsRow, RejectsWriter, row_digest
from referrals.htcds.fields import FIELDS
from referrals.htcds.header import BOOKKEEPING, Role, by_name
from referrals.htcds.rows import RowReader
from referrals.incoming.base import Document, Incoming, Meaning, pieces
from referrals.incoming.htcds_meaning import meaning_of
from referrals.safe_xml import BadXml, parse_xml

MAX_BYTES = 1 << 20
# What a survey tool adds around the answers.
_ABOUT_THE_FORM = BOOKKEEPING | {"uuid", "deprecatedid", "username", "phonenumber", "audit"}
_INSTANCE = re.compile(r"(?:uuid:)?([0-9A-Za-z-]{8,64})")
# All fields in one order, so that rejects of different forms make one table.
_COLUMNS = tuple(
    Column(index, "", one.name, Role.FIELD, one) for index, one in enumerate(FIELDS.values())
)
_PLACES = {column.heading: column.index for column in _COLUMNS}


@dataclass(slots=True)
class Submission(HtcdsRow):
    """One submission, read as a row of a case sheet.

    Attributes:
        name: of its document.
        instance: the id that the survey tool gave it; empty where it has none.
    """

    name: str = ""
    instance: str = ""


class IncomingSubmissions(Incoming):
    """Submissions of the official form."""

    kind = "xml"
    number_kind = "odk"

    def __init__(
        self, documents: Sequence[Document], *, today: date, ignore_unknown: bool = False
    ) -> None:
        """
        Args:
            documents: a submission each.
            today: dates after it are faults.
            ignore_unknown: leave out questions that HTCDS does not have.
        """
        self._documents = documents
        self._ignore_unknown = ignore_unknown
        self._reader = RowReader(_COLUMNS, today=today, exact_width=False)
        self.filled = len(documents)

    def entries(self) -> Iterator[Submission]:
        for document in self._documents:
            document.file.seek(0)
            yield self._read(document, document.file.read(MAX_BYTES + 1))

    def digest(self, entry: Submission, key: bytes) -> bytes:
        return row_digest(entry, key)

    def reference(self, entry: Submission) -> str:
        return entry.instance

    def meaning(self, entry: Submission, *, today: date) -> Meaning:
        return meaning_of(entry, today=today)

    def rejects(self, file: TextIO) -> RejectsWriter:
        return RejectsWriter(file, _COLUMNS)

    def content(self) -> Iterator[bytes]:
        for document in self._documents:
            yield from pieces(document.file)

    def _read(self, document: Document, data: bytes) -> Submission:
        number = document.number
        try:
            if len(data) > MAX_BYTES:
                raise BadXml(0)
            root = parse_xml(data)
        except BadXml as bad:
            where = _("line %(line)d") % {"line": bad.line} if bad.line else ""
            message = (
                _("This file defines its own document type or entities. It was not read.")
                if bad.own_document_type
                else _("This is no well-formed submission of at most 1 MB.")
            )
            return self._refused(document, CellError(number, where, "", message))
        return self._row(document, root)

    def _row(self, document: Document, root: etree._Element) -> Submission:
        number = document.number
        cells: list[object] = [""] * len(_COLUMNS)
        faults: list[CellError] = []
        unknown: list[str] = []
        seen: set[str] = set()
        instance = ""
        for element in root.iter():
            name = etree.QName(element).localname
            if len(element) or element is root:
                continue
            text = (element.text or "").strip()
            where = _("line %(line)d") % {"line": element.sourceline or 0}
            if name.casefold() == "instanceid":
                found = _INSTANCE.fullmatch(text)
                instance = found[1].casefold() if found else ""
                continue
            known = by_name(name)
            if known is None:
                if text and name.casefold() not in _ABOUT_THE_FORM:
                    unknown.append(where)
                continue
            if known in seen:
                message = _("This question is answered twice. One submission is one person.")
                faults.append(CellError(number, where, known, message))
            seen.add(known)
            cells[_PLACES[known]] = text
        if not seen:
            message = _("This is no submission of the HTCDS form: no question of it is in there.")
            return self._refused(document, CellError(number, "", "", message))
        if unknown and not self._ignore_unknown:
            message = _(
                "HTCDS has no such question. Rename it to an HTCDS name, or import again and "
                "choose to leave unknown ones out."
            )
            faults += [CellError(number, where, "", message) for where in unknown]
        row = self._reader.read(number, cells)
        if row is None:
            message = _("Nothing is answered in this submission.")
            return self._refused(document, CellError(number, "", "", message))
        return Submission(
            number,
            row.values,
            [*row.errors, *faults],
            cells,
            name=document.name,
            instance=instance,
        )

    def _refused(self, document: Document, fault: CellError) -> Submission:
        return Submission(document.number, {}, [fault], (), name=document.name)
