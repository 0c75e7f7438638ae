"""The key that signs the audit log: a file outside the database, and the public keys beside it.

The private key lies in `LIWANAG_KEYS_DIR` as `audit-log.key`, readable by its owner alone. Whoever
holds it can sign a false log, so the sequencer is the only process that loads it; a verifier reads
`audit-log.vkeys`, one public key a line, and an outside auditor keeps a copy of that file.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings

from audit.signed_note import NoteError, SignerKey, VerifierKey

KEY_FILE = "audit-log.key"
PUBLIC_FILE = "audit-log.vkeys"
DEFAULT_ORIGIN = "liwanag.example/log"


class LogKeyError(Exception):
    """The log's key is missing, unsafe or unreadable. The message says which and what to do."""


def origin() -> str:
    """The log's name: the first line of every checkpoint and the name of its key."""
    return str(getattr(settings, "LIWANAG_LOG_ORIGIN", DEFAULT_ORIGIN))


def key_path() -> Path:
    """Where the private key lies."""
    return Path(settings.LIWANAG_KEYS_DIR) / KEY_FILE


def public_path() -> Path:
    """Where the public keys lie, oldest first."""
    return Path(settings.LIWANAG_KEYS_DIR) / PUBLIC_FILE


def create_log_key() -> VerifierKey:
    """Make the key on first use; with a key in place, only see that its public half is listed.

    Returns:
        The public half.

    Raises:
        LogKeyError: a key is there and cannot be used.
    """
    path = key_path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        private = Ed25519PrivateKey.generate()
        # A hard link lands whole or not at all, so two first starts agree on one key.
        _place(path, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    verifier = load_signer().verifier
    _list_public(verifier)
    return verifier


def load_signer() -> SignerKey:
    """Read the private key.

    Raises:
        LogKeyError: it is missing, readable by others, or not an Ed25519 key.
    """
    path = key_path()
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            pem = file.read(10_000)
    except FileNotFoundError:
        raise LogKeyError(
            f"The audit log's key {path.name} is missing: run provision_keys."
        ) from None
    except OSError as error:
        raise LogKeyError(
            f"The audit log's key {path.name} cannot be read: {error.strerror}."
        ) from None
    if mode & 0o077:
        raise LogKeyError(
            f"The audit log's key {path.name} is open to others (mode {mode & 0o777:04o}). "
            "Close it with chmod 0400 and find out who may have copied it."
        )
    try:
        private = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError):
        raise LogKeyError(f"The audit log's key {path.name} is not a readable key.") from None
    if not isinstance(private, Ed25519PrivateKey):
        raise LogKeyError(f"The audit log's key {path.name} is not an Ed25519 key.")
    return SignerKey(origin(), private)


def verifier_keys() -> tuple[VerifierKey, ...]:
    """The public keys this log has signed with, oldest first.

    Raises:
        LogKeyError: the list is missing, empty or damaged.
    """
    path = public_path()
    try:
        lines = path.read_text().split()
    except FileNotFoundError:
        raise LogKeyError(
            f"The audit log's public keys {path.name} are missing: run provision_keys."
        ) from None
    except (OSError, UnicodeError):
        raise LogKeyError(f"The audit log's public keys {path.name} cannot be read.") from None
    try:
        keys = tuple(VerifierKey.parse(line) for line in lines)
    except NoteError as error:
        raise LogKeyError(f"A line of {path.name} is not a public key: {error}.") from None
    if not keys:
        raise LogKeyError(f"The audit log's public keys {path.name} are empty.")
    return keys


def add_public_keys(lines: Iterable[str]) -> None:
    """List public keys that this log signed with elsewhere, such as before a restore, as older.

    Raises:
        LogKeyError: one of them is no public key.
    """
    try:
        older = [str(VerifierKey.parse(line)) for line in lines]
    except NoteError as error:
        raise LogKeyError(f"This is not a public key of the log: {error}.") from None
    path = public_path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    listed = path.read_text().split() if path.exists() else []
    _write_public([*(line for line in older if line not in listed), *listed])


def _list_public(verifier: VerifierKey) -> None:
    path = public_path()
    listed = path.read_text().split() if path.exists() else []
    if str(verifier) not in listed:
        _write_public([*listed, str(verifier)])


def _write_public(lines: Iterable[str]) -> None:
    path = public_path()
    _draft(path, "".join(f"{line}\n" for line in lines).encode(), 0o444).replace(path)


def _place(path: Path, content: bytes) -> None:
    draft = _draft(path, content, 0o400)
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def _draft(path: Path, content: bytes, mode: int) -> Path:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        os.fchmod(file.fileno(), mode)
        file.flush()
        os.fsync(file.fileno())
    return draft
