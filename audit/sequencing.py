"""The sequencer: gives every committed event its place in the Merkle log and signs the result.

Events commit out of the order of their ids, so no id tells whether all below it have been seen. A
step therefore takes every event without a leaf (an anti-join), never "those above the last one".
`audit_leaf.event_id` is unique, so an event cannot enter twice; an advisory lock makes one writer.

So that a step does not compare a million rows every second, it looks only above a low-water mark,
held in memory: an id that no missing event can be at or below. Why it never passes a late commit:

1. After a step has taken all events it could see up to the id H, any event with an id up to H that
   is still unseen had its id drawn before H's, by a transaction that had already begun: ids come
   from a sequence without a cache, and the application's role cannot choose them.
2. Only now the step lists the transactions that are running. Such a one is either in the list or
   over; if it is over and committed, it is visible from here on.
3. Once every listed transaction is gone, all writers of ids up to H are over. A commit becomes
   visible before its locks vanish, so a step that asks first and searches second sees the last of
   them. Once it has taken everything up to H, H is the new mark.
4. A long transaction (a bulk import, a backup) delays the mark and widens the search; it cannot be
   skipped by it. Prepared transactions leave the list without ending, so while one exists the mark
   stands still.

The list is of virtual transaction ids in `pg_locks`, because a writer draws its id before it has a
transaction id. The mark is dropped on any error and every ten minutes: a new process, a restored
dump (other transaction ids, same rows) or a row put below the mark by hand is met by a full search.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime
from typing import Any

import django.db
import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.rows import tuple_row

from audit import log_key
from audit.database import AnyConnection, psycopg_connection
from audit.leaves import EVENT_COLUMNS, event_leaf
from audit.merkle import EMPTY_ROOT, Frontier
from audit.signed_note import Checkpoint, SignerKey, sign_checkpoint
from audit.waiting import waiting_events

# "liwanag" in ASCII; the lower bit tells the two locks apart.
WRITER_LOCK = 0x6C6977616E616700
SERVICE_LOCK = 0x6C6977616E616701
# Below any bigint that a row could carry, one set by hand included.
LOWEST = -(2**63) - 1
BATCH = 20_000
FULL_SEARCH_SECONDS = 600.0
LONGEST_PAUSE = 10.0
REFUSAL_PAUSE = 60.0
# How often it looks whether events wait although somebody should be at work.
LOOK_SECONDS = 30.0

# The search must see what committed since the transaction began, whatever the server's default.
ISOLATION = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED"
# Every transaction holds its own virtual id from its first moment to after its commit is visible.
# A process connected to another database of the server cannot write to this log.
RUNNING = """
    SELECT virtualxid FROM pg_locks l WHERE locktype = 'virtualxid' AND granted AND NOT EXISTS (
        SELECT FROM pg_stat_activity a WHERE a.pid = l.pid AND a.datname <> current_database())
"""
PREPARED = "SELECT EXISTS (SELECT FROM pg_prepared_xacts WHERE database = current_database())"
UNSEQUENCED = f"""
    SELECT {EVENT_COLUMNS} FROM audit_event e
    WHERE e.id > %s AND NOT EXISTS (SELECT FROM audit_leaf l WHERE l.event_id = e.id)
    ORDER BY e.id LIMIT %s
