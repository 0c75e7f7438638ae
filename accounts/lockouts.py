"""Who is locked out: the library counts failed attempts in the shared cache under these keys.

An address is locked out whether or not anybody has it, so that the answer says nothing about who
works here; what is recorded by name is the lock of an account that exists.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

from allauth.core.internal.ratelimit import get_cache_key, get_rates
from django.core.cache import cache

APP, ACTION = "allauth.account", "login_failed"


def key_of_address(address: str) -> str:
    """The library's name for whoever signs in by this address."""
    return f"address:{address.strip().lower()}"


def key_of_codes(user_id: UUID) -> str:
    """The library's name for the codes of one person (allauth.mfa.base.internal.flows)."""
    return f"mfa-auth-user-{user_id}"


def lock_seconds() -> int:
    """How long a lock lasts at most."""
    return int(max(rate.duration for rate in _rates()))


def is_locked(key: str) -> bool:
    """Whether this account ran out of attempts, rather than the network they came from."""
    return any(len(cache.get(_cache_key(rate, key), ())) >= rate.amount for rate in _rates())


def is_news(key: str) -> bool:
    """True once for each lock: whoever goes on trying does not fill the log."""
    mark = hashlib.sha256(f"lockout|{key}".encode()).hexdigest()
    return bool(cache.add(f"lockout:{mark}", 1, timeout=lock_seconds()))


def forget(key: str) -> None:
    """Let somebody try again at once."""
    for rate in _rates():
        cache.delete(_cache_key(rate, key))
    cache.delete(f"lockout:{hashlib.sha256(f'lockout|{key}'.encode()).hexdigest()}")


def _rates() -> list:  # type: ignore[type-arg]
    return [rate for rate in get_rates(app=APP, action=ACTION) if rate.per == "key"]


def _cache_key(rate: object, key: str) -> str:
    # A limit by key does not look at the request.
    return get_cache_key(None, app=APP, action=ACTION, rate=rate, key=key)  # type: ignore[arg-type]
