"""Plain text and tables: read as text or refused, and set anew."""

from __future__ import annotations

import csv
import io
import re
import unicodedata

from cases.papers.limits import MOST_TEXT
from cases.papers.refusals import Refused, Why
from cases.text_rules import DATA_URI, LINK, holds_material

MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 20_000, 100, 4_000
LONGEST_LINE = 20_000
MOST_ADDRESSES = 5
LEFT_OUT = "[web address left out]"
# The whole address, not only its beginning. What ends in ".onion" is known by its end: each word is
# looked at once, since looking for it from every letter on takes time by the square of its length.
ADDRESS = re.compile(r"(?:\b(?:https?|ftp|ipfs|magnet|tg|blob)\s*:\s*(?://|\?)|\bwww\.)\S+", re.I)
ONION = re.compile(r"\.onion\b", re.I)
WORD = re.compile(r"\S+")
MARKUP = re.compile(
    r"<\s*(?:/\s*)?(svg|html|head|body|script|style|img|iframe|object|embed|video|audio|link|meta|form"
    r"|foreignobject|\?xml|!doctype|!entity)\b|%!PS|\{\\rtf|<\?(php|xml)",
    re.I,
)
# What stands for bytes: the openings of pictures, recordings and archives in base 64, in whatever
# pieces; uuencode and yEnc; hexadecimal; a part of a mail.
CODED_OPENINGS = re.compile(
    r"iVBORw0KGgo|/9j/4[A-Z]|R0lGOD[dl]|UklGR|AAAA[A-Za-z0-9+/]{4}Z0eX|GkXfo|SUkqA|TU0AK|Qk0[0-9A-Za-z]"
    r"{6,}|JVBERi0|UEsDB|UmFyIR|N3q8r|H4sIA|SUQz[AB]|T2dnUw|0M8R4KGx"
)
UUENCODED = re.compile(r"^begin\s+[0-7]{3}\s|^=ybegin\s|^(?:M[!-`]{60}\s*\n){2}", re.M)
MAIL_PART = re.compile(
    r"^Content-(Transfer-Encoding|Disposition)\s*:|^MIME-Version\s*:", re.M | re.I
)
HEX_ROWS = re.compile(r"(?:\b(?:0x|\\x|%|=)?[0-9a-f]{2}\b[\s,;:]*){48,}", re.I)
ESCAPED = re.compile(r"(?:(?:\\x|%|=|&#x?|\\u00)[0-9a-f]{2,4};?[\s]*){24,}", re.I)
ASCII85 = re.compile(r"<~[!-uz\s]{64,}~>")
# Blocks, braille and box characters draw pictures; the rest hides what is read from what is there.
DRAWING = re.compile("[\u2580-\u259f\u2800-\u28ff\U0001fb00-\U0001fbff]")
HIDING = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\U000e0000-\U000e007f]")
FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20|%]|[\t\r\n]")
NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,6})?")


def decoded(data: bytes) -> str:
    """Bytes as text: UTF-8, or UTF-16 that says so.

    Raises:
        Refused: another encoding, or characters that are no text.
    """
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise Refused(Why.ENCODING) from None
    if len(text) > MOST_TEXT:
        raise Refused(Why.TOO_LARGE)
    return text


