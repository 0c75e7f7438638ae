"""Archiving the log: old entries go to a file that verifies by itself, then leave the live table.

In two steps, so that a copy can be taken elsewhere in between. Archiving writes the file and says
so in the log, with the file's SHA-256. Removing checks the file from its first line to its last
against the log's signed root, and only then deletes what it holds, as the sequencer's role; a
trigger lets nothing else go (migration 0007). Leaves and checkpoints stay, so proofs go on working.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from django.db import connections
from django.utils.translation import gettext as _
from psycopg.rows import tuple_row

from audit import log_key
from audit.acting import acting
from audit.archived import archived_end, digest_of
from audit.database import psycopg_connection
from audit.exporting import write_export
from audit.offline import verify_audit
from audit.reviewing import open_review
from audit.stored_tree import SignedSize, StoredTree
from core.actors import Actor
from core.errors import DomainError

KEPT_DAYS = "SELECT days FROM audit_retention WHERE what = 'event'"
# Up to the first entry that is too young: what lies behind it stays, however old.
OLD_ENOUGH = """
    SELECT coalesce(min(l.position), (SELECT coalesce(max(position) + 1, 0) FROM audit_leaf))
    FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id
    WHERE l.position >= %s AND e.at >= %s
"""
ANNOUNCED = """
    SELECT (e.facts ->> 'first')::bigint, (e.facts ->> 'end')::bigint FROM audit_event e
    JOIN audit_leaf l ON l.event_id = e.id
    WHERE e.verb = 'log.archived' AND e.facts ->> 'sha256' = %s ORDER BY e.id DESC LIMIT 1
"""
ENTER = 'INSERT INTO audit_archive (first, "end", sha256, removed_by) VALUES (%s, %s, %s, %s)'
REMOVE = """
    DELETE FROM audit_event e USING audit_leaf l
    WHERE l.event_id = e.id AND l.position >= %s AND l.position < %s
"""


@dataclass(frozen=True, slots=True)
class Archived:
    """Entries from `first` to below `end`, in a file with this SHA-256 (hex)."""

    first: int
    end: int
    sha256: str


def archive_log(*, actor: Actor, path: Path, at: datetime, end: int | None = None) -> Archived:
    """Write what is old enough, from where the last archive ended, to a file of its own.

    Args:
        actor: who archives; of the house, with `audit.archive_log`. Somebody else reviews it.
        path: the file; never an existing one.
        at: the moment to judge age by.
        end: the place after the last entry; as far as `audit_retention` allows when left out.

    Raises:
        Denied: the actor may not; recorded.
        DomainError: nothing is old enough, or not so far.
        LogKeyError: the log's key, which signs the file, cannot be read by this user.
        OSError: the file cannot be written, or is there already.
    """
    auditor = psycopg_connection(connections["auditor"])
    first = archived_end(auditor)
    most, head = _old_enough(auditor, first, at)
    last = most if end is None else end
    with acting(actor) as act:
        act.authorise("audit.archive_log", verdict=actor.of_the_house)
        if head is None or not first < last <= most:
            raise DomainError(
                _("Entries %(first)d to %(most)d may be archived now; others are too young.")
                % {"first": first, "most": most - 1}
                if first < most
                else _("No entry is old enough to be archived.")
            )
        if path.exists():
            raise FileExistsError(17, os.strerror(17), str(path))
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        try:
            digest = _write(auditor, draft, head, first, last)
            act.record(
                "log.archived",
                facts={"first": first, "end": last, "size": head.size, "sha256": digest},
            )
            open_review(act, kind="export", facts={"entries": last - first, "reason": "archive"})
            # Within the act: what cannot be put in its place is not announced either.
            draft.rename(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    return Archived(first, last, digest)


def remove_archived(*, actor: Actor, path: Path) -> Archived:
    """Remove from the live table what an archive holds, once the file was checked to the last line.

    Args:
        actor: who removes; of the house, with `audit.archive_log`. Recorded before anything goes.
        path: a file that `archive_log` wrote and the log speaks of.

    Raises:
        Denied: the actor may not; recorded.
        DomainError: the file does not verify, is not announced in the log, or not the next one.
        psycopg.Error: the database refused; nothing was removed.
    """
    auditor = psycopg_connection(connections["auditor"])
    digest = digest_of(path)
    with auditor.cursor(row_factory=tuple_row) as cursor:
        announced = cursor.execute(ANNOUNCED, [digest.hex()]).fetchone()
    first = archived_end(auditor)
    with acting(actor) as act:
        act.authorise("audit.archive_log", verdict=actor.of_the_house)
        if announced is None:
            raise DomainError(
                _("The log does not speak of this file: it was changed, or written just now.")
            )
        if announced[0] != first:
            raise DomainError(
                _("This archive begins at entry %(first)d; the next one to remove is %(next)d.")
                % {"first": announced[0], "next": first}
            )
        _check(path)
        act.record(
            "log.pruned",
            facts={"first": first, "end": announced[1], "sha256": digest.hex()},
        )
    sequencer = psycopg_connection(connections["sequencer"])
    with sequencer.transaction(), sequencer.cursor() as cursor:
        cursor.execute(ENTER, [first, announced[1], digest, actor.pk])
        gone = cursor.execute(REMOVE, [first, announced[1]]).rowcount
        if gone != announced[1] - first:
            raise DomainError(_("Some of these events are missing already. Run verify_audit."))
    return Archived(first, announced[1], digest.hex())


def _old_enough(
    auditor: psycopg.Connection[Any], first: int, at: datetime
) -> tuple[int, SignedSize | None]:
    """The place after the last entry that may go, and a checkpoint that covers it."""
    with auditor.cursor(row_factory=tuple_row) as cursor:
        days = (cursor.execute(KEPT_DAYS).fetchone() or (None,))[0]
        if days is None:
            return first, None
        row = cursor.execute(OLD_ENOUGH, [first, at - timedelta(days=days)]).fetchone()
    end = int(row[0]) if row else first
    tree = StoredTree(auditor)
    head = tree.covering(end - 1) if end > first else None
    return (min(end, head.size) if head else first), head


def _write(
    auditor: psycopg.Connection[Any], draft: Path, head: SignedSize, first: int, end: int
) -> str:
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        write_export(auditor, file, head, first, end, log_key.load_signer())
        file.flush()
        os.fsync(file.fileno())
    _check(draft)
    return digest_of(draft).hex()


def _check(path: Path) -> None:
    """Verify a file as an outsider would, with the log's public keys."""
    keys = [str(key) for key in log_key.verifier_keys()]
    try:
        with path.open("rb") as file:
            verify_audit.verify(file, keys=keys, witness_keys=[], trusted=[])
    except verify_audit.Bad as bad:
        raise DomainError(_("The archive does not verify: %(why)s") % {"why": bad}) from None
