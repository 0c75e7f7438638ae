"""Wrapping data keys with the key-encryption key, which never lives in the database."""

from __future__ import annotations

import os
import secrets
import stat
from functools import cache
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from vault.errors import KeyUnavailable

KEY_FILE = "key-encryption.key"
NONCE = 12
TAG = 16


class KeyProvider(Protocol):
    """Wraps and unwraps data keys. A cloud KMS or a transit server fits the same shape."""

    @property
    def epoch(self) -> str:
        """The name of the key-encryption key now in use."""
        ...

    def wrap(self, data_key: bytes, context: bytes) -> bytes: ...

    def unwrap(self, wrapped: bytes, context: bytes, epoch: str) -> bytes: ...


class FileKeyProvider:
    """A 32-byte key in a file that only its owner may read (0400), outside the database host."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._cipher, self._epoch = self._load()

    @property
    def epoch(self) -> str:
        return self._epoch

    def wrap(self, data_key: bytes, context: bytes) -> bytes:
        """nonce (12 bytes) and AES-256-GCM of the key, bound to `context`."""
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._cipher.encrypt(nonce, data_key, context)

    def unwrap(self, wrapped: bytes, context: bytes, epoch: str) -> bytes:
        """The data key.

        Raises:
            KeyUnavailable: it was wrapped by another key.
            cryptography.exceptions.InvalidTag: the wrapped key was changed or moved.
        """
        if epoch != self._epoch:
            raise KeyUnavailable(f"this key-encryption key is not epoch {epoch}")
        if len(wrapped) < NONCE + TAG:
            raise InvalidTag  # Cut short: the cipher would only call its nonce odd.
        return self._cipher.decrypt(wrapped[:NONCE], wrapped[NONCE:], context)

    def _load(self) -> tuple[AESGCM, str]:
        try:
            mode = stat.S_IMODE(self.path.stat().st_mode)
        except FileNotFoundError:
            raise KeyUnavailable(
                f"the key-encryption key {self.path.name} is missing: restore it from its escrow, "
                "or run `manage.py provision_keys` on a new installation"
            ) from None
        if mode & 0o077:
            raise KeyUnavailable(
                f"{self.path.name} can be read by others: run chmod 0400 on it, and replace the "
                "key if somebody else had access"
            )
        raw = self.path.read_bytes()
        if len(raw) != 16 + 32:
            raise KeyUnavailable(f"{self.path.name} is not a key-encryption key")
        return AESGCM(raw[16:]), raw[:16].hex()


def create_key_file(path: Path) -> None:
    """Make a new key-encryption key: 16 bytes that name its epoch and 32 of key, mode 0400.

    Raises:
        FileExistsError: a key is there; it is never overwritten.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(16 + 32))


@cache
def key_provider() -> KeyProvider:
    """The provider of this installation."""
    return FileKeyProvider(Path(settings.LIWANAG_KEYS_DIR) / KEY_FILE)
