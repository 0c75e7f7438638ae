"""The key-encryption key in a file that only its owner may read, outside the database's machine."""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault.errors import KeyUnavailable

KEY_FILE = "key-encryption.key"
NAME, KEY = 16, 32
NONCE = 12
TAG = 16
EPOCH = re.compile(r"[0-9a-f]{32}")


class FileKeyProvider:
    """A 32-byte key in a file that only its owner may read (0400).

    A rotation puts a new key in the file's place and keeps the old one beside it, as
    `key-encryption.EPOCH.key`, until it is destroyed. Running processes notice both by themselves.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ciphers: dict[str, AESGCM] = {}
        self._epoch = ""
        self._seen: tuple[int, int] | None = None
        self._refresh()

    @property
    def epoch(self) -> str:
        self._refresh()
        return self._epoch

    def wrap(self, data_key: bytes, context: bytes) -> bytes:
        """nonce (12 bytes) and AES-256-GCM of the key, bound to `context`."""
        return self.wrap_many([(data_key, context)])[1][0]

    def wrap_many(self, keys: Sequence[tuple[bytes, bytes]]) -> tuple[str, list[bytes]]:
        epoch = self.epoch
        cipher = self._ciphers[epoch]
        wrapped = []
        for key, context in keys:
            nonce = secrets.token_bytes(NONCE)
            wrapped.append(nonce + cipher.encrypt(nonce, key, context))
        return epoch, wrapped

    def unwrap(self, wrapped: bytes, context: bytes, epoch: str) -> bytes:
        """See `vault.key_provider.KeyProvider.unwrap`."""
        if len(wrapped) < NONCE + TAG:
            raise InvalidTag  # Cut short: the cipher would only call its nonce odd.
        return self._cipher(epoch).decrypt(wrapped[:NONCE], wrapped[NONCE:], context)

    def unwrap_many(self, wrapped: Sequence[tuple[bytes, bytes, str]]) -> list[bytes | None]:
        keys: list[bytes | None] = []
        for data, context, epoch in wrapped:
            try:
                keys.append(self.unwrap(data, context, epoch))
            except InvalidTag:
                keys.append(None)
        return keys

    def rotate(self) -> str:
        old = self._of(self.epoch)
        if not old.exists():
            os.link(self.path, old)
        # Written whole beside it and put in its place in one step: there is always a key.
        draft = self.path.with_name(f"{self.path.name}.{secrets.token_hex(8)}")
        create_key_file(draft)
        draft.replace(self.path)
        _sync_folder(self.path.parent)
        return self.epoch

    def destroy(self, epoch: str) -> None:
        if epoch == self.epoch:
            raise KeyUnavailable("the key in use cannot be destroyed: rotate first")
        if not EPOCH.fullmatch(epoch):
            raise KeyUnavailable(f"{epoch} is no epoch of this key file")
        self._ciphers.pop(epoch, None)
        _overwrite(self._of(epoch))

    def remove(self) -> None:
        """Destroy the key in use itself, when another provider has taken its place."""
        self._ciphers.clear()
        _overwrite(self.path)

    def holds(self, epoch: str) -> bool:
        return bool(EPOCH.fullmatch(epoch)) and (epoch == self.epoch or self._of(epoch).exists())

    def read(self, epoch: str) -> bytes:
        """The whole file of an epoch, for its escrow."""
        _check_safe(path := self.path if epoch == self.epoch else self._of(epoch))
        return path.read_bytes()

    def _of(self, epoch: str) -> Path:
        return self.path.with_name(f"{self.path.stem}.{epoch}{self.path.suffix}")

    def _cipher(self, epoch: str) -> AESGCM:
        if epoch not in self._ciphers:
            self._refresh()
        if epoch not in self._ciphers:
            old = self._of(epoch)
            if not EPOCH.fullmatch(epoch) or not old.exists():
                raise KeyUnavailable(f"this key-encryption key is not epoch {epoch}")
            name, cipher = _load(old)
            if name != epoch:
                raise KeyUnavailable(f"{old.name} holds another epoch's key")
            self._ciphers[epoch] = cipher
        return self._ciphers[epoch]

    def _refresh(self) -> None:
        """Take the key now in the file, when it is another than the one last seen."""
        found = _check_safe(self.path)
        if (found.st_ino, found.st_mtime_ns) != self._seen:
            epoch, cipher = _load(self.path)
            self._ciphers[epoch] = cipher
            self._epoch, self._seen = epoch, (found.st_ino, found.st_mtime_ns)


def create_key_file(path: Path) -> None:
    """Make a new key-encryption key: 16 bytes that name its epoch and 32 of key, mode 0400.

    Raises:
        FileExistsError: a key is there; it is never overwritten.
    """
    write_key_file(path, secrets.token_bytes(NAME + KEY))


def write_key_file(path: Path, raw: bytes) -> None:
    """Write a key file whose content is known, such as one that comes back from its escrow."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())


def epoch_of(raw: bytes) -> str:
    """The epoch that a key file's content names.

    Raises:
        KeyUnavailable: it is no key.
    """
    if len(raw) != NAME + KEY:
        raise KeyUnavailable("this is not a key-encryption key")
    return raw[:NAME].hex()


def _check_safe(path: Path) -> os.stat_result:
    try:
        found = path.stat()
    except FileNotFoundError:
        raise KeyUnavailable(
            f"the key-encryption key {path.name} is missing: restore it from its escrow, "
            "or run `manage.py provision_keys` on a new installation"
        ) from None
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise KeyUnavailable(
            f"{path.name} can be read by others: run chmod 0400 on it, and replace the "
            "key if somebody else had access"
        )
    return found


def _load(path: Path) -> tuple[str, AESGCM]:
    _check_safe(path)
    raw = path.read_bytes()
    if len(raw) != NAME + KEY:
        raise KeyUnavailable(f"{path.name} is not a key-encryption key")
    return epoch_of(raw), AESGCM(raw[NAME:])


def _overwrite(path: Path) -> None:
    """Overwrite and delete a key. On a disk that moves its blocks, the escrow's end counts too."""
    if not path.exists():
        return
    path.chmod(0o600)
    with path.open("r+b") as file:
        file.write(secrets.token_bytes(NAME + KEY))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
