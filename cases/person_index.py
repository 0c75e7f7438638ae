"""Writing down by what somebody can be found, and finding them by it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from cases.models import PersonToken
from cases.naming import IDENTIFIER, NAME, SOUND, findable
from vault.blind_index import blind_index, index_key


def digest_of(kind: str, value: str) -> bytes:
    """The digest under which a value of this kind stands."""
    if kind == NAME:
        return blind_index("people.name", value)
    if kind == SOUND:
        return blind_index("people.sound", value)
    if kind == IDENTIFIER:
        return blind_index("people.identifier", value)
    raise ValueError(f"{kind} is no kind of token")


def digester() -> Callable[[str, str], bytes]:
    """`digest_of`, with the keys asked for once: for many values in a row."""
    keys = {
        NAME: index_key("people.name"),
        SOUND: index_key("people.sound"),
        IDENTIFIER: index_key("people.identifier"),
    }
    return lambda kind, value: hmac.digest(keys[kind], value.encode(), hashlib.sha256)


def index_person(person_id: UUID, details: Mapping[str, Any], *, anew: bool = False) -> None:
    """Write down by what somebody can be found. For services, inside their act.

    Args:
        details: the identity as it stands now.
        anew: whether older tokens are to go first.
    """
    if anew:
        PersonToken.objects.filter(person_id=person_id).delete()
    PersonToken.objects.bulk_create(
        PersonToken(person_id=person_id, kind=kind, digest=digest_of(kind, value))
        for kind, value in sorted(findable(details))
    )
