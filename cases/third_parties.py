"""Whether a note names somebody else of its case (R-N6), checked without showing anybody.

The identities are opened on the server for this one question; the answer says in which part of the
text a name stands, never whose it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from cases.models import Case, CaseParticipant, PersonIdentity
from core.actors import Actor
from vault.keys import load_keys
from vault.opening import opened

SHORTEST_NAME = 3
WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
CODE = re.compile(r"\bS-[0-9A-Z]{4}-[0-9A-Z]{4}\b", re.IGNORECASE)
NAME_KEYS = ("name", "alias")


def plain_words(text: str) -> set[str]:
    """The words of a text without case and accents."""
    flat = unicodedata.normalize("NFKD", text.casefold())
    return set(WORD.findall("".join(c for c in flat if not unicodedata.combining(c))))


def names_in(details: Any, key: str = "") -> Iterator[str]:
    """The folded words of every name in an identity, short ones left out."""
    if isinstance(details, Mapping):
        for name, value in details.items():
            yield from names_in(value, str(name).casefold())
    elif isinstance(details, list):
        for value in details:
            yield from names_in(value, key)
    elif isinstance(details, str) and any(part in key for part in NAME_KEYS):
        yield from (word for word in plain_words(details) if len(word) >= SHORTEST_NAME)


def names_of(people: Iterable[UUID]) -> set[str]:
    """The folded words of the names of these people, as far as their identities open."""
    identities = list(PersonIdentity.objects.filter(person_id__in=list(people)))
    load_keys({("person", identity.person_id) for identity in identities})
    known = [opened(identity, "details") for identity in identities]
    return {name for details in known if details.readable for name in names_in(details.value)}


def parts_naming_others(
    actor: Actor, case: Case, texts: Mapping[str, str], *, person_id: UUID | None
) -> list[str]:
    """The parts of a text that hold a name of the case's people, or another person's code.

    Args:
        texts: part → text.
        person_id: whom the note is about; that person's own name and code are not others'. In a
            note about everybody codes are the right way to speak of people, and names are not.
    """
    places = CaseParticipant.objects.visible_to(actor).filter(case=case)
    others = dict(places.values_list("person_id", "person__code"))
    others.pop(person_id, None)
    # Not `visible_to`: whoever writes need not be one who may see identities, and sees none here.
    identities = list(PersonIdentity.objects.filter(person_id__in=[*others, person_id]))
    load_keys({("person", identity.person_id) for identity in identities})
    theirs: set[str] = set()
    own: set[str] = set()
    for identity in identities:
        details = opened(identity, "details")
        if details.readable:
            names = own if identity.person_id == person_id else theirs
            names.update(names_in(details.value))
    theirs -= own
    codes = {code.upper() for code in others.values()} if person_id else set()
    return [
        part
        for part, text in texts.items()
        if theirs & plain_words(text) or codes & {c.upper() for c in CODE.findall(text)}
    ]
