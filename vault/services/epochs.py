"""Replacing the key-encryption key, and destroying old ones.

A rotation touches no note: it wraps the data keys anew. Every batch is an act of its own, so an
interrupted rotation goes on where it stopped. The old key is kept until it is retired, because
backups of before were wrapped by it; once it is destroyed, a data key that was erased in the
meantime can't come back out of any dump, log of changes or dead row.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from audit.acting import acting
from core.actors import Actor
from core.errors import DomainError
from vault.key_provider import key_provider
from vault.keys import context_of
from vault.models import DataKey, KeyEpoch

# Only one rotation or retirement at a time, on however many machines.
# Of two integers: the other key space is the sequencer's alone.
LOCK = 0x11_7A_6A_01, 1
BATCH = 5_000


@dataclass(frozen=True)
class Rotation:
    """What a rotation did.

    Attributes:
        epoch: the key-encryption key now in use.
        resumed: it went on with one that had been interrupted.
        rewrapped: how many data keys it wrapped anew.
        unreadable: ids of data keys that do not open and stay as they are; each is in the log.
    """

    epoch: str
    resumed: bool
    rewrapped: int
    unreadable: list[uuid.UUID]


def rotate_keys(
    *,
    actor: Actor,
    at: datetime,
    batch: int = BATCH,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Rotation:
    """Begin a new key-encryption key and wrap every data key anew; or finish what was begun.

    Args:
        progress: told (done, of how many) after every batch.

    Raises:
        Denied: not a keeper of keys.
        DomainError: another rotation runs.
        vault.errors.KeyUnavailable: an old key is missing; nothing was lost, nothing more done.
    """
    provider = key_provider()
    with _alone():
        with acting(actor) as act:
            act.authorise("vault.rotate_keys")
            epoch = provider.epoch
            resumed = DataKey.objects.exclude(epoch=epoch).exists()
            if not resumed:
                epoch = provider.rotate()
            _know(epoch, *DataKey.objects.order_by().values_list("epoch", flat=True).distinct())
            waiting = DataKey.objects.exclude(epoch=epoch).count()
            act.record("epoch.began", facts={"epoch": epoch, "keys": waiting, "resumed": resumed})
        done = 0
        unreadable: list[uuid.UUID] = []
        last: uuid.UUID | None = None
        while True:
            found = _rewrap(actor, epoch, batch, unreadable, last)
            done += found.moved
            unreadable += found.broken
            if found.last is not None:
                progress(done, waiting)
            elif last is None:
                break
            # At the end once more from the beginning: a process that had not noticed the new key
            # may have made one in between.
            last = found.last
        _close_replaced(actor, epoch, at)
    return Rotation(epoch, resumed, done, unreadable)


def retire_key_epoch(
    *, actor: Actor, at: datetime, name: str = "", early: bool = False
) -> list[str]:
    """Destroy replaced key-encryption keys whose time is over, oldest first.

    Args:
        name: this epoch, and with `early` before its time; all that are due when empty.

    Returns:
        The names of those destroyed. Backups wrapped by them open no more.

    Raises:
        Denied: not a keeper of keys.
        DomainError: it is in use, something is still wrapped by it, or it is not due.
    """
    kept = timedelta(days=settings.LIWANAG_EPOCH_KEPT_DAYS)
    with _alone(), acting(actor) as act:
        act.authorise("vault.retire_epoch")
        provider = key_provider()
        if DataKey.objects.exclude(epoch=provider.epoch).exists():
            raise DomainError(
                _("Some data keys are wrapped by an old key. Run rotate_keys to its end first.")
            )
        due = KeyEpoch.objects.waiting().order_by("replaced_at", "created_at")
        if not (name and early):
            due = due.filter(replaced_at__lte=at - kept)
        names = list(due.values_list("name", flat=True))
        if name:
            if name not in names:
                raise DomainError(
                    _("This key is in use, unknown, destroyed, or kept until its day.")
                )
            # An older one would go with it on a transit server: so it does everywhere.
            names = names[: names.index(name) + 1]
        for old in names:
            KeyEpoch.objects.filter(name=old).update(destroyed_at=at)
            act.record("epoch.destroyed", facts={"epoch": old, "early": early})
        if not names:
            act.record("epoch.checked")
        # Last: when this fails nothing is recorded, and when the commit fails it may run again.
        for old in names:
            provider.destroy(old)
    return names


@dataclass(frozen=True)
class _Batch:
    """How many keys were wrapped anew, which do not open, and the last one looked at, if any."""

    moved: int
    broken: list[uuid.UUID]
    last: uuid.UUID | None


def _rewrap(
    actor: Actor,
    epoch: str,
    batch: int,
    broken_before: list[uuid.UUID],
    after: uuid.UUID | None,
) -> _Batch:
    """Wrap one batch anew, of the keys that come after one."""
    provider = key_provider()
    with acting(actor) as act:
        act.authorise("vault.rotate_keys")
        waiting = DataKey.objects.exclude(epoch=epoch).exclude(pk__in=broken_before)
        if after is not None:
            # Not by what is left alone: that would walk past all that is done, batch by batch.
            waiting = waiting.filter(pk__gt=after)
        rows = list(
            waiting.order_by("pk").values_list(
                "pk", "owner_type", "owner_id", "version", "wrapped", "epoch"
            )[:batch]
        )
        contexts = [context_of((kind, owner), version) for _pk, kind, owner, version, *_ in rows]
        keys = provider.unwrap_many(
            [(bytes(row[4]), context, row[5]) for row, context in zip(rows, contexts, strict=True)]
        )
        good = [
            (row[0], bytes(row[4]), key, context)
            for row, key, context in zip(rows, keys, contexts, strict=True)
            if key is not None
        ]
        broken = [row[0] for row, key in zip(rows, keys, strict=True) if key is None]
        wrapped_by, wrapped = provider.wrap_many([(key, context) for *_row, key, context in good])
        with connection.cursor() as cursor:
            # Only where the row still is what was read: an erasure meanwhile stays an erasure.
            cursor.execute(
                "UPDATE vault_datakey d SET wrapped = fresh.wrapped, epoch = %s "
                "FROM unnest(%s::uuid[], %s::bytea[], %s::bytea[]) AS fresh (id, old, wrapped) "
                "WHERE d.id = fresh.id AND d.wrapped = fresh.old",
                [
                    wrapped_by,
                    [pk for pk, *_ in good],
                    [old for _pk, old, *_ in good],
                    wrapped,
                ],
            )
        for row in DataKey.objects.filter(pk__in=broken):
            act.record("key.unreadable", row, facts={"owner": row.owner_type})
        act.record("keys.rewrapped", facts={"epoch": wrapped_by, "keys": len(good)})
    return _Batch(len(good), broken, rows[-1][0] if rows else None)


def _close_replaced(actor: Actor, epoch: str, at: datetime) -> None:
    """Start the clock of every epoch that wraps nothing any more."""
    with acting(actor) as act:
        act.authorise("vault.rotate_keys")
        used = DataKey.objects.order_by().values("epoch").distinct()
        over = KeyEpoch.objects.filter(replaced_at=None).exclude(name=epoch).exclude(name__in=used)
        names = sorted(over.values_list("name", flat=True))
        over.update(replaced_at=at)
        act.record("epoch.replaced", facts={"epochs": names, "by": epoch})


def _know(*names: str) -> None:
    for name in dict.fromkeys(names):
        KeyEpoch.objects.get_or_create(name=name)


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", LOCK)
        if not cursor.fetchone()[0]:
            raise DomainError(_("Keys are being replaced or retired just now. Try again later."))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", LOCK)
