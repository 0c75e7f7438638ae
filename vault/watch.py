"""Notices when one person opens the keys of unusually many cases within an hour.

That is what browsing, or a stolen session, looks like from below every page. It says so in the log
once and refuses nothing: a busy day must not lock a child's file. Counted in Redis, which all web
processes share; while Redis is away nothing is counted.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterable
from functools import cache

import redis
from django.conf import settings
from django.db import transaction

from audit.current import Now, now_acting
from audit.events import write_event

HOUR = 3600
# What this process has told already; told again after a while, so that the hour may slide.
TELL_AGAIN = 300
MOST_REMEMBERED = 10_000
_told: dict[tuple[uuid.UUID, uuid.UUID], float] = {}
_lock = threading.Lock()


def notice(owners: Iterable[tuple[str, uuid.UUID]]) -> None:
    """Count the cases among `owners` as opened by whoever acts or reads now."""
    who = now_acting()
    if who is None:
        return
    at = time.time()
    with _lock:
        fresh = [
            owner_id
            for owner_type, owner_id in owners
            if owner_type == "case" and _told.get((who.actor.pk, owner_id), 0.0) < at - TELL_AGAIN
        ]
        if len(_told) > MOST_REMEMBERED:
            _told.clear()
        _told.update({(who.actor.pk, owner_id): at for owner_id in fresh})
    if fresh:
        _count(who, fresh, at)


def forget_counts() -> None:
    """Forget what this process has told (for tests)."""
    with _lock:
        _told.clear()


def _count(who: Now, fresh: list[uuid.UUID], at: float) -> None:
    opened, said = f"liwanag-opened:{who.actor.pk}", f"liwanag-opened-said:{who.actor.pk}"
    try:
        with _redis(settings.CACHES["default"]["LOCATION"]).pipeline() as pipe:
            pipe.zadd(opened, {case_id.bytes: at for case_id in fresh})
            pipe.zremrangebyscore(opened, 0, at - HOUR)
            pipe.expire(opened, HOUR)
            pipe.zcard(opened)
            pipe.exists(said)
            *_done, cases, already = pipe.execute()
    except redis.RedisError:
        return
    if cases <= settings.LIWANAG_MANY_CASES or already:
        return
    write_event(
        act=who.id,
        actor=who.actor,
        verb="keys.many_opened",
        facts={"cases": int(cases), "minutes": HOUR // 60},
    )
    # Said once it stays said: an act that is rolled back takes its event along, and says it again.
    transaction.on_commit(lambda: _say(said), robust=True)


def _say(said: str) -> None:
    _redis(settings.CACHES["default"]["LOCATION"]).set(said, b"1", ex=HOUR)


@cache
def _redis(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)
