"""What a PDF is made of: every part must be one of those that papers have. Runs locked in.

A list of what is forbidden leaks, so it is the other way round: streams by the place they hang in,
actions and annotations by name. Whatever passes is drawn and rebuilt all the same; this is what
refuses a file that carries more than pages.
"""

from __future__ import annotations

import io
import re
import zlib
from typing import Any

import pikepdf

from cases.papers.limits import MEGABYTE, MOST_PAGES
from cases.papers.refusals import Refused, Why
from core.sniffing import ZIP, is_media, kind_of

MOST_OBJECTS = 20_000
MOST_INFLATED = 50 * MEGABYTE
MOST_PIXELS = 40 * MEGABYTE
MOST_IMAGE_BYTES = 64 * MEGABYTE

ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/AA", "/Launch", "/SubmitForm", "/ImportData"})
EMBEDDED_KEYS = frozenset(
    {
        "/EmbeddedFiles",
        "/EmbeddedFile",
        "/EF",
        "/AF",
        "/Collection",
        "/RichMediaContent",
        "/RichMediaSettings",
        "/Movie",
        "/Sound",
        "/3DD",
        "/3DV",
        "/Thumb",
        "/Alternates",
        "/OPI",
        "/Ref",
        "/PieceInfo",
    }
)
ACTIONS = frozenset({"/GoTo", "/URI", "/Named"})
ANNOTATIONS = frozenset(
    {
        *("/Link", "/Text", "/FreeText", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine"),
        *("/Highlight", "/Underline", "/Squiggly", "/StrikeOut", "/Stamp", "/Caret", "/Ink"),
        *("/Popup", "/Widget"),
    }
)
# A stream hangs directly under one of these keys …
UNDER = frozenset(
    {
        *("/Contents", "/FontFile", "/FontFile2", "/FontFile3", "/ToUnicode", "/Encoding"),
        *("/CIDToGIDMap", "/CIDSet", "/Metadata", "/SMask", "/Mask", "/G", "/N", "/D", "/R"),
        *("/ColorSpace", "/CS", "/Function", "/Functions", "/Shading", "/JBIG2Globals", "/TR"),
        *("/TR2", "/BG", "/BG2", "/UCR", "/UCR2", "/HT", "/DestOutputProfile"),
    }
)
# … or by a name of its own in a dictionary under one of these.
WITHIN = frozenset(
    {"/XObject", "/Pattern", "/Shading", "/CharProcs", "/ColorSpace", "/N", "/D", "/R", "/DR"}
)
FILTERS = frozenset(
    {
        *("/FlateDecode", "/LZWDecode", "/ASCII85Decode", "/ASCIIHexDecode", "/RunLengthDecode"),
        *("/DCTDecode", "/CCITTFaxDecode", "/JBIG2Decode", "/JPXDecode"),
    }
)
_BETWEEN = re.compile(
    rb"\d+\s+\d+\s+obj\b.*?\bendobj\b|xref\s[\s\dfn]*|trailer\s*<<.*?>>\s*(?=startxref)"
    rb"|startxref\s+\d+\s*|%%EOF|%[ -~]{0,80}(?=[\r\n])|\s+",
    re.DOTALL,
)
_HEADER = re.compile(
    rb"%PDF-[12]\.\d[ \t]*(?:\r\n|\r|\n)(?:%(?:[^\r\n]{0,16}|[ -~]{0,80})(?:\r\n|\r|\n))*"
)


def check_pdf(pdf: bytes) -> int:
    """The number of pages of a PDF that is made of pages alone.

    Raises:
        Refused: damaged, encrypted, two files in one, with scripts, attachments, forms of the
            other kind, recordings, stray parts, or more than 20 pages.
    """
    check_outside(pdf)
    try:
        document = pikepdf.open(io.BytesIO(pdf), attempt_recovery=False, suppress_warnings=True)
    except pikepdf.PasswordError:
        raise Refused(Why.ENCRYPTED) from None
    except (pikepdf.PdfError, ValueError, RuntimeError):
        raise Refused(Why.ENCRYPTED if b"/Encrypt" in pdf else Why.DAMAGED) from None
    with document:
        if document.is_encrypted:
            raise Refused(Why.ENCRYPTED)
        try:
            count = len(document.pages)
            if count > MOST_PAGES:
                raise Refused(Why.TOO_MANY_PAGES)
            if count == 0:
                raise Refused(Why.DAMAGED)
            _Walk(document).check()
        except (pikepdf.PdfError, ValueError, TypeError, KeyError, RuntimeError, RecursionError):
            raise Refused(Why.DAMAGED) from None
    return count


def check_outside(pdf: bytes) -> None:
    """Nothing stands before the PDF, after it, or between its parts.

    Raises:
        Refused: something does: two files in one.
    """
    header = _HEADER.match(pdf)
    if header is None:
        raise Refused(Why.TWO_IN_ONE)
    at = header.end()
    end = len(pdf.rstrip(b"\x00 \t\r\n\f"))
    if not pdf[:end].endswith(b"%%EOF") or len(pdf) - end > 64:
        raise Refused(Why.TWO_IN_ONE)
    while at < end:
        part = _BETWEEN.match(pdf, at)
        if part is None or part.end() == at:
            raise Refused(Why.TWO_IN_ONE)
        at = part.end()
    # An archive is read from its end, wherever it begins.
    last = pdf.rfind(b"PK\x05\x06")
    if last >= 0 and len(pdf) - last >= 22:
        comment = int.from_bytes(pdf[last + 20 : last + 22], "little")
        if last + 22 + comment == len(pdf):
            raise Refused(Why.TWO_IN_ONE)


class _Walk:
    """One walk over everything that hangs on the document."""

    def __init__(self, document: pikepdf.Pdf) -> None:
        self.document = document
        self.seen: set[tuple[int, int]] = set()
        self.inflated = 0
        self.parts = 0

    def check(self) -> None:
        if len(self.document.objects) > MOST_OBJECTS:
            raise Refused(Why.BOMB)
        trailer = self.document.trailer
        for key in ("/Root", "/Info"):
            if key in trailer:
                self._visit(trailer[key], key, "", 0)
        for item in self.document.objects:
            if (
                isinstance(item, pikepdf.Stream)
                and item.objgen not in self.seen
                and str(item.get("/Type", "")) not in ("/XRef", "/ObjStm")
            ):
                raise Refused(Why.EMBEDDED)

    def _visit(self, item: Any, key: str, above: str, depth: int) -> None:
        if not isinstance(item, pikepdf.Object) or depth > 200:
            return
        if item.is_indirect:
            if item.objgen in self.seen:
                return
            self.seen.add(item.objgen)
        self.parts += 1
        if self.parts > MOST_OBJECTS * 40:
            raise Refused(Why.BOMB)
        if isinstance(item, pikepdf.Stream):
            self._check_stream(item, key, above)
        if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            self._check_keys(item, key)
            for name in list(item.keys()):
                if name not in ("/Parent", "/P", "/Length"):
                    self._visit(item[name], name, key, depth + 1)
        elif isinstance(item, pikepdf.Array):
            for part in item:
                self._visit(part, key, above, depth + 1)

    def _check_keys(self, item: Any, key: str) -> None:
        keys = set(item.keys())
        if keys & ACTIVE_KEYS:
            raise Refused(Why.ACTIVE)
        if keys & EMBEDDED_KEYS:
            raise Refused(Why.EMBEDDED)
        if "/XFA" in keys:
            raise Refused(Why.FORM)
        if "/UserUnit" in keys:
            raise Refused(Why.PAGE_SIZE)
        kind, subtype = str(item.get("/Type", "")), str(item.get("/Subtype", ""))
        if kind == "/Filespec" or ("/F" in keys and kind in ("", "/F") and "/UF" in keys):
            raise Refused(Why.EMBEDDED)
        if (kind == "/Annot" or key == "/Annots") and subtype not in ANNOTATIONS:
            raise Refused(Why.EMBEDDED)
        acts = "/S" in keys and (kind == "/Action" or key in ("/A", "/OpenAction", "/Next"))
        if acts and str(item["/S"]) not in ACTIONS:
            raise Refused(Why.ACTIVE)

    def _check_stream(self, item: Any, key: str, above: str) -> None:
        if key not in UNDER and above not in WITHIN:
            raise Refused(Why.EMBEDDED)
        # A stream that lies in another file, or says what no page needs.
        if "/F" in item or "/FFilter" in item:
            raise Refused(Why.EMBEDDED)
        filters = item.get("/Filter", [])
        names = (
            [str(name) for name in filters]
            if isinstance(filters, pikepdf.Array)
            else [str(filters)]
            if isinstance(filters, pikepdf.Name)
            else []
        )
        if len(names) > 2 or not set(names) <= FILTERS or len(set(names)) < len(names):
            raise Refused(Why.BOMB)
        subtype = str(item.get("/Subtype", ""))
        if subtype == "/Image":
            self._check_image(item)
            return
        if subtype not in (
            *("", "/Form", "/XML", "/Type1", "/Type1C", "/CIDFontType0C", "/OpenType", "/PS"),
        ):
            raise Refused(Why.EMBEDDED)
        if {"/DCTDecode", "/JPXDecode", "/JBIG2Decode", "/CCITTFaxDecode"} & set(names):
            raise Refused(Why.EMBEDDED)
        head = self._inflated(bytes(item.read_raw_bytes()), names)
        font = key.startswith("/FontFile")
        if (is_media(head) and not font) or kind_of(head) == ZIP:
            raise Refused(Why.EMBEDDED)

    def _check_image(self, item: Any) -> None:
        width, height = int(item.get("/Width", 0)), int(item.get("/Height", 0))
        bits = int(item.get("/BitsPerComponent", 8))
        space = str(item.get("/ColorSpace", ""))
        colours = 1 if space == "/DeviceGray" or item.get("/ImageMask", False) else 4
        if width <= 0 or height <= 0:
            raise Refused(Why.DAMAGED)
        if width * height > MOST_PIXELS or width * height * bits * colours // 8 > (
            MOST_IMAGE_BYTES * (2 if colours == 4 else 1)
        ):
            raise Refused(Why.BOMB)

    def _inflated(self, raw: bytes, names: list[str]) -> bytes:
        """The beginning of what a stream holds; what all of them inflate to is limited."""
        if names != ["/FlateDecode"]:
            self.inflated += len(raw)
            if "/FlateDecode" in names or "/LZWDecode" in names:
                # Packed twice: no producer of papers does that to text and fonts.
                if len(names) > 1 and names[0] not in ("/ASCII85Decode", "/ASCIIHexDecode"):
                    raise Refused(Why.BOMB)
                if len(raw) > 2 * MEGABYTE:
                    raise Refused(Why.BOMB)
            return raw[:1024] if not names else b""
        inflater = zlib.decompressobj()
        head, rest = b"", raw
        try:
            while rest:
                part = inflater.decompress(rest, MEGABYTE)
                head = head or part[:1024]
                self.inflated += len(part)
                if self.inflated > MOST_INFLATED:
                    raise Refused(Why.BOMB)
                rest = inflater.unconsumed_tail
                if not part and rest:
                    break
        except zlib.error:
            # A stream cut at its end is drawn as far as it goes.
            pass
        return head
