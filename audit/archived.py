"""Archives of the log: files that stand for the events that left the live table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg.rows import tuple_row

from audit.database import AnyConnection, psycopg_connection
from audit.models import AuditEvent
from audit.offline import verify_audit
from audit.signed_note import VerifierKey

ROWS = 'SELECT first, "end", sha256 FROM audit_archive ORDER BY first'
END = 'SELECT coalesce(max("end"), 0) FROM audit_archive'
IDS = ("act", "request_id", "actor_id", "agency_id", "object_id", "case_id")
ENTRY = re.compile(rb'\{"n":(\d{1,19}),"leaf":"[A-Za-z0-9+/]{43}=","event":(\{.*\})\}\n')


class NotAnArchive(Exception):
    """A file that was given is none of this log's archives. The message names it."""


@dataclass(frozen=True, slots=True)
class Archive:
    """The entries from `first` to below `end`, in a file with this SHA-256."""

    first: int
    end: int
    sha256: bytes


def archives_of(connection: AnyConnection) -> list[Archive]:
    """What was archived and removed, oldest first; read as the auditor or the sequencer."""
    with psycopg_connection(connection).cursor(row_factory=tuple_row) as cursor:
        return [Archive(first, end, bytes(digest)) for first, end, digest in cursor.execute(ROWS)]


def archived_end(connection: AnyConnection) -> int:
    """The first entry that was not archived."""
    with psycopg_connection(connection).cursor(row_factory=tuple_row) as cursor:
        return int((cursor.execute(END).fetchone() or (0,))[0])


def digest_of(path: Path) -> bytes:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").digest()


def event_of(payload: bytes) -> AuditEvent:
    """The event of an archived payload, as it stood in the live table; without its commitment."""
    row: dict[str, Any] = json.loads(payload)
    row |= {name: UUID(row[name]) if row[name] else None for name in IDS}
    return AuditEvent(**{**row, "at": datetime.fromisoformat(row["at"]), "commitment": None})


def check_signature(path: Path, keys: list[str]) -> None:
    """Verify an archive by itself, its own signature included, as an outsider would.

    One of before archives were signed bears none; the log's word on its SHA-256 stands alone.

    Raises:
        NotAnArchive: it does not hold.
    """
    with path.open("rb") as file:
        try:
            form = json.loads(file.readline())["format"]
            if form == verify_audit.ARCHIVE:
                file.seek(0)
                verify_audit.verify(file, keys=keys, witness_keys=[], trusted=[])
        except (ValueError, KeyError, TypeError, verify_audit.Bad) as bad:
            raise NotAnArchive(f"{path.name} does not verify: {bad}") from None


class ArchivedEntries:
    """The payloads of archived entries, read once and in order from the files that are given.

    Args:
        archives: what the database says was archived.
        files: the files at hand, in any order.
        keys: whose signature a file must bear.

    Raises:
        NotAnArchive: a file is none of them, or its own signature is false.
        OSError: a file cannot be read.
    """

    def __init__(
        self,
        archives: Iterable[Archive],
        files: Iterable[Path] = (),
        keys: Iterable[VerifierKey] = (),
    ) -> None:
        trusted = [str(key) for key in keys]
        self.archives = list(archives)
        wanted = {archive.sha256 for archive in self.archives}
        self._files: dict[bytes, Path] = {}
        for path in files:
            digest = digest_of(path)
            if digest not in wanted:
                raise NotAnArchive(
                    f"{path.name} is not an archive of this log, or it was changed: its SHA-256 is "
                    "not among those of the archives."
                )
            check_signature(path, trusted)
            self._files[digest] = path
        self._entries = self._read()
        self._next: tuple[int, bytes] | None = next(self._entries, None)

    def holding(self, position: int) -> Archive | None:
        """The archive that an entry went to."""
        return next((one for one in self.archives if one.first <= position < one.end), None)

    def payload(self, position: int) -> bytes | None:
        """The payload of an entry; None where its file was not given. Ask in rising order."""
        while self._next is not None and self._next[0] < position:
            self._next = next(self._entries, None)
        found = self._next
        return found[1] if found is not None and found[0] == position else None

    def _read(self) -> Iterator[tuple[int, bytes]]:
        for archive in self.archives:
            path = self._files.get(archive.sha256)
            if path is None:
                continue
            with path.open("rb") as file:
                for line in file:
                    found = ENTRY.fullmatch(line)
                    if found is not None:
                        yield int(found[1]), found[2]
