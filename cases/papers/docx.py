"""The text of a DOCX, and nothing else of it. Strict about the archive and its XML. Runs locked in.

A DOCX is an archive of XML. Every member must be one that a plain letter has; a picture, a macro,
an object or anything unknown refuses the whole file.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from xml.parsers import expat

from cases.papers.limits import MEGABYTE, MOST_TEXT
from cases.papers.refusals import Refused, Why

MOST_MEMBERS = 60
MOST_MEMBER = 8 * MEGABYTE
MOST_UNPACKED = 20 * MEGABYTE
MOST_RATIO = 150
MOST_DEPTH = 120

MEMBERS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(core|app|custom)\.xml"
    r"|word/(document|styles|stylesWithEffects|settings|webSettings|fontTable|numbering|footnotes"
    r"|endnotes|comments|commentsExtended|commentsIds|commentsExtensible|people|header\d{0,2}"
    r"|footer\d{0,2})\.xml"
    r"|word/theme/theme\d\.xml|word/_rels/[A-Za-z0-9]{1,20}\.xml\.rels"
    r"|customXml/(item|itemProps)\d{1,2}\.xml|customXml/_rels/item\d{1,2}\.xml\.rels"
)
CONTENT_TYPES = re.compile(
    r"application/(vnd\.openxmlformats-package\.(relationships|core-properties)\+xml|xml"
    r"|vnd\.openxmlformats-officedocument\."
    r"(wordprocessingml\.[A-Za-z.]+|extended-properties|custom-properties|theme|customXmlProperties)"
    r"\+xml|vnd\.ms-word\.(stylesWithEffects|commentsExtended|commentsIds|commentsExtensible"
    r"|people)\+xml)|text/xml"
)
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
# Where pictures, objects, other files and commands come in.
PICTURES = frozenset({"drawing", "pict", "imagedata", "blip", "shape", "movie"})
OBJECTS = frozenset({"object", "OLEObject", "control", "altChunk", "subDoc", "dirty"})
# Fields that bring in something from outside or run something.
FIELDS = re.compile(r"\b(INCLUDE\w*|DDE\w*|IMPORT|LINK|EMBED|DATABASE|MACROBUTTON|RD)\b", re.I)
OUTSIDE_LINKS = ("hyperlink",)
BODY = "word/document.xml"


def text_of(docx: bytes) -> str:
    """The paragraphs of a DOCX, one a line, cells of a table parted by tabs.

    Raises:
        Refused: anything but a plain document.
    """
    members = _members(docx)
    if BODY not in members or "[Content_Types].xml" not in members:
        raise Refused(Why.ARCHIVE)
    reader = _Reader()
    for name, data in members.items():
        reader.read(name, data)
    text = "\n".join(line.rstrip() for line in reader.lines).strip()
    if not text:
        raise Refused(Why.EMPTY)
    return text


def _members(docx: bytes) -> dict[str, bytes]:
    """The archive's members, when it is nothing but their seamless row."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(docx))
        entries = sorted(archive.infolist(), key=lambda entry: entry.header_offset)
    except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError):
        raise Refused(Why.DAMAGED) from None
    if archive.comment or not 0 < len(entries) <= MOST_MEMBERS:
        raise Refused(Why.TWO_IN_ONE)
    names = [entry.filename for entry in entries]
    if len({name.lower() for name in names}) < len(names):
        raise Refused(Why.TWO_IN_ONE)
    at, total, members = 0, 0, {}
    for entry in entries:
        if not MEMBERS.fullmatch(entry.filename):
            raise Refused(_stranger(entry.filename))
        if entry.flag_bits & 0x1:
            raise Refused(Why.ENCRYPTED)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused(Why.DAMAGED)
        total += entry.file_size
        if (
            entry.file_size > MOST_MEMBER
            or total > MOST_UNPACKED
            or entry.file_size > MOST_RATIO * max(entry.compress_size, 64)
        ):
            raise Refused(Why.BOMB)
        data, at = _unpacked(docx, entry, at)
        members[entry.filename] = data
    if at != archive.start_dir:
        raise Refused(Why.TWO_IN_ONE)
    if docx[-22:-18] != b"PK\x05\x06":
        raise Refused(Why.TWO_IN_ONE)
    return members


