"""The fresh PDF of black and white pages: written here, and the only kind that is ever kept.

It holds page images of one bit and nothing else: no text, no metadata, no fonts, no link to what
it was made from. Because we alone write it, a page can be taken out again without a PDF library.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

HEADER = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
_IMAGE = re.compile(
    rb"<</Type/XObject/Subtype/Image/Width (\d+)/Height (\d+)/ColorSpace/DeviceGray"
    rb"/BitsPerComponent 1/Filter/FlateDecode/Length (\d+)>>\nstream\n"
)
_PNG = b"\x89PNG\r\n\x1a\n"


class NotOurs(ValueError):
    """The bytes are no PDF that `write_pdf` made."""


@dataclass(frozen=True)
class BlackAndWhite:
    """A page: rows of bits, each row whole bytes, 1 for white; compressed with zlib.

    Attributes:
        dpi: dots an inch, which gives the size on paper.
    """

    width: int
    height: int
    packed: bytes
    dpi: int


def write_pdf(pages: Sequence[BlackAndWhite], footer: str = "") -> bytes:
    """A PDF of the pages.

    Args:
        footer: a line printed at the foot of every page (who took it out, when and for what);
            characters outside Latin-1 come out as question marks.
    """
    objects: list[bytes] = [b"<</Type/Catalog/Pages 2 0 R>>", b""]
    kids = []
    font = b""
    if footer:
        objects.append(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
        font = b"/Font<</F 3 0 R>>"
    for page in pages:
        number = len(objects) + 1
        kids.append(b"%d 0 R" % number)
        across, down = page.width * 72 / page.dpi, page.height * 72 / page.dpi
        drawn = b"q %.3f 0 0 %.3f 0 0 cm /I Do Q" % (across, down)
        if footer:
            drawn += b"\n1 g 0 0 %.3f 16 re f 0 g BT /F 8 Tf 14 5 Td (%s) Tj ET" % (
                across,
                _escaped(footer),
            )
        objects += [
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %.3f %.3f]/Contents %d 0 R"
            b"/Resources<</XObject<</I %d 0 R>>%s>>>>"
            % (across, down, number + 1, number + 2, font),
            b"<</Length %d>>\nstream\n%s\nendstream" % (len(drawn), drawn),
            b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray"
            b"/BitsPerComponent 1/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream"
            % (page.width, page.height, len(page.packed), page.packed),
        ]
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(pages), b" ".join(kids))
    return _with_table(objects)


def _escaped(text: str) -> bytes:
    line = text.encode("cp1252", "replace")
    return re.sub(rb"([\\()])", rb"\\\1", line.replace(b"\r", b" ").replace(b"\n", b" "))


def _with_table(objects: Sequence[bytes]) -> bytes:
    out = bytearray(HEADER)
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        table,
    )
    return bytes(out)


def read_pages(pdf: bytes) -> list[BlackAndWhite]:
    """The pages of a PDF that `write_pdf` made.

    Raises:
        NotOurs: it is another.
    """
    if not pdf.startswith(HEADER):
        raise NotOurs
    pages: list[BlackAndWhite] = []
    at = 0
    while (found := _IMAGE.search(pdf, at)) is not None:
        width, height, length = (int(part) for part in found.groups())
        packed = pdf[found.end() : found.end() + length]
        at = found.end() + length
        size = _size_of_page(pdf, len(pages))
        pages.append(BlackAndWhite(width, height, packed, round(width * 72 / size)))
    if not pages:
        raise NotOurs
    return pages


def _size_of_page(pdf: bytes, number: int) -> float:
    boxes = re.findall(rb"/MediaBox\[0 0 ([\d.]+) [\d.]+\]", pdf)
    if number >= len(boxes):
        raise NotOurs
    return float(boxes[number])


def page_as_png(page: BlackAndWhite) -> bytes:
    """The page as a picture a browser shows; made when it is looked at and kept nowhere."""
    row = (page.width + 7) // 8
    rows = zlib.decompress(page.packed)
    if len(rows) != row * page.height:
        raise NotOurs
    lines = b"".join(b"\x00" + rows[at : at + row] for at in range(0, len(rows), row))
    return b"".join(
        (
            _PNG,
            _chunk(
                b"IHDR",
                page.width.to_bytes(4, "big")
                + page.height.to_bytes(4, "big")
                + b"\x01\x00\x00\x00\x00",
            ),
            _chunk(b"IDAT", zlib.compress(lines, 6)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")
