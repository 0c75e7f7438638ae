"""Text of a cell: made uniform, and refused where it could carry or lead to material."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from cases.text_rules import holds_link, holds_material
from referrals.htcds.errors import BadCell

TEXT_LIMIT = 255
LONG_TEXT_LIMIT = 4000

_EXCEL_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#GETTING_DATA", "#SPILL!"}
)
_SPACES = re.compile(r"\s+")


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
    """Raise BadCell where `text` holds a link, embedded data or a file's fingerprint (R-U3)."""
    if len(text) < 6:
        return  # nothing refused is as short, and most cells are
    if holds_link(text):
        raise BadCell(
            _(
                "A web address stands here; it may lead to material. Take it out, and give it to "
                "your law-enforcement contact."
            )
        )
    if holds_material(text):
        raise BadCell(
            _(
                "A file or the fingerprint of one stands here. Take it out, do not pass it on, and "
                "call your law-enforcement contact."
            )
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
    """Lines of at most 4,000 characters together, as a referral's summary may have."""
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
