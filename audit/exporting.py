"""The log as a file that an outside auditor checks alone, with `audit/offline/verify_audit.py`.

JSON lines: a header (whose log, which keys, the newest checkpoint with its cosignatures, and the
roots of what lies before and after the entries taken); one line an entry, with its place, its leaf
and its canonical payload; checkpoints in between, so that a fault is narrowed down; last, how many
lines there are and their SHA-256, so that a damaged file is told from a changed log. An archive has
one line more before the last: the log's own signature over the header and everything after it.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

import psycopg
from django.db import connections
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy
from psycopg.rows import tuple_row

from audit import log_key
from audit.acting import acting
from audit.archived import archived_end
from audit.database import AnyConnection, psycopg_connection
from audit.leaves import EVENT_COLUMNS, canonical_payload
from audit.reviewing import open_review
from audit.signed_note import Note, SignerKey, encode64
from audit.stored_tree import SignedSize, StoredTree, complete_parts
from core.actors import Actor
from core.errors import DomainError

FORMAT = "liwanag-audit-export@v1"
ARCHIVE = "liwanag-audit-archive@v1"
# A checkpoint between the entries at least this far from the one before, and every cosigned one.
CHECKPOINT_EVERY = 100
AT_ONCE = 2_000

SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
ENTRIES = f"""
    SELECT l.position, l.hash, {EVENT_COLUMNS}
    FROM audit_leaf l LEFT JOIN audit_event e ON e.id = l.event_id
    WHERE l.position >= %s AND l.position < %s ORDER BY l.position
"""  # noqa: S608 - fixed column names
CHECKPOINTS = """
    SELECT c.size, c.note, (
        SELECT string_agg(line, '') FROM (
            SELECT DISTINCT ON (witness, key_id) line FROM audit_cosignature s
            WHERE s.size = c.size ORDER BY witness, key_id, cosigned_at DESC
        ) newest
    )
    FROM audit_checkpoint c WHERE c.size > %s AND c.size <= %s AND c.size < %s ORDER BY c.size
"""


class TakenBecause(TextChoices):
    """Why entries leave the log; a code in the event of it."""

    OUTSIDE_AUDIT = "outside_audit", gettext_lazy("For an auditor outside")
    INCIDENT = "incident", gettext_lazy("To look into an incident")
    DATA_SUBJECT = "data_subject_request", gettext_lazy("To answer somebody about their own data")
    LEGAL_DUTY = "legal_obligation", gettext_lazy("Because a law or a court asks for it")


@dataclass(frozen=True, slots=True)
class Exported:
    """Which entries a file holds, of how many."""

    first: int
    end: int
    size: int


def export_log(
    *,
    actor: Actor,
    path: Path,
    first: int = 0,
    end: int | None = None,
    purpose: str = TakenBecause.OUTSIDE_AUDIT,
) -> Exported:
    """Write a part of the log, or all of it, to a file that only its owner can read.

    The event, and a review by somebody else, are in the log before the file.

    Args:
        actor: who takes it out; of the house, with `audit.read_log`.
        path: the file; replaced only once the new one is whole.
        first: the first entry's place in the log.
        end: the place after the last one; all that is under the newest checkpoint when left out.
        purpose: a code of `TakenBecause`.

    Raises:
        Denied: the actor may not read the whole log; recorded.
        DomainError: there are no such entries, or no purpose of that name.
        LogKeyError: the log's public keys cannot be read.
        TreeDamaged: the leaves that were signed are not all there.
        OSError: the file cannot be written.
    """
    auditor = connections["auditor"]
    newest = StoredTree(auditor).newest()
    size = newest.size if newest else 0
    last = size if end is None else end
    with acting(actor) as act:
        # A partner's auditor reads their own agency's part, and this is everybody's.
        act.authorise("audit.read_log", verdict=actor.of_the_house)
        if purpose not in TakenBecause.values:
            raise DomainError(f"Say why: one of {', '.join(TakenBecause.values)}.")
        if first < (kept := archived_end(auditor)):
            raise DomainError(
                f"Entries below {kept} were archived: take their file, and choose from {kept} on."
            )
        if newest is None or not 0 <= first < last <= size:
            raise DomainError(f"The log has {size} entries under a checkpoint: choose among them.")
        act.record(
            "log.exported", facts={"first": first, "end": last, "size": size}, purpose=str(purpose)
        )
        open_review(act, kind="export", facts={"entries": last - first, "reason": str(purpose)})
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            write_export(auditor, file, newest, first, last)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return Exported(first, last, size)


def write_export(
    connection: AnyConnection,
    file: BinaryIO,
    head: SignedSize,
    first: int,
    end: int,
    signer: SignerKey | None = None,
) -> None:
    """Write the entries from `first` to below `end` of the log of `head`, under one snapshot.

    With the log's key it is an archive, and signed as one: for as long as it is kept, nobody has to
    ask the database whether it is the log's own.
    """
    raw = psycopg_connection(connection)
    written, digest = 0, sha256()
    with raw.transaction():
        raw.execute(SNAPSHOT)
        for line in _lines(raw, head, first, end, ARCHIVE if signer else FORMAT):
            digest.update(line)
            file.write(line)
            written += 1
    if signer is not None:
        text = archive_text(log_key.origin(), first, end, head.size, digest.hexdigest())
        line = _line({"signature": Note(text).signed_by(signer).encode()})
        digest.update(line)
        file.write(line)
        written += 1
    file.write(_line({"lines": written, "sha256": digest.hexdigest()}))


def archive_text(origin: str, first: int, end: int, size: int, digest: str) -> str:
    """What is signed of an archive: whose log, which entries of how many, and the SHA-256 of all
    lines before, the header first. Its first line is no log's name, so it is never a checkpoint."""
    return f"{ARCHIVE}\n{origin}\n{first} {end} {size}\n{digest}\n"


def _lines(
    raw: psycopg.Connection[Any], head: SignedSize, first: int, end: int, form: str
) -> Iterator[bytes]:
    tree = StoredTree(raw)
    yield _line(
        {
            "format": form,
            "origin": log_key.origin(),
            "size": head.size,
            "first": first,
            "end": end,
            "vkeys": [str(key) for key in log_key.verifier_keys()],
            "checkpoint": tree.note_with_cosignatures(head),
            "left": [encode64(root) for root in tree.roots_of(complete_parts(0, first))],
            "right": [encode64(root) for root in tree.roots_of(complete_parts(end, head.size))],
        }
    )
    with (
        closing(_stream(raw, "entries", ENTRIES, [first, end])) as entries,
        closing(_stream(raw, "checkpoints", CHECKPOINTS, [first, end, head.size])) as checkpoints,
    ):
        following, shown = next(checkpoints, None), first
        for position, leaf, *event in entries:
            # What was removed or altered is written as it stands: the verifier names it.
            payload = b"null" if event[0] is None else canonical_payload(event)
            yield b'{"n":%d,"leaf":"%s","event":%s}\n' % (
                position,
                encode64(leaf).encode(),
                payload,
            )
            while following is not None and following[0] <= position + 1:
                size, note, lines = following
                if lines or size - shown >= CHECKPOINT_EVERY:
                    yield _line({"checkpoint": note + (lines or "")})
                    shown = size
                following = next(checkpoints, None)


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _stream(
    raw: psycopg.Connection[Any], name: str, query: str, parameters: list[int]
) -> Generator[tuple[Any, ...]]:
    with raw.cursor(name=f"export_{name}", row_factory=tuple_row) as cursor:
        cursor.itersize = AT_ONCE
        cursor.execute(query, parameters, binary=True)
        yield from cursor
