"""One walk through the log: see `audit.verification`."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

import psycopg
from psycopg.rows import tuple_row

from audit import log_key
from audit.archived import Archive, ArchivedEntries
from audit.cosignature import WitnessKey, is_cosigned
from audit.findings import Kind, Problem, Report
from audit.leaves import FIELDS, event_leaf
from audit.merkle import Frontier, leaf_hash
from audit.signed_note import Checkpoint, Note, NoteError, VerifierKey, open_checkpoint
from audit.verification_queries import (
    CHECKPOINTS,
    COSIGNED,
    ELSEWHERE,
    ENTRIES,
    TOTAL,
    WAIT_SECONDS,
    WAITING,
)

Progress = Callable[[int, int], None]

# How far an event's time may lie outside its checkpoints' times: the longest transaction.
SLACK = timedelta(minutes=5)
AT_ONCE = 2_000
PROGRESS_EVERY = 10_000
_AT, _VERB, _FACTS = FIELDS.index("at"), FIELDS.index("verb"), FIELDS.index("facts")


class Found(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.sentence)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class _Span:
    """The entries new under a checkpoint: the first, the events at both ends, the newest time.

    A forged checkpoint may cover none.
    """

    first: int
    first_event: int | None
    last_event: int | None
    newest: str


@dataclass(slots=True)
class Walk:
    """One pass over the log; `report` counts what has been found good so far."""

    raw: psycopg.Connection[Any]
    report: Report
    keys: tuple[VerifierKey, ...]
    witness_keys: tuple[WitnessKey, ...]
    trusted_notes: list[str]
    archived: ArchivedEntries
    pass_over: bool
    progress: Progress | None
    frontier: Frontier = field(default_factory=Frontier)
    trusted: list[Checkpoint] = field(default_factory=list)
    # What this log's root was at the size of each trusted checkpoint.
    roots: dict[int, bytes] = field(default_factory=dict)
    total: int = 0
    # The sums of files that the log says were archived.
    announced: set[str] = field(default_factory=set)

    def run(self) -> None:
        self.trusted = [self._open_trusted(note) for note in self.trusted_notes]
        self.roots[0] = self.frontier.root()
        overview = self._row(TOTAL, [])
        self.total, now = overview if overview is not None else (0, "")
        with (
            closing(self._stream("entries", ENTRIES)) as entries,
            closing(self._stream("checkpoints", CHECKPOINTS)) as checkpoints,
        ):
            signed_at = since = ""
            for size, root, frontier, note, at in checkpoints:
                if not (at.endswith("Z") and signed_at <= at <= _shifted(now, SLACK)):
                    self._fail(
                        "checkpoint",
                        f"The checkpoint of size {size} is dated {at}, before the one ahead of it "
                        "or in the future: its time was changed.",
                        size - 1,
                    )
                window = (_shifted(since, -SLACK) if since else "", _shifted(at, SLACK))
                span = self._entries(entries, size, window)
                self._checkpoint(span, size, root, frontier, note)
                # Not the checkpoint's own time: a backlog is taken in many batches within seconds,
                # and what the next one holds is as old as where this one ended.
                since, signed_at = span.newest or since, at
                self.report.checkpoints += 1
                self.report.note = note
            self._tail(entries)
        self._compare_trusted()
        self._compare_cosigned()
        self._compare_archives()
        self._unsequenced()

    def _entries(
        self, entries: Iterator[tuple[Any, ...]], size: int, window: tuple[str, str]
    ) -> _Span:
        """Check the entries up to `size`, dated within `window`."""
        frontier, first = self.frontier, self.frontier.size
        first_event = last_event = None
        newest = ""
        trusted_sizes = {trusted.size for trusted in self.trusted}
        while frontier.size < size:
            row = next(entries, None)
            position = frontier.size
            if row is None or row[0] != position:
                self._fail(
                    "missing",
                    f"Entry {position} is missing from the log: the checkpoint of size {size} "
                    "vouches for it.",
                    position,
                )
            event_id, recorded, event = row[1], row[2], row[3:]
            if event[0] is None:
                leaf, at = recorded, self._archived(position, event_id, recorded)
            else:
                leaf, at = event_leaf(event), event[_AT]
                if event[_VERB] == "log.archived":
                    self.announced.add(str(json.loads(event[_FACTS]).get("sha256")))
            if leaf != recorded:
                self._changed(leaf, position, event_id)
            if last_event is not None and event_id <= last_event:
                self._fail(
                    "reordered",
                    f"Event {event_id} (entry {position}) stands after event {last_event}: "
                    "entries were put in another order, or a checkpoint between them was removed.",
                    position,
                    event_id,
                )
            if at and not (window[0] <= at <= window[1] and at.endswith("Z")):
                self._misdated(at, window, position, event_id)
            first_event = event_id if first_event is None else first_event
            last_event = event_id
            newest = max(newest, at)
            frontier.append(leaf)
            if frontier.size in trusted_sizes:
                self.roots[frontier.size] = frontier.root()
            # The end is told once, by `_tail`.
            if self.progress and frontier.size % PROGRESS_EVERY == 0 and frontier.size < self.total:
                self.progress(frontier.size, self.total)
        return _Span(first, first_event, last_event, newest)

    def _archived(self, position: int, event_id: int, recorded: bytes) -> str:
        """The time of an event that is not in the live table, from its archive's file."""
        archive = self.archived.holding(position)
        if archive is None:
            self._fail(
                "missing",
                f"Event {event_id} (entry {position}) is missing: its leaf is in the log, the "
                "event itself was removed.",
                position,
                event_id,
            )
        payload = self.archived.payload(position)
        if payload is None:
            if not self.pass_over:
                self._fail("archived", _not_given(archive), position, event_id)
            self.report.passed_over += 1
            return ""
        said = json.loads(payload)
        if leaf_hash(payload) != recorded or said["id"] != event_id:
            self._changed(leaf_hash(payload), position, event_id)
        if said["verb"] == "log.archived":
            self.announced.add(str(said["facts"].get("sha256")))
        return str(said["at"])

    def _misdated(self, at: str, window: tuple[str, str], position: int, event_id: int) -> NoReturn:
        if at.endswith("Z") and at > window[1]:
            self._fail(
                "post-dated",
                f"Event {event_id} (entry {position}) is dated {at}, after the checkpoint that "
                "covers it: one of the two times was changed.",
                position,
                event_id,
            )
        self._fail(
            "back-dated",
            f"Event {event_id} (entry {position}) is dated {at}, long before it entered the log: "
            "it was back-dated, or its transaction stayed open for minutes.",
            position,
            event_id,
        )

    def _changed(self, leaf: bytes, position: int, event_id: int) -> NoReturn:
        elsewhere = self._row(ELSEWHERE, [leaf])
        if elsewhere is not None:
            self._fail(
                "reordered",
                f"Event {event_id} (entry {position}) does not match its leaf, which stands at "
                f"entry {elsewhere[0]}: leaves were swapped.",
                position,
                event_id,
            )
        self._fail(
            "changed",
            f"Event {event_id} (entry {position}) was changed after it entered the log: it no "
            "longer matches its leaf.",
            position,
            event_id,
        )

    def _checkpoint(self, span: _Span, size: int, root: bytes, frontier: Any, note: str) -> None:
        """Compare what was recomputed with a checkpoint; the entries of `span` are new in it."""
        last = (size - 1, span.last_event)
        try:
            signed = open_checkpoint(note, keys=self.keys, origin=log_key.origin())
        except NoteError as error:
            self._fail(
                "checkpoint", f"The checkpoint of size {size} does not hold: {error}.", *last
            )
        if signed.size != size:
            self._fail(
                "checkpoint",
                f"The checkpoint of size {size} is signed for another size: {signed.size}.",
                *last,
            )
        if signed.root != self.frontier.root():
            self._fail(
                "changed",
                f"The entries {span.first} to {size - 1} do not give the root that was signed for "
                f"size {size}: one or more of them, from event {span.first_event} on, were "
                "changed, swapped or removed together with their leaves.",
                span.first,
                span.first_event,
            )
        if root != signed.root or frontier != self.frontier.peaks:
            self._fail(
                "checkpoint",
                f"The row of the checkpoint of size {size} was changed: it differs from its "
                "signed note.",
                *last,
            )

    def _tail(self, entries: Iterator[tuple[Any, ...]]) -> None:
        row = next(entries, None)
        if row is not None:
            self._fail(
                "checkpoint",
                f"Entries from {row[0]} on (event {row[1]}) have no signed checkpoint: it was "
                "removed, or they were put there by another hand than the sequencer's.",
                row[0],
                row[1],
            )
        self.report.entries = self.frontier.size
        if self.progress is not None:
            self.progress(self.frontier.size, self.frontier.size)

    def _open_trusted(self, note: str) -> Checkpoint:
        try:
            return open_checkpoint(note, keys=self.keys, origin=log_key.origin())
        except NoteError as error:
            self._fail(
                "trusted note",
                f"The trusted checkpoint is not one of this log under the keys given: {error}. It "
                "is the wrong file, or the log's key was replaced.",
            )

    def _compare_trusted(self) -> None:
        size = self.frontier.size
        for trusted in self.trusted:
            if trusted.size > size:
                self._fail(
                    "truncated",
                    f"The log ends after {size} entries, but the trusted checkpoint vouches for "
                    f"{trusted.size}: entries from {size} on were removed.",
                    size,
                )
            if trusted.root != self.roots[trusted.size]:
                self._fail(
                    "rewritten",
                    f"The first {trusted.size} entries are not those of the trusted checkpoint, "
                    "although every signature holds: the log was rewritten by somebody with its "
                    "key.",
                )

    def _compare_cosigned(self) -> None:
        """See that what each witness cosigned last still stands in the log."""
        for key in self.witness_keys:
            row = self._row(COSIGNED, [key.name, key.key_id])
            if row is None:
                continue
            size, line, note = row
            if note is None:
                self._fail(
                    "truncated" if size > self.frontier.size else "rewritten",
                    f"{key.name} has cosigned {size} entries, and there is no checkpoint of that "
                    "size any more: entries were removed, or the log was rewritten.",
                )
            if not is_cosigned(line, Note.parse(note).text, key):
                self._fail(
                    "rewritten",
                    f"What {key.name} cosigned is not the log's checkpoint of size {size}: the log "
                    "was rewritten by somebody with its key, or the cosignature was changed.",
                )
            self.report.cosigned[key.name] = size

    def _compare_archives(self) -> None:
        """See that the log itself speaks of every archive; what was passed over cannot say so."""
        shown = self.archived.archives[-1:] if self.report.passed_over else self.archived.archives
        for archive in shown:
            if archive.sha256.hex() not in self.announced:
                self._fail(
                    "archived",
                    f"Entries {archive.first} to {archive.end - 1} are said to be archived, and "
                    "no entry of the log speaks of that: they were removed by hand.",
                    archive.first,
                )

    def _unsequenced(self) -> None:
        with closing(self._stream("waiting", WAITING)) as waiting:
            for event_id, at, overdue in waiting:
                if overdue:
                    self._fail(
                        "unsequenced",
                        f"Event {event_id}, dated {at}, has no place in the log although it is "
                        f"older than {WAIT_SECONDS} seconds: the sequencer is not running, or the "
                        "event was put there by hand.",
                        None,
                        event_id,
                    )
                self.report.waiting += 1

    def _stream(self, name: str, query: str) -> Generator[tuple[Any, ...]]:
        with self.raw.cursor(name=f"verify_{name}", row_factory=tuple_row) as cursor:
            cursor.execute(query, binary=True)
            # The server prepares the next rows while these are looked at.
            with ThreadPoolExecutor(1) as ahead:
                coming = ahead.submit(cursor.fetchmany, AT_ONCE)
                while rows := coming.result():
                    coming = ahead.submit(cursor.fetchmany, AT_ONCE)
                    yield from rows

    def _row(self, query: str, parameters: list[Any]) -> tuple[Any, ...] | None:
        with self.raw.cursor(row_factory=tuple_row) as cursor:
            return cursor.execute(query, parameters).fetchone()

    def _fail(
        self, kind: Kind, sentence: str, position: int | None = None, event_id: int | None = None
    ) -> NoReturn:
        self.report.entries = self.frontier.size
        raise Found(Problem(kind, sentence, position, event_id))


def _not_given(archive: Archive) -> str:
    return (
        f"Entries {archive.first} to {archive.end - 1} were archived: give the file whose SHA-256 "
        f"begins with {archive.sha256.hex()[:16]}, or pass over them on purpose."
    )


def _shifted(at: str, by: timedelta) -> str:
    # Fixed-width text sorts as the times do, so a million events are compared without parsing.
    try:
        moved = datetime.fromisoformat(at).astimezone(UTC) + by
    except OverflowError:
        return at
    return moved.strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")
