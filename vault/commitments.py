"""What somebody wrote or was shown, provable later and forgotten with its owner's key.

An event may hold a commitment: HMAC-SHA-256 of the words under a salt that is not in the log. With
the salt anybody can check that just these words stood there; without it nobody can even confirm a
guess. The salt is not stored: it is derived from the data key of the person or case the words are
about, so the erasure that destroys this key destroys every such salt, in backups too, and the log
goes on verifying because a leaf covers the commitment alone.
"""

from __future__ import annotations

import enum
import hmac
import json
import uuid
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Protocol

from vault.errors import CannotOpen
from vault.keys import Owner, data_key


class CommittedEvent(Protocol):
    """The columns of `audit.models.AuditEvent` that a commitment is tied to."""

    act: uuid.UUID
    object_type: str
    object_id: uuid.UUID | None
    commitment: bytes | memoryview | None


class Verdict(enum.Enum):
    """What can be said of words and the event that speaks of them."""

    HOLDS = "these are the words"
    DIFFERS = "other words"
    ERASED = "nobody can say any more: the key was destroyed"
    NOTHING = "the event commits to nothing"


def commit(
    act: uuid.UUID, object_type: str, object_id: uuid.UUID, words: Mapping[str, Any], owner: Owner
) -> bytes:
    """The commitment of an event (32 bytes) to what its object said.

    Args:
        act: the act's id, so that the same words give another commitment each time.
        object_type, object_id: what the event is about.
        words: field → value, of a JSON form.
        owner: whose erasure must make this unprovable.

    Raises:
        CannotOpen: the owner has no key (any more).
    """
    return _under(salt_of(act, object_type, object_id, owner), words)


def salt_of(act: uuid.UUID, object_type: str, object_id: uuid.UUID | None, owner: Owner) -> bytes:
    """The salt of one event. Given to a court with the words, it proves this event and no other.

    Raises:
        CannotOpen: the owner's key is gone, and the salt with it.
    """
    place = f"liwanag-commitment|v1|{act}|{object_type}|{object_id}".encode()
    return hmac.new(data_key(owner), place, sha256).digest()


def check(event: CommittedEvent, words: Mapping[str, Any], owner: Owner) -> Verdict:
    """Whether an event speaks of just these words."""
    if event.commitment is None:
        return Verdict.NOTHING
    try:
        salt = salt_of(event.act, event.object_type, event.object_id, owner)
    except CannotOpen:
        return Verdict.ERASED
    same = hmac.compare_digest(_under(salt, words), bytes(event.commitment))
    return Verdict.HOLDS if same else Verdict.DIFFERS


def _under(salt: bytes, words: Mapping[str, Any]) -> bytes:
    text = json.dumps(dict(words), sort_keys=True, separators=(",", ":"))
    return hmac.new(salt, text.encode(), sha256).digest()
