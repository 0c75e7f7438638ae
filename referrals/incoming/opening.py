"""From a format and documents to what can be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from django.utils.translation import gettext as _

from core.errors import DomainError
from core.sniffing import HEAD, TEXT, is_media, kind_of
from referrals.choices import ImportFormat
from referrals.htcds import AddressColumns, UnreadableFile, open_case_sheet
from referrals.incoming.base import Document, Incoming
from referrals.incoming.own import ColumnMap, IncomingOwn, open_own_table
from referrals.incoming.sheets import IncomingSheet
from referrals.incoming.submissions import IncomingSubmissions
from referrals.incoming.tips import IncomingTips, ReducedTips

MOST_DOCUMENTS = 10_000


@dataclass(frozen=True)
class Options:
    """How a file is read, where it does not say so itself.

    Attributes:
        ignore_unknown: leave out columns that HTCDS does not have.
        address_columns: `names` or `labels`, for an official sheet without its labels.
        report_number: of a single CyberTip.
        columns: of an organisation's own sheet; None while they are still to be chosen.
    """

    ignore_unknown: bool = False
    address_columns: str = ""
    report_number: str = ""
    columns: ColumnMap | None = None


def open_incoming(
    format: str, documents: Sequence[Document], *, options: Options, today: date
) -> Incoming:
    """Check files as a whole and make them ready to be read.

    Raises:
        DomainError: the format or an option is not known; `field` names it.
        UnreadableFile: a file cannot be taken; its words say what to do.
    """
    if format not in ImportFormat.values:
        raise DomainError(_("This format is not known."), field="format")
    if not documents:
        raise UnreadableFile(_("There is nothing to import."), code="empty")
    if format == ImportFormat.CYBERTIP:
        _require_markup(documents)
        return IncomingTips(documents, report_number=options.report_number)
    if format == ImportFormat.OWN:
        file = _only(documents)
        return IncomingOwn(file, open_own_table(file), options.columns, today=today)
    if format == ImportFormat.ODK and _is_markup(documents[0].file):
        _require_markup(documents)
        return IncomingSubmissions(documents, today=today, ignore_unknown=options.ignore_unknown)
    return IncomingSheet(
        open_case_sheet(
            _only(documents),
            today=today,
            ignore_unknown=options.ignore_unknown,
            address_columns=_address_columns(options.address_columns),
        )
    )


def open_waiting(
    format: str, documents: Sequence[Document], *, options: Options, today: date
) -> Incoming:
    """What `request_import` kept, opened for the job. Raises as `open_incoming`."""
    if format == ImportFormat.CYBERTIP:
        return ReducedTips(documents)
    return open_incoming(format, documents, options=options, today=today)


def _only(documents: Sequence[Document]) -> BinaryIO:
    if len(documents) > 1:
        raise UnreadableFile(_("Choose one sheet at a time."), code="columns")
    return documents[0].file


def _address_columns(given: str) -> AddressColumns | None:
    if not given:
        return None
    if given not in tuple(AddressColumns):
        raise DomainError(_("Say names or labels."), field="address_columns")
    return AddressColumns(given)


def _is_markup(file: BinaryIO) -> bool:
    file.seek(0)
    head = file.read(HEAD)
    file.seek(0)
    return head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0").startswith(b"<")


def _require_markup(documents: Sequence[Document]) -> None:
    """By what they hold: nothing that may be a picture or an archive is taken up at all (R-U1)."""
    if len(documents) > MOST_DOCUMENTS:
        raise UnreadableFile(
            _("These are more than %(most)s files. Import them in parts.")
            % {"most": f"{MOST_DOCUMENTS:,}"},
            code="too_many_rows",
        )
    for document in documents:
        document.file.seek(0)
        head = document.file.read(HEAD)
        document.file.seek(0)
        if is_media(head):
            raise UnreadableFile(
                _(
                    "This is a picture, a video or a recording. It was not kept. If it may show a "
                    "child being abused, do not copy or forward it: keep it and call the police "
                    "desk your agency works with."
                ),
                code="picture",
            )
        if kind_of(head) != TEXT or not _is_markup(document.file):
            raise UnreadableFile(
                _("This is not an XML file. Choose it as it was sent, ending in .xml."),
                code="not_xml",
            )
