"""Writing down by what somebody can be found, and finding them by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from cases.models import PersonToken
from cases.naming import IDENTIFIER, NAME, SOUND, findable
from vault.blind_index import blind_index


def digest_of(kind: str, value: str) -> bytes:
    """The digest under which a value of this kind stands."""
    if kind == NAME:
        return blind_index("people.name", value)
    if kind == SOUND:
        return blind_index("people.sound", value)
    if kind == IDENTIFIER:
        return blind_index("people.identifier", value)
    raise ValueError(f"{kind} is no kind of token")


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
