"""What waits for one's second pair of eyes: one list over all apps, each leading to its page.

It is what waits on My work, of the kinds by which somebody decides (`desk.waiting.Kind.decides`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from desk.cards import Card
from desk.waiting import KINDS

MOST = 50
DECIDING = tuple(kind for kind in KINDS if kind.decides)


@dataclass(frozen=True)
class Group:
    """All of one kind: the first `MOST`, how many there are, and the list of all."""

    label: str
    cards: list[Card]
    number: int
    url: str

    @property
    def more(self) -> int:
        return self.number - len(self.cards)


def may_decide(actor: User) -> bool:
    """Whether anything of this could wait for `actor`."""
    return any(actor.may(kind.permission) for kind in DECIDING)


def approvals_of(actor: User, at: datetime) -> list[Group]:
    """What `actor` may decide on and did not ask for themselves, by kind, oldest first."""
    groups = []
    for kind in DECIDING:
        if not actor.may(kind.permission):
            continue
        rows, number, _late = kind.first(actor, at, MOST)
        if rows:
            groups.append(Group(str(kind.title), kind.cards(actor, rows, at), number, kind.url))
    return groups
