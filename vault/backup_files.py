"""A backup: an age file with PostgreSQL's own dump in it, and beside it what it needs to open.

The dump is streamed: `pg_dump` → age → file, and file → age → `pg_restore`. Nothing of it ever
stands on a disk in clear. The manifest holds names of keys, counts, public keys and digests only.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import pyrage
from django.utils.translation import gettext as _

from core.errors import DomainError

FORMAT = "liwanag-backup/1"
# Signed-in people's sessions are not brought back: nobody is signed in on a restored server.
LEFT_OUT = ("--exclude-table-data=django_session", "--exclude-table-data=usersessions_usersession")


@dataclass(frozen=True)
class Manifest:
    """What a backup is and what opens it.

    Attributes:
        dump: the dump's file name; `sha256` and `bytes` are those of that file.
        epochs: key-encryption key → how many data keys it wraps in this dump.
        epoch_in_use: the one that wrapped new keys.
        log_keys: public keys the audit log signed with; `log_checkpoint` is the newest at the time.
    """

    made_at: str
    dump: str
    sha256: str
    bytes: int
    recipients: list[str]
    epochs: dict[str, int]
    epoch_in_use: str
    log_origin: str
    log_keys: list[str]
    log_checkpoint: str
    format: str = FORMAT

    def write(self, file: Path) -> None:
        _write_new(file, json.dumps(asdict(self), indent=2, sort_keys=True).encode() + b"\n")


def read_manifest(file: Path) -> Manifest:
    """The manifest of a backup.

    Raises:
        DomainError: it is missing or no manifest.
    """
    try:
        found = json.loads(file.read_text())
        if found.get("format") != FORMAT:
            raise ValueError
        return Manifest(**found)
    except (OSError, ValueError, TypeError, AttributeError):
        raise DomainError(_("%(name)s is not a backup's manifest.") % {"name": file.name}) from None


def names(folder: Path, at: datetime) -> tuple[Path, Path]:
    """Where the dump and its manifest of this moment go: a date and no other word."""
    stem = at.strftime("backup-%Y%m%dT%H%M%SZ")
    return folder / f"{stem}.dump.age", folder / f"{stem}.manifest.json"


class _Summing:
    """A file that knows the digest and the size of what passed through it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.sum = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        self._file.write(data)
        self.sum.update(data)
        self.size += len(data)
        return len(data)

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.sum.update(data)
        self.size += len(data)
        return data

    def flush(self) -> None:
        self._file.flush()


def dump_to(
    file: Path, *, program: str, variables: Mapping[str, str], sealed_to: Sequence[Any]
) -> tuple[str, int]:
    """Stream a dump into a new age file of mode 0600; a failed one leaves no file.

    Returns:
        (SHA-256 in hex, bytes) of the age file.

    Raises:
        DomainError: pg_dump failed, or the disk is full.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.part")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with (
            os.fdopen(handle, "wb") as out,
            subprocess.Popen(
                [program, "--format=custom", "--compress=1", *LEFT_OUT],
                env=dict(variables),
                stdout=subprocess.PIPE,
            ) as process,
        ):
            assert process.stdout is not None  # noqa: S101 (a pipe was asked for)
            sums = _Summing(out)
            try:
                pyrage.encrypt_io(process.stdout, sums, list(sealed_to))
            except (OSError, pyrage.EncryptError):
                process.kill()
                raise DomainError(_("The backup could not be written: is the disk full?")) from None
            if process.wait() != 0:
                raise DomainError(_("pg_dump failed: see what it said above. Nothing was kept."))
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    return sums.sum.hexdigest(), sums.size


def restore_from(
    file: Path,
    manifest: Manifest,
    *,
    program: str,
    database: str,
    variables: Mapping[str, str],
    opened_by: Sequence[Any],
) -> None:
    """Stream a dump back into an empty database, all of it or none.

    Raises:
        DomainError: the file is not the manifest's, no identity opens it, or pg_restore failed.
    """
    with file.open("rb") as sealed:
        digest = hashlib.file_digest(sealed, "sha256").hexdigest()
        if digest != manifest.sha256:
            raise DomainError(
                _("The dump is not the one its manifest names: it was changed or cut.")
            )
        sealed.seek(0)
        with subprocess.Popen(
            [program, "--exit-on-error", "--single-transaction", f"--dbname={database}"],
            env=dict(variables),
            stdin=subprocess.PIPE,
        ) as process:
            assert process.stdin is not None  # noqa: S101 (a pipe was asked for)
            try:
                pyrage.decrypt_io(sealed, process.stdin, list(opened_by))
                process.stdin.close()
            except (OSError, pyrage.DecryptError):
                process.kill()
                raise DomainError(
                    _("The dump does not open with this identity, or pg_restore refused it.")
                ) from None
            if process.wait() != 0:
                raise DomainError(_("pg_restore failed: see what it said above."))


def _write_new(file: Path, content: bytes) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
