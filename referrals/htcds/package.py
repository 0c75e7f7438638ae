"""What may be inside a workbook file before any of it is opened.

An XLSX file is a ZIP archive of XML parts. Looked at here: that it is whole, not locked, not a
bomb, and that it carries no picture, recording or embedded file (R-U2). XML parts with a document
type, the door to entity attacks, are refused: openpyxl reads sheets and strings with a parser that
does not refuse them, defusedxml installed or not.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, BinaryIO, NoReturn, Protocol
from xml.parsers import expat

from django.utils.translation import gettext as _

from core.sniffing import is_media
from referrals.htcds.errors import UnreadableFile

MAX_PARTS = 2_000
MAX_UNPACKED = 400 << 20
MAX_SHARED_STRINGS = 48 << 20
MAX_OTHER_PART = 16 << 20

_CHUNK = 1 << 16
_MEDIA_FOLDERS = ("xl/media/", "xl/embeddings/", "xl/activex/", "xl/webextensions/")
_PICTURES = (
    ".png .jpg .jpeg .gif .bmp .dib .tif .tiff .webp .heic .avif .emf .wmf .emz .wmz .svg .ico"
)
_RECORDINGS = ".mp3 .m4a .wav .wma .ogg .mp4 .m4v .mov .avi .wmv .mkv .webm"
_FILES = ".pdf .zip .7z .rar .ole"
_MEDIA_ENDINGS = tuple(f"{_PICTURES} {_RECORDINGS} {_FILES}".split(" "))
# Not XML, never opened by us, part of ordinary sheets (the official one carries a macro).
_LEFT_CLOSED = (
    "vbaproject.bin",
    "vbaprojectsignature.bin",
    "xl/printersettings/",
    "customproperty",
)


def check_package(file: BinaryIO) -> None:
    """Raise UnreadableFile unless `file` is a whole, open and harmless workbook archive."""
    with _damage(), zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        _require_workbook({part.filename for part in parts})
        _require_sane(parts)
        for part in parts:
            _check_part(archive, part)


class Visitor(Protocol):
    """What a walk through an XML part tells; element names come as `namespace name`."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


def scan(archive: zipfile.ZipFile, name: str, visitor: Visitor) -> None:
    """Walk the XML part `name`."""
    with _damage(), archive.open(name) as stream:
        _walk(stream, visitor)


def damaged() -> UnreadableFile:
    """The error of a workbook that is cut short or altered."""
    return UnreadableFile(
        _(
            "This workbook is damaged or was cut short on its way. Open it in your spreadsheet, "
            "save it again as “Excel workbook (.xlsx)” and choose that file."
        ),
        code="damaged",
    )


@contextmanager
def _damage() -> Iterator[None]:
    try:
        yield
    except (
        zipfile.BadZipFile,
        zlib.error,
        expat.ExpatError,
        EOFError,
        OSError,
        NotImplementedError,  # a compression no spreadsheet uses
        RuntimeError,  # an encrypted part
        UnicodeDecodeError,
        ValueError,
    ) as error:
        raise damaged() from error


def _require_workbook(names: set[str]) -> None:
    if "mimetype" in names:
        raise UnreadableFile(
            _("This is an OpenDocument file. Save it as “Excel workbook (.xlsx)” or as CSV UTF-8."),
            code="not_a_sheet",
        )
    if "xl/workbook.bin" in names:
        raise UnreadableFile(
            _("This is a binary workbook (.xlsb). Save it as “Excel workbook (.xlsx)”."),
            code="not_a_sheet",
        )
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise UnreadableFile(
            _("This file is an archive or another kind of document, not a case sheet."),
            code="not_a_sheet",
        )


def _require_sane(parts: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED:
        raise UnreadableFile(
            _(
                "Unpacked, this workbook is far larger than a case sheet. Copy the rows into a "
                "fresh sheet, or split it into several files."
            ),
            code="too_large",
        )
    for part in parts:
        if part.flag_bits & 0x1:
            raise locked()
        name = part.filename.lower()
        if name.startswith("xl/worksheets/"):
            continue
        limit = MAX_SHARED_STRINGS if name.endswith("sharedstrings.xml") else MAX_OTHER_PART
        if part.file_size > limit:
            raise UnreadableFile(
                _(
                    "A part of this workbook is far larger than a case sheet needs. Copy the rows "
                    "into a fresh sheet, or save it as CSV UTF-8."
                ),
                code="too_large",
            )


def locked() -> UnreadableFile:
    """The error of a workbook that opens with a password only."""
    return UnreadableFile(
        _(
            "This workbook is protected with a password. Open it, remove the password under "
            "“Protect workbook”, save it and choose it again."
        ),
        code="password",
    )


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    name = part.filename.lower()
    if part.is_dir():
        return
    if name.startswith(_MEDIA_FOLDERS) or name.endswith(_MEDIA_ENDINGS):
        raise picture_inside()
    with archive.open(part) as stream:
        head = stream.read(64)
    if is_media(head):
        raise picture_inside()
    if any(mark in name for mark in _LEFT_CLOSED):
        return
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and head:
        raise picture_inside()
    if name.endswith((".xml", ".rels")):
        with archive.open(part) as stream:
            _walk(stream, None)


def picture_inside() -> UnreadableFile:
    """The error of a workbook with something in it that is not a table."""
    return UnreadableFile(
        _(
            "This workbook holds a picture, a recording or an embedded file. None of it was read "
            "or kept. Liwanag takes tables only: remove it from the sheet. If it may show a child "
            "being abused, do not copy or forward the file: keep it and call the police desk your "
            "agency works with."
        ),
        code="picture",
    )


def _walk(stream: IO[bytes], visitor: Visitor | None) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse_doctype
    if visitor is not None:
        parser.buffer_text = True
        parser.StartElementHandler = visitor.start
        parser.EndElementHandler = visitor.end
        parser.CharacterDataHandler = visitor.text
    while chunk := stream.read(_CHUNK):
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _refuse_doctype(*_ignored: Any) -> NoReturn:
    raise UnreadableFile(
        _(
            "This workbook defines its own document type, which no spreadsheet does. It was not "
            "opened. Copy the rows into a fresh sheet."
        ),
        code="damaged",
    )
