"""The shelf: copies of archives that are at hand, so that archived entries are read like others.

A file counts by its SHA-256 alone, which the log and `audit_archive` know; whatever else lies in
the folder is passed over. Entries are found by their place, not by reading from the beginning.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import IO

from django.conf import settings
from psycopg.rows import tuple_row

from audit.archived import ENTRY, Archive, digest_of
from audit.database import AnyConnection, psycopg_connection
from audit.matching import State
from audit.merkle import leaf_hash

LEAVES = "SELECT position, hash FROM audit_leaf WHERE position = ANY(%s)"
# Longer than any line of an entry; the lines between entries are longer still, and are skipped.
STEP = 1 << 16


def file_of(archive: Archive) -> Path | None:
    """The file of an archive on the shelf; None where no copy lies there, or only a changed one."""
    folder: Path = settings.LIWANAG_ARCHIVES_DIR
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file())
    except OSError:
        return None
    for path in files:
        try:
            stands = path.stat()
            if _digest(path, stands.st_ino, stands.st_size, stands.st_mtime_ns) == archive.sha256:
                return path
        except OSError:
            continue
    return None


@lru_cache(maxsize=256)
def _digest(path: Path, inode: int, size: int, changed: int) -> bytes:
    """Once for a file as it stands: an archive may hold a million entries."""
    return digest_of(path)


def entries_from(
    path: Path, first: int, *, wanted: Sequence[Sequence[bytes]] = (), seconds: float = 5.0
) -> Iterator[tuple[int, bytes | None]]:
    """(place, payload) of the entries from a place on, in their order.

    Args:
        path: an archive of `file_of`.
        first: the first place of interest.
        wanted: texts that a payload holds: of each group, one. Others are passed over unread.
        seconds: how long to look; a last (place, None) says from where to go on.
    """
    until = time.monotonic() + seconds
    with path.open("rb") as file:
        file.seek(_before(file, first))
        for number, line in enumerate(file):
            found = ENTRY.fullmatch(line)
            if found is None or (place := int(found[1])) < first:
                continue
            if number % 256 == 0 and time.monotonic() > until:
                yield place, None
                return
            if all(any(text in line for text in texts) for texts in wanted):
                yield place, found[2]


def _before(file: IO[bytes], place: int) -> int:
    """Where in the file a line begins that stands before an entry, or not far from it."""
    low, high = 0, file.seek(0, 2)
    while high - low > STEP:
        middle = (low + high) // 2
        at, number = _next_entry(file, middle, high)
        if number is None or number >= place:
            high = middle
        else:
            low = at
    return low


def _next_entry(file: IO[bytes], start: int, end: int) -> tuple[int, int | None]:
    """(where it begins, its place) of the first entry after some point; None when there is none."""
    file.seek(start)
    file.readline()
    while (at := file.tell()) < end:
        found = ENTRY.fullmatch(file.readline())
        if found is not None:
            return at, int(found[1])
    return end, None


def states_in(
    connection: AnyConnection, entries: Sequence[tuple[int, int, bytes]]
) -> dict[int, State]:
    """event id → how an archived entry compares with the leaf that stays in the log.

    Args:
        entries: (place, event id, payload) of each.
    """
    with psycopg_connection(connection).cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(LEAVES, [[place for place, _id, _payload in entries]]).fetchall()
    leaves = {place: bytes(leaf) for place, leaf in rows}
    return {
        event_id: "sealed" if leaves.get(place) == leaf_hash(payload) else "broken"
        for place, event_id, payload in entries
    }