def clean_text(text: str, *, table: bool = False) -> str:
    """Text set anew: one kind of line end, composed letters, no web address.

    Raises:
        Refused: empty, not text, drawn, coded, markup, or a list of addresses.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.replace("\u00ad", "").replace("\ufeff", "").replace("\u2028", "\n")
    check_characters(text)
    check_not_coded(text, table=table)
    text, addresses = _without_addresses(text)
    if addresses > MOST_ADDRESSES:
        raise Refused(Why.ADDRESSES)
    if LINK.search(text):
        raise Refused(Why.ADDRESSES)
    lines = [line.rstrip() for line in text.split("\n")]
    return "\n".join(lines).strip("\n") + "\n"


def _without_addresses(text: str) -> tuple[str, int]:
    """The text with every web address replaced, and how many there were."""
    text, found = ADDRESS.subn(LEFT_OUT, text)

    def hidden(word: re.Match[str]) -> str:
        nonlocal found
        if not ONION.search(word[0]):
            return word[0]
        found += 1
        return LEFT_OUT

    return WORD.sub(hidden, text), found


def check_characters(text: str) -> None:
    """Raises `Refused` unless the text is words and figures."""
    if not text.strip():
        raise Refused(Why.EMPTY)
    for character in set(text):
        if character not in "\n\t" and unicodedata.category(character) in ("Cc", "Co", "Cn", "Cs"):
            raise Refused(Why.ENCODING)
    if HIDING.search(text):
        raise Refused(Why.ENCODING)
    if DRAWING.search(text):
        raise Refused(Why.CODED)
    if any(len(line) > LONGEST_LINE for line in text.split("\n")):
        raise Refused(Why.CODED)
    # Lines to write on, and the signs between the cells of a table, are no drawing.
    told = re.sub(r"([^\w\s]|_)\1{3,}", r"\1", text)
    seen = [character for character in told if not character.isspace() and character not in ',;"']
    words = sum(character.isalnum() for character in seen)
    if words < 0.5 * len(seen):
        raise Refused(Why.CODED)


def check_not_coded(text: str, *, table: bool = False) -> None:
    """Raises `Refused` when the text stands for a file, or is markup."""
    # Columns of figures below each other are no fingerprint; a row of them may be one.
    parts = text.split("\n") if table else [text]
    if DATA_URI.search(text) or any(holds_material(part) for part in parts):
        raise Refused(Why.CODED)
    if MARKUP.search(text):
        raise Refused(Why.MARKUP)
    if any(pattern.search(text) for pattern in (UUENCODED, MAIL_PART, ESCAPED, ASCII85)):
        raise Refused(Why.CODED)
    rows = HEX_ROWS.search(text)
    # Columns of figures have no letters; six of ten bytes written so have one.
    if rows and len(re.findall(r"[a-fx%=]", rows[0], re.I)) > 0.1 * len(rows[0]):
        raise Refused(Why.CODED)
    if CODED_OPENINGS.search(re.sub(r"[\s\"',;|>.]+", "", text)):
        raise Refused(Why.CODED)


def is_table(text: str) -> bool:
    """Whether the text is rows of equally many cells parted by commas or semicolons."""
    rows = [line for line in text.splitlines() if line.strip()][:50]
    if len(rows) < 2:
        return False
    try:
        counts = {len(row) for row in csv.reader(rows, delimiter=_delimiter(rows[0]), strict=True)}
    except csv.Error:
        return False
    return len(counts) == 1 and counts.pop() > 1


def clean_table(text: str) -> str:
    """A table set anew. A cell that a spreadsheet would run gets an apostrophe before it.

    Raises:
        Refused: as `clean_text`, or too many rows, columns or characters in a cell.
    """
    text = clean_text(text, table=True)
    first = text.split("\n", 1)[0]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    try:
        rows = csv.reader(io.StringIO(text), delimiter=_delimiter(first), strict=True)
        for number, row in enumerate(rows, start=1):
            if number > MOST_ROWS or len(row) > MOST_COLUMNS:
                raise Refused(Why.TOO_LARGE)
            if any(len(cell) > LONGEST_CELL for cell in row):
                raise Refused(Why.TOO_LARGE)
            writer.writerow([_neutral(cell) for cell in row])
    except csv.Error:
        raise Refused(Why.DAMAGED) from None
    return out.getvalue()


def _neutral(cell: str) -> str:
    if FORMULA.match(cell) and not NUMBER.fullmatch(cell.strip()):
        return "'" + cell
    return cell


def _delimiter(line: str) -> str:
    return ";" if line.count(";") > line.count(",") else ","