def _unpacked(docx: bytes, entry: zipfile.ZipInfo, at: int) -> tuple[bytes, int]:
    """One member, and where the next one must begin; its own header must say the same."""
    if entry.header_offset != at or docx[at : at + 4] != b"PK\x03\x04":
        raise Refused(Why.TWO_IN_ONE)
    flags, method = struct.unpack_from("<HH", docx, at + 6)
    name_length, extra_length = struct.unpack_from("<HH", docx, at + 26)
    name = docx[at + 30 : at + 30 + name_length]
    if name != entry.filename.encode() or method != entry.compress_type or extra_length > 1024:
        raise Refused(Why.TWO_IN_ONE)
    start = at + 30 + name_length + extra_length
    packed = docx[start : start + entry.compress_size]
    end = start + entry.compress_size
    data = packed
    if entry.compress_type == zipfile.ZIP_DEFLATED:
        inflater = zlib.decompressobj(-15)
        try:
            data = inflater.decompress(packed, entry.file_size + 1)
        except zlib.error:
            raise Refused(Why.DAMAGED) from None
        if not inflater.eof or inflater.unused_data:
            raise Refused(Why.TWO_IN_ONE)
    if len(data) != entry.file_size or zlib.crc32(data) != entry.CRC:
        raise Refused(Why.BOMB)
    if flags & 0x8:
        # Sizes once more behind the data, with or without their mark.
        end += 16 if docx[end : end + 4] == b"PK\x07\x08" else 12
    return data, end


def _stranger(name: str) -> Why:
    low = name.lower()
    if low.startswith(("word/media", "docprops/thumbnail")) or low.endswith(
        (".png", ".jpg", ".jpeg", ".gif", ".emf", ".wmf", ".tif", ".tiff", ".bmp", ".svg", ".webp")
    ):
        return Why.MEDIA
    if "vba" in low or "macro" in low or "activex" in low:
        return Why.ACTIVE
    if "embed" in low or low.endswith((".bin", ".docx", ".xlsx")):
        return Why.EMBEDDED
    return Why.ARCHIVE


class _Reader:
    """Reads members as XML, gathers the text of the parts that a reader of the paper sees."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.size = 0

    def read(self, name: str, data: bytes) -> None:
        told = name == BODY or re.fullmatch(
            r"word/(header|footer|footnotes|endnotes)\d*\.xml", name
        )
        self._begin(name, bool(told))
        # UTF-8 alone: another encoding is how marks are hidden from whoever looks for them.
        parser = expat.ParserCreate("utf-8", namespace_separator="|")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.ExternalEntityRefHandler = self._refuse
        parser.ProcessingInstructionHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        try:
            parser.Parse(data, True)
        except expat.ExpatError:
            raise Refused(Why.DAMAGED) from None

    def _begin(self, name: str, told: bool) -> None:
        self.name, self.told = name, told
        self.depth = 0
        self.within: list[str] = []
        self.line = ""

    def _refuse(self, *_arguments: object) -> int:
        raise Refused(Why.ACTIVE)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _bar, tag = name.rpartition("|")
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise Refused(Why.BOMB)
        self.within.append(tag)
        if tag in PICTURES:
            raise Refused(Why.MEDIA)
        if tag in OBJECTS:
            raise Refused(Why.EMBEDDED)
        if self.name == "[Content_Types].xml" and tag in ("Default", "Override"):
            _check_type(attributes.get("ContentType", ""))
        if tag == "Relationship":
            self._check_relation(attributes)
        if tag == "fldSimple":
            self._check_field(attributes.get(f"{W}|instr", ""))
        if space == W and self.told:
            self.line += {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}.get(tag, "")

    def _end(self, name: str) -> None:
        tag = name.rpartition("|")[2]
        self.depth -= 1
        self.within.pop()
        if not self.told:
            return
        if tag == "tc":
            self.line = self.line.rstrip("\n") + "\t"
        elif tag == "p":
            if "tc" in self.within:
                self.line += "\n"
            else:
                self._keep()
        elif tag == "tr":
            self.line = self.line.replace("\n", " ").rstrip("\t")
            self._keep()

    def _keep(self) -> None:
        self.size += len(self.line)
        if self.size > MOST_TEXT:
            raise Refused(Why.TOO_LARGE)
        self.lines.append(self.line)
        self.line = ""

    def _text(self, data: str) -> None:
        tag = self.within[-1] if self.within else ""
        if tag == "instrText":
            self._check_field(data)
        elif tag == "t" and self.told:
            self.line += data

    def _check_field(self, command: str) -> None:
        if FIELDS.search(command):
            raise Refused(Why.ACTIVE)

    def _check_relation(self, attributes: dict[str, str]) -> None:
        kind = attributes.get("Type", "").rsplit("/", 1)[-1]
        if kind in ("image", "video", "audio", "media", "thumbnail"):
            raise Refused(Why.MEDIA)
        if kind in ("oleObject", "package", "control", "aFChunk", "subDocument", "vbaProject"):
            raise Refused(Why.EMBEDDED)
        if attributes.get("TargetMode") == "External" and kind not in OUTSIDE_LINKS:
            raise Refused(Why.ACTIVE)


def _check_type(kind: str) -> None:
    if CONTENT_TYPES.fullmatch(kind):
        return
    low = kind.lower()
    if low.startswith(("image/", "video/", "audio/")):
        raise Refused(Why.MEDIA)
    if "macro" in low or "vba" in low:
        raise Refused(Why.ACTIVE)
    raise Refused(Why.EMBEDDED)