"""  # noqa: S608 - fixed column names
LAST = "SELECT size, root, frontier FROM audit_checkpoint ORDER BY size DESC LIMIT 1"
LEAVES = "SELECT coalesce(max(position) + 1, 0) FROM audit_leaf"

Cursor = psycopg.Cursor[tuple[Any, ...]]

AWAY = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    django.db.OperationalError,
    django.db.InterfaceError,
)

logger = logging.getLogger("liwanag.sequencer")


class LogInconsistent(Exception):
    """What the database holds is not what was signed; signing on would cover it up.

    The message names sizes only.
    """


class Sequencer:
    """One writer of the log. Keep it between steps: it remembers where to look.

    Args:
        signer: the log's key; read from its file when left out.
        batch: the most events under one checkpoint.
    """

    def __init__(self, signer: SignerKey | None = None, *, batch: int = BATCH) -> None:
        self.signer = signer or log_key.load_signer()
        self.batch = batch
        self.low_water = LOWEST
        self._highest = LOWEST
        self._awaited: tuple[int, frozenset[str]] | None = None
        self._searched_at = time.monotonic()
        self._signed: Checkpoint | None = None

    def step(self, connection: AnyConnection, *, wait: bool = False) -> int:
        """Sequence what has been committed, at most one batch, under one new checkpoint.

        Args:
            connection: the alias "sequencer" or a psycopg connection with its rights, outside a
                transaction.
            wait: wait for another writer to finish instead of leaving the work to it.

        Returns:
            How many events entered the log; `batch` means there may be more.

        Raises:
            LogInconsistent: leaves and checkpoints disagree, or the log has become shorter.
            psycopg.Error: the database failed; nothing was written.
        """
        try:
            raw = psycopg_connection(connection)
            with raw.transaction(), raw.cursor(row_factory=tuple_row) as cursor:
                count, checkpoint = self._step(cursor, wait)
        except BaseException:
            self._forget()
            raise
        # Only once it is committed: what was signed in a transaction that failed, nobody has seen.
        self._signed = checkpoint or self._signed
        return count

    def _step(self, cursor: Cursor, wait: bool) -> tuple[int, Checkpoint | None]:
        cursor.execute(ISOLATION)
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITER_LOCK])
        elif not _one(cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [WRITER_LOCK]))[0]:
            return 0, None
        if time.monotonic() - self._searched_at > FULL_SEARCH_SECONDS:
            self._forget()
        # Asked before the search: whoever is gone by now has committed what the search will see.
        over = self._awaited is not None and self._are_over(cursor, self._awaited[1])
        rows = cursor.execute(UNSEQUENCED, [self.low_water, self.batch]).fetchall()
        checkpoint = self._append(cursor, rows) if rows else None
        self._move_mark(cursor, rows, over)
        return len(rows), checkpoint

    def _move_mark(self, cursor: Cursor, rows: list[tuple[Any, ...]], over: bool) -> None:
        """Raise the low-water mark, or note what must end before it may rise. See the module."""
        last = rows[-1][0] if rows else LOWEST
        self._highest = max(self._highest, last)
        # A full batch says nothing of what is visible above its last id.
        taken = last if len(rows) == self.batch else self._highest
        if self._awaited is not None and over and self._awaited[0] <= taken:
            self.low_water = self._awaited[0]
            self._awaited = None
        if self._awaited is None and taken > self.low_water:
            # Listed after the search: a writer that begins later draws a higher id.
            self._awaited = (taken, _running(cursor))

    def _append(self, cursor: Cursor, rows: list[tuple[Any, ...]]) -> Checkpoint:
        frontier = self._frontier(cursor)
        with cursor.copy(
            "COPY audit_leaf (position, event_id, hash) FROM STDIN (FORMAT BINARY)"
        ) as copy:
            copy.set_types(["int8", "int8", "bytea"])
            for row in rows:
                leaf = event_leaf(row)
                copy.write_row((frontier.size, row[0], leaf))
                frontier.append(leaf)
        checkpoint = Checkpoint(log_key.origin(), frontier.size, frontier.root())
        cursor.execute(
            "INSERT INTO audit_checkpoint (size, root, frontier, note) "
            "VALUES (%s, %s, %s::bytea[], %s)",
            [
                checkpoint.size,
                checkpoint.root,
                frontier.peaks,
                sign_checkpoint(checkpoint, self.signer),
            ],
        )
        return checkpoint

    def _frontier(self, cursor: Cursor) -> Frontier:
        """Take up the last checkpoint's frontier, refusing to build on what does not hold.

        A log must not sign what is inconsistent with what it signed (tlog-checkpoint).
        """
        last = cursor.execute(LAST).fetchone()
        size = last[0] if last else 0
        leaves = _one(cursor.execute(LEAVES))[0]
        if leaves != size:
            raise LogInconsistent(f"{leaves} leaves stand under a checkpoint of size {size}")
        signed = self._signed or Checkpoint(log_key.origin(), 0, EMPTY_ROOT)
        if size < signed.size:
            raise LogInconsistent(f"the log has {size} entries, but {signed.size} were signed")
        if last is None:
            return Frontier()
        if size == signed.size and last[1] != signed.root:
            raise LogInconsistent(f"the log of {size} entries is not the one that was signed")
        try:
            frontier = Frontier.restore(size, last[2])
        except (TypeError, ValueError):
            raise LogInconsistent(f"the frontier stored at size {size} is damaged") from None
        if frontier.root() != last[1]:
            raise LogInconsistent(f"the frontier stored at size {size} has another root")
        return frontier

    def _are_over(self, cursor: Cursor, transactions: frozenset[str]) -> bool:
        if transactions & _running(cursor):
            return False
        return not _one(cursor.execute(PREPARED))[0]

    def _forget(self) -> None:
        self.low_water = LOWEST
        self._highest = LOWEST
        self._awaited = None
        self._searched_at = time.monotonic()


def step(connection: AnyConnection) -> int:
    """Sequence one batch with the log's own key and a full search. See `Sequencer.step`."""
    return Sequencer().step(connection)


