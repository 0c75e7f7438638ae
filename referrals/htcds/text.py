"""Text of a cell: made uniform, and refused where it could carry or lead to material.

What is refused follows R-U3 of the survivor-safety rules: no embedded data, no fingerprints of
files, no links.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from referrals.htcds.errors import BadCell

TEXT_LIMIT = 255
LONG_TEXT_LIMIT = 5000

_EXCEL_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#GETTING_DATA", "#SPILL!"}
)
_SPACES = re.compile(r"\s+")
_LINK = re.compile(r"\b(?:https?|ftp|tor)://|\bwww\.|\.onion\b|\bmagnet:\?", re.IGNORECASE)
_DATA_URI = re.compile(r"\bdata:[a-z]+/[a-z0-9.+-]+[;,]", re.IGNORECASE)
_FINGERPRINT = re.compile(r"(?<![0-9a-zA-Z])[0-9a-fA-F]{32,}(?![0-9a-zA-Z])")
_BLOB = re.compile(r"[A-Za-z0-9+/=_-]{257,}")


def as_text(value: object) -> str:
    """A cell's value as a person would have typed it; blank when there is nothing.

    Raises:
        BadCell: the spreadsheet shows an error there.
    """
    if isinstance(value, str):
        text = value
    elif value is None:
        return ""
    elif isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    elif isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    elif isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    elif isinstance(value, date | time | timedelta):
        return str(value)
    else:
        text = str(value)
    if not (text.isascii() and text.isprintable()):
        # One letter, one spelling: otherwise two equal names would differ.
        text = unicodedata.normalize("NFC", text).replace("\xa0", " ").replace("\r\n", "\n")
    text = text.strip()
    if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@"):
        text = text[1:]  # a spreadsheet's own mark for "this is text", and ours in rejects files
    if text in _EXCEL_ERRORS:
        raise BadCell(_("The spreadsheet shows an error here. Replace the formula by its value."))
    return text


def refuse_material(text: str) -> None:
    """Raise BadCell where `text` holds a link, embedded data or a file's fingerprint."""
    if len(text) < 6:
        return
    if (":" in text or "." in text) and (_LINK.search(text) or _DATA_URI.search(text)):
        raise BadCell(
            _("Links and embedded data are not kept here: they may lead to material. Take it out.")
        )
    if len(text) >= 32 and (_FINGERPRINT.search(text) or _BLOB.search(text)):
        raise BadCell(
            _("This looks like a file's fingerprint or encoded data; neither is kept. Take it out.")
        )


def short(text: str, limit: int = TEXT_LIMIT) -> str:
    """One line of at most `limit` characters."""
    if not text.isprintable():
        text = _SPACES.sub(" ", text)
        _refuse_control(text)
    if len(text) > limit:
        raise BadCell(_("At most %(limit)d characters fit here.") % {"limit": limit})
    refuse_material(text)
    return text


def long(text: str) -> str:
    """Lines of at most 5,000 characters together."""
    if not text.isprintable():
        text = text.replace("\r", "\n").replace("\t", " ")
        _refuse_control(text.replace("\n", ""))
    if len(text) > LONG_TEXT_LIMIT:
        raise BadCell(
            _("At most %(limit)d characters fit here. Keep what is needed to refer.")
            % {"limit": LONG_TEXT_LIMIT}
        )
    refuse_material(text)
    return text


def _refuse_control(text: str) -> None:
    # Cc: control characters; Cs: half a character. Format characters (Cf) are part of scripts.
    if any(unicodedata.category(mark) in ("Cc", "Cs") for mark in text):
        raise BadCell(_("This cell holds characters that cannot be shown. Type it again."))


def folded(text: str) -> str:
    """`text` without case, accents, spaces and signs, for matching codes and labels."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
    return "".join(mark for mark in text.casefold() if mark.isalnum())
