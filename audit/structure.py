"""What the database says of how it is built and guarded, looked at every minute.

An event trigger records statements that change tables, functions and the like (see
`audit/structure_walls.py`). It does not see roles, memberships, rights on the database, server
settings, event triggers themselves, or anything done while it was switched off. So there is a
snapshot of the catalogues at its start and every minute, compares it with the one before, and puts
what differs into the log, in words. The first is the baseline.

Snapshots stand in `audit_structure`, which nobody may change; the log holds the digest of each, so
that one that was changed or removed all the same is found, at the next start too.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connections
from psycopg.rows import tuple_row

from audit.database import AnyConnection, psycopg_connection
from audit.sequencing import AWAY
from audit.structure_queries import NEEDS_A_GRANT, QUERIES

INTERVAL = 60.0
# Next to the sequencer's own two and that of the witnesses.
LOOKING_LOCK = 0x6C6977616E616703
# A new version of the product may change hundreds of things; the snapshots hold them all.
MOST_TOLD = 40

LAST = "SELECT id, digest, state::text FROM audit_structure ORDER BY id DESC LIMIT 1"
KEEP = "INSERT INTO audit_structure (digest, state) VALUES (%s, %s::jsonb) RETURNING id"
TOLD = """
    SELECT facts ->> 'digest' FROM audit_event
    WHERE verb IN ('database.first_seen', 'database.differs') ORDER BY id DESC LIMIT 1
"""
ARCHIVED = "SELECT EXISTS (SELECT FROM audit_archive)"
TELL = "SELECT audit_tell_structure(%s, %s::jsonb)"

State = dict[str, dict[str, str]]
Change = dict[str, str]
Cursor = psycopg.Cursor[tuple[Any, ...]]

logger = logging.getLogger("liwanag.sequencer")


def snapshot(cursor: Cursor) -> State:
    """kind → name → state, of everything that guards the data or says who may do what.

    States are words where they can be, and otherwise the beginning of a hash.
    """
    state: State = {}
    for kind, query in QUERIES.items():
        state[kind] = dict(cursor.execute(query).fetchall())
    for kind, query in NEEDS_A_GRANT.items():
        try:
            with cursor.connection.transaction():
                state[kind] = dict(cursor.execute(query).fetchall())
        except psycopg.errors.InsufficientPrivilege:
            # A rented server does not let anybody look.
            continue
    return state


def differences(before: State, after: State) -> list[Change]:
    """What is there now and was not, is gone, or is otherwise: `kind`, `name`, `from`, `to`."""
    return [
        {
            "kind": kind,
            "name": name,
            "from": before.get(kind, {}).get(name, ""),
            "to": after.get(kind, {}).get(name, ""),
        }
        for kind in sorted(before.keys() | after.keys())
        for name in sorted(before.get(kind, {}).keys() | after.get(kind, {}).keys())
        if before.get(kind, {}).get(name) != after.get(kind, {}).get(name)
    ]


class Watch:
    """Compares the database with what it was. Keep it between looks: it remembers what it kept."""

    def __init__(self) -> None:
        self._kept: tuple[int, bytes] | None = None

    def look(self, connection: AnyConnection) -> Sequence[Change]:
        """Take a snapshot and put what differs into the log, at most one look at a time.

        Args:
            connection: the alias "sequencer" or a psycopg connection with its rights, outside a
                transaction.

        Returns:
            What differs from the snapshot before.

        Raises:
            psycopg.Error: the database failed; nothing was written.
        """
        raw = psycopg_connection(connection)
        with raw.transaction(), raw.cursor(row_factory=tuple_row) as cursor:
            # Names are written as they are found in this schema, whatever the login's settings.
            cursor.execute("SET LOCAL search_path = public")
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOOKING_LOCK])
            if not cursor.fetchall()[0][0]:
                return []
            last = _parsed(cursor.execute(LAST).fetchone())
            after = snapshot(cursor)
            if last is None or not self._is_what_was_kept(cursor, last):
                if last is not None or self._kept is not None or _was_told(cursor):
                    cursor.execute(TELL, ["database.record_altered", "{}"])
                self._keep(cursor, "database.first_seen", after, {})
                return []
            changes = differences(last[2], after)
            if changes:
                counted = {"changes": len(changes), "what": changes[:MOST_TOLD]}
                self._keep(cursor, "database.differs", after, counted)
            else:
                self._kept = last[:2]
        return changes

    def _is_what_was_kept(self, cursor: Cursor, last: tuple[int, bytes, State]) -> bool:
        """Whether the newest snapshot is one that was told in the log and not changed since."""
        identity, stored, state = last
        if digest_of(state) != stored:
            return False
        if self._kept is not None and identity <= self._kept[0]:
            return (identity, stored) == self._kept
        told = cursor.execute(TOLD).fetchone()
        if told is None:
            return _was_told(cursor)
        return bool(told[0] == stored.hex())

    def _keep(self, cursor: Cursor, verb: str, state: State, facts: dict[str, Any]) -> None:
        digest = digest_of(state)
        kept = cursor.execute(KEEP, [digest, json.dumps(state)]).fetchall()[0][0]
        cursor.execute(TELL, [verb, json.dumps({**facts, "digest": digest.hex()})])
        self._kept = (kept, digest)


def _was_told(cursor: Cursor) -> bool:
    """Whether the log tells of a snapshot, be it in an archive because nothing changed for long."""
    if cursor.execute(TOLD).fetchone() is not None:
        return True
    return bool(cursor.execute(ARCHIVED).fetchall()[0][0])


def _parsed(row: tuple[Any, ...] | None) -> tuple[int, bytes, State] | None:
    return None if row is None else (row[0], bytes(row[1]), json.loads(row[2]))


def digest_of(state: State) -> bytes:
    """SHA-256 of a snapshot's canonical form."""
    return hashlib.sha256(
        json.dumps(state, sort_keys=True, separators=(",", ":")).encode()
    ).digest()


def start(stop: threading.Event, *, interval: float = INTERVAL) -> threading.Thread:
    """Look now and every `interval` seconds until `stop` is set, in a thread of its own."""
    thread = threading.Thread(target=_rounds, args=(stop, interval), name="structure", daemon=True)
    thread.start()
    return thread


def _rounds(stop: threading.Event, interval: float) -> None:
    connection, watch = connections["sequencer"], Watch()
    while not stop.is_set():
        try:
            if changes := watch.look(connection):
                logger.warning("The database differs from before in %d places.", len(changes))
        except AWAY as error:
            connection.close()
            logger.warning("The database was not looked at: %s.", type(error).__name__)
        except Exception:
            connection.close()
            logger.exception("The database was not looked at")
        stop.wait(interval)
    connection.close()