def sequence_all(connection: AnyConnection, signer: SignerKey | None = None) -> int:
    """Sequence everything that is committed, waiting for another writer's step if there is one.

    Returns:
        How many events entered the log.
    """
    sequencer = Sequencer(signer)
    total = 0
    while count := sequencer.step(connection, wait=True):
        total += count
    return total


def serve(connection: BaseDatabaseWrapper, stop: threading.Event, *, interval: float = 0.5) -> None:
    """Sequence every `interval` seconds until `stop` is set.

    A second process idles until the first is gone: the one at work holds a lock that ends with its
    connection. A database that goes away is waited for. Nothing of an event is logged, only counts.

    Args:
        connection: the alias "sequencer".
        stop: set it to end after the step under way.
        interval: seconds between steps.

    Raises:
        LogKeyError: the log's key cannot be used.
    """
    sequencer = Sequencer()
    at_work, pause, looked_at = False, interval, time.monotonic()
    while not stop.is_set():
        try:
            if not at_work and _take_over(connection):
                at_work = True
                logger.info("The sequencer is at work.")
            count = sequencer.step(connection) if at_work else 0
            pause = 0.0 if count == sequencer.batch else interval
            if time.monotonic() - looked_at > LOOK_SECONDS and count < sequencer.batch:
                looked_at = time.monotonic()
                _tell_of_waiting(connection)
        except LogInconsistent as error:
            logger.critical("The audit log is not being signed: %s. Run verify_audit.", error)
            pause = REFUSAL_PAUSE
        except AWAY as error:
            connection.close()
            at_work = False
            pause = min(max(pause, interval) * 2, LONGEST_PAUSE)
            # The kind of error only: a driver's message may quote what it was given.
            logger.warning(
                "The database is away (%s): next try in %.1f s.", type(error).__name__, pause
            )
        stop.wait(pause)
    connection.close()


def _tell_of_waiting(connection: BaseDatabaseWrapper) -> None:
    """Say that events wait: the idle one of two sees that the one at work is stuck."""
    waiting = waiting_events(connection, datetime.now(UTC))
    if waiting.count:
        logger.critical(
            "%d events wait for their place in the audit log, the oldest since %s.",
            waiting.count,
            f"{waiting.since:%Y-%m-%d %H:%M:%S} UTC",
        )


def _take_over(connection: BaseDatabaseWrapper) -> bool:
    with psycopg_connection(connection).cursor(row_factory=tuple_row) as cursor:
        return bool(_one(cursor.execute("SELECT pg_try_advisory_lock(%s)", [SERVICE_LOCK]))[0])


def _running(cursor: Cursor) -> frozenset[str]:
    return frozenset(row[0] for row in cursor.execute(RUNNING))


def _one(cursor: Cursor) -> tuple[Any, ...]:
    row = cursor.fetchone()
    if row is None:
        raise LogInconsistent("the database gave no answer")
    return row
