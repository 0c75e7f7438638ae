"""Wrapping data keys with the key-encryption key, which never lives in the database.

`KeyProvider` is all the rest of the vault knows. Two kinds are here: a file, and the transit engine
of a Vault or OpenBao server. A cloud KMS is a third class of the same shape: its `wrap_many` calls
the service's encrypt with `context` as the encryption context, `epoch` names the key's version as
the service does, `rotate` asks for a new version, and `destroy` schedules the old one's deletion.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

from django.conf import settings

from vault.file_provider import KEY_FILE, FileKeyProvider, create_key_file
from vault.transit_provider import EPOCH_PREFIX, VaultTransitProvider

__all__ = ["KEY_FILE", "FileKeyProvider", "KeyProvider", "create_key_file", "key_provider"]

# A data key with what it is bound to, and a wrapped one with the epoch that wrapped it as well.
Bare = tuple[bytes, bytes]
Wrapped = tuple[bytes, bytes, str]


class KeyProvider(Protocol):
    """Wraps and unwraps data keys under a key-encryption key that is replaced from time to time.

    Every epoch has a name; a wrapped key is stored beside the name of its epoch. Old epochs unwrap
    until they are destroyed, and only the newest wraps.
    """

    @property
    def epoch(self) -> str:
        """The name of the key-encryption key now in use, at most 80 characters.

        Raises:
            KeyUnavailable: it is missing, unsafe or out of reach.
        """
        ...

    def wrap_many(self, keys: Sequence[Bare]) -> tuple[str, list[bytes]]:
        """The epoch that wrapped, and every key wrapped and bound to its context."""
        ...

    def unwrap(self, wrapped: bytes, context: bytes, epoch: str) -> bytes:
        """The data key.

        Raises:
            KeyUnavailable: its epoch is not here (destroyed, or another installation's).
            cryptography.exceptions.InvalidTag: the wrapped key was changed or moved.
        """
        ...

    def unwrap_many(self, wrapped: Sequence[Wrapped]) -> list[bytes | None]:
        """The data keys in order; None for one that was changed or moved.

        Raises:
            KeyUnavailable: an epoch is not here.
        """
        ...

    def rotate(self) -> str:
        """Begin a new epoch and return its name. What older ones wrapped still opens."""
        ...

    def destroy(self, epoch: str) -> None:
        """Make everything that this epoch wrapped unreadable for good. Gone already is fine.

        Raises:
            KeyUnavailable: it is the epoch in use, or it cannot be destroyed from here.
        """
        ...

    def holds(self, epoch: str) -> bool:
        """Whether what this epoch wrapped can still be opened."""
        ...


@cache
def key_provider() -> KeyProvider:
    """The provider of this installation, from its settings."""
    file = Path(settings.LIWANAG_KEYS_DIR) / KEY_FILE
    if settings.LIWANAG_TRANSIT is None:
        return FileKeyProvider(file)
    transit = VaultTransitProvider(**settings.LIWANAG_TRANSIT)
    # An installation that moved from the file: what the file wrapped opens until it is rewrapped.
    return _Moved(transit, FileKeyProvider(file)) if file.exists() else transit


class _Moved:
    """A transit server in use, and the file that was in use before it."""

    def __init__(self, now: VaultTransitProvider, before: FileKeyProvider) -> None:
        self._now, self._before = now, before

    def _of(self, epoch: str) -> KeyProvider:
        return self._now if epoch.startswith(EPOCH_PREFIX) else self._before

    @property
    def epoch(self) -> str:
        return self._now.epoch

    def wrap_many(self, keys: Sequence[Bare]) -> tuple[str, list[bytes]]:
        return self._now.wrap_many(keys)

    def unwrap(self, wrapped: bytes, context: bytes, epoch: str) -> bytes:
        return self._of(epoch).unwrap(wrapped, context, epoch)

    def unwrap_many(self, wrapped: Sequence[Wrapped]) -> list[bytes | None]:
        found: dict[int, bytes | None] = {}
        for mine in (True, False):
            some = [(n, w) for n, w in enumerate(wrapped) if w[2].startswith(EPOCH_PREFIX) is mine]
            if some:
                opener: KeyProvider = self._now if mine else self._before
                keys = opener.unwrap_many([w for _n, w in some])
                found |= dict(zip((n for n, _w in some), keys, strict=True))
        return [found[n] for n in range(len(wrapped))]

    def rotate(self) -> str:
        return self._now.rotate()

    def destroy(self, epoch: str) -> None:
        if epoch == self._before.epoch:
            self._before.remove()
        else:
            self._of(epoch).destroy(epoch)

    def holds(self, epoch: str) -> bool:
        return self._of(epoch).holds(epoch)
