"""What free text may not carry (R-U3): files in disguise, fingerprints of files, web addresses.

Material is never stored here, and neither is what would let somebody find it. One check for every
text that people write, whichever app keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError

MAX_NOTE = 20_000
LONGEST_BLOB = 256

# What R-U4 asks the screen to say: what to do, and no preview.
LEAVE_IT = _(
    "This text holds a file, or the fingerprint of one. Nothing was saved. Do not copy it or pass "
    "it on: leave it where it is and call your law-enforcement contact."
)
NO_LINKS = _(
    "This text holds a web address. Nothing was saved: an address may lead to material. Describe "
    "the place in words, and give the address to your law-enforcement contact."
)
TOO_LONG = _("This text is too long. Keep it to %(most)s characters: what the next person needs.")

# None of these may find a place for the same character in two of its parts: on a long text that
# only almost matches, a search would take time by the square of its length.
DATA_URI = re.compile(r"\bdata:[\w.+-]*(?:/[\w.+-]*)?(?:;[\w=.+-]+)*,", re.IGNORECASE)
# One unbroken run; a run wrapped into lines is joined first.
BLOB = re.compile(rf"[A-Za-z0-9+/_-]{{{LONGEST_BLOB + 1},}}={{0,2}}")
WRAPPED = re.compile(r"(?<=[A-Za-z0-9+/_-]{40})\r?\n[ \t]*(?=[A-Za-z0-9+/_-]+={0,2}(?:\s|$))")
# MD5 has 32 digits, longer ones follow; also written in pairs.
HASH = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{32,}(?![0-9A-Za-z])", re.IGNORECASE)
HASH_IN_PAIRS = re.compile(r"(?<![0-9a-f])(?:[0-9a-f]{2}[:\s-]){15,}[0-9a-f]{2}", re.IGNORECASE)
# A perceptual hash is often passed on as a row of bytes.
HASH_IN_BYTES = re.compile(r"(?:\b\d{1,3}\s*[,;]\s*){63,}\d{1,3}\b")
LINK = re.compile(r"\b(?:https?|ftp|ipfs|magnet|tg|blob)\s*:\s*(?://|\?)|\bwww\.|\.onion\b", re.I)


def holds_material(text: str) -> bool:
    """Whether the text carries a data URI, a long base64 run or a long hash."""
    joined = WRAPPED.sub("", text)
    return any(
        pattern.search(joined) for pattern in (DATA_URI, BLOB, HASH, HASH_IN_PAIRS, HASH_IN_BYTES)
    )


def holds_link(text: str) -> bool:
    """Whether the text carries a web address."""
    return bool(LINK.search(text))


def check_text(text: str, *, field: str, most: int = MAX_NOTE, links_allowed: bool = False) -> str:
    """The text without blank edges, when it may be kept.

    Args:
        field: the name of the form field, for the error.
        most: the greatest length.
        links_allowed: for texts whose form asks for an address.

    Raises:
        DomainError: it is too long, or carries what R-U3 refuses.
    """
    text = text.strip()
    if len(text) > most:
        raise DomainError(str(TOO_LONG % {"most": f"{most:,}"}), code="too_long", field=field)
    if holds_material(text):
        raise DomainError(str(LEAVE_IT), code="material_refused", field=field)
    if not links_allowed and holds_link(text):
        raise DomainError(str(NO_LINKS), code="link_refused", field=field)
    return text


def check_values(value: Any, *, field: str) -> None:
    """Check every text inside a structure of dicts and lists. Raises as `check_text`."""
    if isinstance(value, str):
        check_text(value, field=field, most=4_000)  # as long as HTCDS lets a text be
    elif isinstance(value, dict):
        check_values(list(value.values()), field=field)
    elif isinstance(value, Iterable):
        for part in value:
            check_values(part, field=field)
