"""Keyed digests for exact matches: the same value gives the same digest, and tells nothing else."""

from __future__ import annotations

import hashlib
import hmac

from vault.keys import data_key
from vault.system import SYSTEM_OWNER

# Every kind of index there is, and what it is on: exact identifiers and name tokens alone. Equal
# values have equal digests, so an index on narrative would let its words be counted and guessed.
# A test holds the code to this list.
PURPOSES = {
    "referrals.imported-row": "the exact row of a sheet, so that it is taken in once",
    "people.name": "one word of a name of a person, or of whom a referral is about (cases.naming)",
    "people.sound": "how one word of a name sounds, so that another spelling finds it",
    "people.identifier": "a telephone number, address of e-mail, handle or number of a document",
    "referrals.source-reference": "a source's own number of a report, so that it is told again",
    "referrals.import-file": "the exact bytes of a sheet, so that it is taken in once",
}


def blind_index(purpose: str, value: str) -> bytes:
    """HMAC-SHA-256 (32 bytes) of an already normalised value, under a key of its own for `purpose`.

    Equal values have equal digests: use it for exact identifiers only, never for narrative.
    """
    return hmac.new(index_key(purpose), value.encode(), hashlib.sha256).digest()


def index_key(purpose: str) -> bytes:
    """The 32-byte key of one kind of index, derived from the system's data key."""
    return hmac.new(
        data_key(SYSTEM_OWNER), f"blind-index|{purpose}".encode(), hashlib.sha256
    ).digest()
