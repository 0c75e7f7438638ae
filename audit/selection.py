"""Entries that were searched for, as a file that an outside auditor checks alone.

The form of `audit.exporting`, but for what lies between the entries: there stand the roots of the
subtrees, so that the file gives the root that was signed and nobody can swap an entry, and holds
nothing of the entries that were not asked for. `audit/offline/verify_audit.py` checks both.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import IO, Any

import psycopg
from django.db import connections
from django.utils.translation import gettext as _
from psycopg.rows import tuple_row

from audit import log_key
from audit.acting import acting
from audit.database import psycopg_connection
from audit.exporting import SNAPSHOT, TakenBecause
from audit.leaves import EVENT_COLUMNS, canonical_payload
from audit.merkle import tree_root
from audit.reviewing import open_review
from audit.signed_note import encode64
from audit.stored_tree import NARROW, SignedSize, StoredTree, complete_parts
from core.actors import Actor
from core.errors import DomainError

FORMAT = "liwanag-audit-selection@v1"
# More than this is the whole log's export, which a command makes.
MOST = 5_000
AT_ONCE = 500
# A file larger than this is written to the disk instead of memory; it has no name there.
IN_MEMORY = 4 * 1024 * 1024

PLACES = "SELECT position FROM audit_leaf WHERE event_id = ANY(%s) ORDER BY position"
ENTRIES = f"""
    SELECT l.position, l.hash, {EVENT_COLUMNS}
    FROM audit_leaf l LEFT JOIN audit_event e ON e.id = l.event_id
    WHERE l.position = ANY(%s) ORDER BY l.position
"""  # noqa: S608 - fixed column names
WITNESSED = "SELECT max(size) FROM audit_cosignature WHERE size <= %s"


@dataclass(frozen=True)
class Selection:
    """The file, and what it holds.

    Attributes:
        file: open at its beginning; it vanishes when it is closed.
        entries: how many entries it holds.
        waiting: how many were left out because they have no place in the log yet.
    """

    file: IO[bytes]
    entries: int
    waiting: int


def export_selection(
    *, actor: Actor, event_ids: Sequence[int], purpose: str, filters: Sequence[str] = ()
) -> Selection:
    """Take entries out with what proves them. The event, and a review, come before the file.

    Args:
        actor: who takes them out; needs `audit.read_log`.
        event_ids: the events; the caller has shown that the actor may read them.
        purpose: a code of `TakenBecause`.
        filters: the names of what was searched by, never what was searched for.

    Raises:
        Denied: the actor may not read the log; recorded.
        DomainError: none of them is sealed yet, they are too many, or no purpose was chosen.
        LogKeyError: the log's public keys cannot be read.
        TreeDamaged: the leaves that were signed are not all there.
    """
    auditor = connections["auditor"]
    raw = psycopg_connection(auditor)
    with acting(actor) as act:
        act.authorise("audit.read_log")
        if purpose not in TakenBecause.values:
            raise DomainError(_("Choose why you take this out."), field="purpose")
        if len(event_ids) > MOST:
            raise DomainError(
                _(
                    "These are more than %(most)s entries. Narrow the search, or have the whole "
                    "log exported with manage.py export_audit_log."
                )
                % {"most": f"{MOST:,}"}
            )
        head = StoredTree(auditor).newest()
        places = [
            place
            for (place,) in _rows(raw, PLACES, list(event_ids))
            if head is not None and place < head.size
        ]
        if head is None or not places:
            raise DomainError(_("Nothing that was found is sealed yet. Try again in a minute."))
        act.record(
            "log.exported",
            facts={"entries": len(places), "size": head.size, "filters": sorted(filters)},
            purpose=purpose,
        )
        open_review(act, kind="export", facts={"entries": len(places), "reason": purpose})
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller closes it
    try:
        write_selection(raw, file, head, places)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return Selection(file, len(places), len(event_ids) - len(places))


def write_selection(
    raw: psycopg.Connection[Any], file: Any, head: SignedSize, places: Sequence[int]
) -> None:
    """Write the entries at `places` (ascending) of the log of `head`, under one snapshot."""
    written, digest = 0, sha256()
    with raw.transaction():
        raw.execute(SNAPSHOT)
        for line in _lines(raw, head, places):
            digest.update(line)
            file.write(line)
            written += 1
    file.write(_line({"lines": written, "sha256": digest.hexdigest()}))


def _lines(
    raw: psycopg.Connection[Any], head: SignedSize, places: Sequence[int]
) -> Iterator[bytes]:
    tree = StoredTree(raw)
    yield _line(
        {
            "format": FORMAT,
            "origin": log_key.origin(),
            "size": head.size,
            "first": 0,
            "end": head.size,
            "vkeys": [str(key) for key in log_key.verifier_keys()],
            "checkpoint": tree.note_with_cosignatures(head),
            "left": [],
            "right": [],
        }
    )
    # Stop where the witnesses signed last, so that what they hold can be compared.
    witnessed = _rows(raw, WITNESSED, head.size)[0][0] or 0
    at = 0
    for position, leaf, *event in _entries(raw, places):
        if at < witnessed <= position:
            yield from _pass(tree, at, witnessed)
            yield from _checkpoint(tree, witnessed)
            at = witnessed
        yield from _pass(tree, at, position)
        # What was removed or altered is written as it stands: the verifier names it.
        payload = b"null" if event[0] is None else canonical_payload(event)
        yield b'{"n":%d,"leaf":"%s","event":%s}\n' % (position, encode64(leaf).encode(), payload)
        at = position + 1
    if at < witnessed < head.size:
        yield from _pass(tree, at, witnessed)
        yield from _checkpoint(tree, witnessed)
        at = witnessed
    yield from _pass(tree, at, head.size)


def _entries(raw: psycopg.Connection[Any], places: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    for start in range(0, len(places), AT_ONCE):
        yield from _rows(raw, ENTRIES, list(places[start : start + AT_ONCE]))


def _pass(tree: StoredTree, start: int, end: int) -> Iterator[bytes]:
    """What a verifier needs to pass over the entries from `start` to below `end`."""
    if start == end:
        return
    parts = complete_parts(start, end)
    if end - start <= NARROW:
        leaves = tree.leaves(start, end)
        roots = [tree_root(leaves[first - start : last - start]) for first, last in parts]
    else:
        roots = tree.roots_of(parts)
    yield _line({"pass": end, "roots": [encode64(root) for root in roots]})


def _checkpoint(tree: StoredTree, size: int) -> Iterator[bytes]:
    checkpoint = tree.checkpoint(size)
    if checkpoint is not None:
        yield _line({"checkpoint": tree.note_with_cosignatures(checkpoint)})


def _rows(raw: psycopg.Connection[Any], query: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with raw.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(query, parameters).fetchall()


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
