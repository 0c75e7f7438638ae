"""How far a background job has come: two numbers in the shared cache, and who may ask.

A waiting page asks every two seconds. That must not open the record each time, so the page that was
opened, and recorded, leaves a mark that lets this person ask for this job's numbers for a while.
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
    """Steps done, steps in all; settled when there is something to look at."""

    done: int = 0
    of: int = 0
    settled: bool = False


@dataclass(frozen=True)
class JobProgress:
    """The progress of jobs of one kind, such as `paper`; ids are those of what the job works on."""

    kind: str

    def tell(self, job_id: UUID, done: int, of: int, *, settled: bool = False) -> None:
        """Say how far it is."""
        with suppress(RedisError):
            cache.set(f"{self.kind}-progress:{job_id}", [done, of, settled], SECONDS)

    def let_ask(self, job_id: UUID, user_id: UUID) -> None:
        """The person has the page open."""
        with suppress(RedisError):
            cache.set(f"{self.kind}-asks:{job_id}:{user_id}", 1, SECONDS)

    def ask(self, job_id: UUID, user_id: UUID) -> Progress | None:
        """How far it is; None for whoever has no page of it open."""
        with suppress(RedisError):
            if cache.get(f"{self.kind}-asks:{job_id}:{user_id}"):
                done, of, settled = cache.get(f"{self.kind}-progress:{job_id}") or (0, 0, False)
                return Progress(int(done), int(of), bool(settled))
        return None
