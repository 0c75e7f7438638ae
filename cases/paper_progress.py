"""How far the check of a file has come: two numbers in the shared cache, and who may ask.

A waiting page asks every two seconds. That must not open the case each time, so the page that was
opened, and recorded, leaves a mark that lets this person ask for this file's numbers for a while.
Without the cache the page says the same, without a bar, and "Look again" works.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from django.core.cache import cache
from redis import RedisError

SECONDS = 900


@dataclass(frozen=True)
class Progress:
    """Pages done, pages in all; settled when there is something to look at."""

    done: int = 0
    of: int = 0
    settled: bool = False


def tell(file_id: UUID, done: int, of: int, *, settled: bool = False) -> None:
    """Say how far it is."""
    with suppress(RedisError):
        cache.set(f"paper-progress:{file_id}", [done, of, settled], SECONDS)


def let_ask(file_id: UUID, user_id: UUID) -> None:
    """The person has the page open."""
    with suppress(RedisError):
        cache.set(f"paper-asks:{file_id}:{user_id}", 1, SECONDS)


def ask(file_id: UUID, user_id: UUID) -> Progress | None:
    """How far it is; None for whoever has no page of it open."""
    with suppress(RedisError):
        if cache.get(f"paper-asks:{file_id}:{user_id}"):
            done, of, settled = cache.get(f"paper-progress:{file_id}") or (0, 0, False)
            return Progress(int(done), int(of), bool(settled))
    return None
