"""Numbers that sources give to what they send, compared whatever way they are written."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Callable

from referrals.choices import SourceCategory
from vault.blind_index import index_key

# Shorter ones ("1", "A2") are no number of a report; many referrals would bear the same.
SHORTEST = 4


def plain_number(category: str, reference: str) -> str:
    """The number without what people write around it; empty when it tells nothing.

    Letters and digits alone, small; of a CyberTip the digits alone ("CyberTip #123 456-7").
    """
    text = unicodedata.normalize("NFKC", reference).casefold()
    keep = str.isdigit if category == SourceCategory.NCMEC_CYBERTIP else str.isalnum
    plain = "".join(sign for sign in text if keep(sign))
    return plain if len(plain) >= SHORTEST else ""


def number_digester() -> Callable[[str, str], bytes | None]:
    """A function (kind of number, reference) → keyed digest (32 bytes), None for no number.

    The key is asked for once: for many rows in a row.
    """
    key = index_key("referrals.source-reference")

    def digest(category: str, reference: str) -> bytes | None:
        plain = plain_number(category, reference)
        if not plain:
            return None
        return hmac.digest(key, f"{category}|{plain}".encode(), hashlib.sha256)

    return digest
