"""Data keys: made with their owner, unwrapped when needed, cached in this process for minutes."""

from __future__ import annotations

import secrets
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Iterable

from cryptography.exceptions import InvalidTag

from core.bulk import insert_many
from vault.errors import CannotOpen, Erased, KeyUnavailable
from vault.key_provider import key_provider
from vault.models import DataKey, ErasedKey
from vault.watch import notice

# Few and briefly: what sits in memory can be stolen with it (security.md 2).
CACHE_SECONDS = 300
CACHE_ENTRIES = 512

Owner = tuple[str, uuid.UUID]
_cache: OrderedDict[tuple[str, uuid.UUID, int], tuple[float, bytes]] = OrderedDict()
_lock = threading.Lock()


def context_of(owner: Owner, version: int) -> bytes:
    """What a wrapped key is bound to."""
    return f"liwanag-data-key|v1|{owner[0]}|{owner[1]}|{version}".encode()


def make_keys(owners: Iterable[Owner]) -> None:
    """Make version 1 of each owner's key. Inside an act; the owners are new."""
    fresh = [(owner, secrets.token_bytes(32)) for owner in owners]
    epoch, wrapped = key_provider().wrap_many([(key, context_of(owner, 1)) for owner, key in fresh])
    insert_many(
        [
            DataKey(owner_type=owner[0], owner_id=owner[1], epoch=epoch, wrapped=data)
            for (owner, _key), data in zip(fresh, wrapped, strict=True)
        ]
    )
    for owner, key in fresh:
        _remember((*owner, 1), key)


def data_key(owner: Owner, version: int = 1) -> bytes:
    """The 32-byte key of an owner.

    Raises:
        vault.errors.Erased: an erasure destroyed it.
        CannotOpen: there is none, or its wrapping was changed or moved.
        vault.errors.KeyUnavailable: the key-encryption key is missing or another one.
    """
    notice([owner])
    found = _recall((*owner, version))
    if found is not None:
        return found
    row = DataKey.objects.filter(owner_type=owner[0], owner_id=owner[1], version=version).first()
    if row is None:
        if was_erased(owner):
            raise Erased(f"{owner[0]} key")
        raise CannotOpen(f"{owner[0]} key")
    try:
        key = key_provider().unwrap(bytes(row.wrapped), context_of(owner, version), row.epoch)
    except InvalidTag:
        raise CannotOpen(f"{owner[0]} key") from None
    _remember((*owner, version), key)
    return key


def was_erased(owner: Owner) -> bool:
    """Whether an erasure destroyed an owner's key."""
    return bool(ErasedKey.objects.filter(owner_type=owner[0], owner_id=owner[1]).exists())


def load_keys(owners: Iterable[Owner]) -> None:
    """Unwrap many owners' keys with one query, before a list is shown."""
    owners = set(owners)
    notice(owners)
    wanted = {owner for owner in owners if _recall((*owner, 1)) is None}
    by_type: dict[str, list[uuid.UUID]] = {}
    for owner_type, owner_id in wanted:
        by_type.setdefault(owner_type, []).append(owner_id)
    for owner_type, ids in by_type.items():
        rows = list(DataKey.objects.filter(owner_type=owner_type, owner_id__in=ids, version=1))
        found = [
            (bytes(row.wrapped), context_of((row.owner_type, row.owner_id), 1), row.epoch)
            for row in rows
        ]
        try:
            keys = key_provider().unwrap_many(found)
        except KeyUnavailable:
            continue  # The field that needs it will say so, in its place on the page.
        for row, key in zip(rows, keys, strict=True):
            if key is not None:
                _remember((row.owner_type, row.owner_id, 1), key)


def forget_keys() -> None:
    """Empty this process's cache (after an erasure or a rotation)."""
    with _lock:
        _cache.clear()


def forget_key(owner: Owner, version: int) -> None:
    """Drop one key from this process's cache; the next use takes it from the table."""
    with _lock:
        _cache.pop((*owner, version), None)


def _recall(entry: tuple[str, uuid.UUID, int]) -> bytes | None:
    with _lock:
        found = _cache.get(entry)
        if found is None or found[0] < time.monotonic():
            _cache.pop(entry, None)
            return None
        _cache.move_to_end(entry)
        return found[1]


def _remember(entry: tuple[str, uuid.UUID, int], key: bytes) -> None:
    with _lock:
        _cache[entry] = (time.monotonic() + CACHE_SECONDS, key)
        _cache.move_to_end(entry)
        while len(_cache) > CACHE_ENTRIES:
            _cache.popitem(last=False)
