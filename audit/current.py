"""Who acts or reads just now, for what must know it without being told (the vault's watch)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from audit import acting, reading
from core.actors import Actor


@dataclass(frozen=True)
class Now:
    """The open act or reading: its id stands on its events."""

    id: uuid.UUID
    actor: Actor


def now_acting() -> Now | None:
    """The actor of the open act, else of the open reading; None where nobody is."""
    act = acting._current.get()
    if act is not None:
        return Now(act.id, act.actor)
    look = reading._current.get()
    if look is not None and look.actor is not None:
        return Now(look.id, look.actor)
    return None
