"""The key-encryption key outside the installation, so that a burnt server is not a burnt file.

Two people (or offices) each hold an age identity. Whole, either of them can bring the key back
alone. Split, both are needed: one part is random, the other is the key XOR the first, and neither
tells anything by itself. See docs/operations/keys-and-backups.md for which to choose.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyrage
from django.utils.translation import gettext as _

from core.errors import DomainError
from vault.age import recipients
from vault.errors import KeyUnavailable
from vault.file_provider import KEY_FILE, FileKeyProvider, epoch_of, write_key_file

FORMAT = "liwanag-key-escrow/1"
HOLDERS = 2


def seal_escrow(raw: bytes, holders: Sequence[str], *, split: bool) -> list[bytes]:
    """One age file for each of the two holders.

    Raises:
        DomainError: not two different recipients.
    """
    sealed_to = recipients(holders)
    if len(sealed_to) != HOLDERS:
        raise DomainError(_("Name two different recovery recipients."))
    first = secrets.token_bytes(len(raw))
    parts = [first, _xor(raw, first)] if split else [raw, raw]
    return [
        pyrage.encrypt(
            json.dumps(
                {
                    "format": FORMAT,
                    "epoch": epoch_of(raw),
                    "part": number if split else 0,
                    "of": HOLDERS if split else 1,
                    "data": base64.b64encode(part).decode(),
                    "sha256": hashlib.sha256(raw).hexdigest(),
                }
            ).encode(),
            [recipient],
        )
        for number, (part, recipient) in enumerate(zip(parts, sealed_to, strict=True), 1)
    ]


def open_escrow(files: Sequence[bytes], opened_by: Sequence[Any]) -> bytes:
    """The key file's content out of its escrow: one whole part, or both halves.

    Raises:
        DomainError: none of the identities opens a file, a half is missing, or they do not fit.
    """
    parts: list[dict[str, Any]] = []
    for sealed in files:
        try:
            part = json.loads(pyrage.decrypt(sealed, list(opened_by)))
        except (pyrage.DecryptError, ValueError):
            raise DomainError(_("None of the identities given opens this escrow file.")) from None
        if part.get("format") != FORMAT:
            raise DomainError(_("This is not an escrow file of a key."))
        parts.append(part)
    if not parts or len({part["sha256"] for part in parts}) != 1:
        raise DomainError(_("Give the escrow files of one and the same key."))
    data = {part["part"]: base64.b64decode(part["data"]) for part in parts}
    if parts[0]["of"] == 1:
        raw = data[0]
    elif set(data) == {1, 2}:
        raw = _xor(data[1], data[2])
    else:
        raise DomainError(_("This key was split: both holders' files and identities are needed."))
    if hashlib.sha256(raw).hexdigest() != parts[0]["sha256"]:
        raise DomainError(_("The parts do not fit together."))
    return raw


def escrow_files(
    provider: FileKeyProvider,
    epochs: Sequence[str],
    folder: Path,
    holders: Sequence[str],
    *,
    split: bool,
) -> list[Path]:
    """Write both holders' files of every epoch, new ones only. Returns those written."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = []
    for epoch in epochs:
        names = [folder / f"key-{epoch[:12]}.holder-{n}.age" for n in range(1, HOLDERS + 1)]
        if all(name.exists() for name in names):
            continue
        sealed = seal_escrow(provider.read(epoch), holders, split=split)
        for name, content in zip(names, sealed, strict=True):
            name.unlink(missing_ok=True)
            handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            written.append(name)
    return written


def put_back(raw: bytes, folder: Path) -> Path:
    """Put a recovered key in its place: the one in use where none is, else beside it.

    Raises:
        DomainError: it is there already.
        KeyUnavailable: this is no key.
    """
    epoch = epoch_of(raw)
    place = folder / KEY_FILE
    if place.exists():
        if epoch == FileKeyProvider(place).epoch:
            raise DomainError(_("This key is in its place already."))
        place = place.with_name(f"{place.stem}.{epoch}{place.suffix}")
    try:
        write_key_file(place, raw)
    except FileExistsError:
        raise DomainError(_("This key is in its place already.")) from None
    return place


def _xor(one: bytes, other: bytes) -> bytes:
    if len(one) != len(other):
        raise KeyUnavailable("the parts do not fit together")
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
