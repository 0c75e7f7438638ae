"""What a database administrator could do to the log: random mutations, each undone afterwards.

Some are clumsy, some are those of somebody who knows the format, recomputes leaves and roots, and
has even stolen the log's key. Each is done in a transaction that is rolled back, and the log is
verified inside it against what one honest witness remembers.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import psycopg

from audit.findings import Report
from audit.leaves import EVENT_COLUMNS, event_leaf
from audit.merkle import Frontier
from audit.signed_note import Checkpoint, SignerKey, sign_checkpoint
from audit.verification import verify

TABLES = ("audit_event", "audit_leaf", "audit_checkpoint", "audit_cosignature")
KEYS = {"audit_event": "id", "audit_leaf": "position", "audit_checkpoint": "size"}
# A checkpoint's row number says nothing, and its time is held between its neighbours' alone.
FREE = {("audit_checkpoint", "id"), ("audit_checkpoint", "at")}
COLUMNS = """
    SELECT table_name, column_name, data_type FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = ANY(%s) ORDER BY table_name, column_name
"""
MAY_BE_NULL = ("request_id", "actor_id", "agency_id", "case_id", "object_id", "commitment")
ADD_EVENT = """
    INSERT INTO audit_event (id, at, act, verb, fields, facts, role, object_type, purpose, outcome)
    VALUES (%s, now() - %s, gen_random_uuid(), 'case.opened', '{}', '{}', '', '', '', 'done')
"""
EVENTS = "SELECT md5(string_agg(e::text, '' ORDER BY id)) FROM audit_event e"
# All that is verified, as one sum: a mutation that changes nothing does not count.
STATE = """
    SELECT (SELECT md5(string_agg(e::text, '' ORDER BY id)) FROM audit_event e)
        || (SELECT md5(string_agg(l::text, '' ORDER BY position)) FROM audit_leaf l)
        || (SELECT md5(string_agg(c::text, '' ORDER BY size)) FROM audit_checkpoint c)
"""
# What else a superuser takes out of the way first; the rows may then say anything.
LOWERED = """
    DO $lower$ DECLARE telling name; BEGIN
        FOR telling IN SELECT evtname FROM pg_event_trigger LOOP
            EXECUTE format('ALTER EVENT TRIGGER %I DISABLE', telling);
        END LOOP;
    END $lower$;
    ALTER TABLE audit_event DISABLE TRIGGER ALL;
    ALTER TABLE audit_leaf DISABLE TRIGGER ALL;
    ALTER TABLE audit_checkpoint DISABLE TRIGGER ALL;
    ALTER TABLE audit_cosignature DISABLE TRIGGER ALL;
    ALTER TABLE audit_event DROP CONSTRAINT audit_event_verb_check;
    ALTER TABLE audit_event DROP CONSTRAINT audit_event_outcome_check;
    ALTER TABLE audit_leaf DROP CONSTRAINT audit_leaf_position_check;
    ALTER TABLE audit_event ALTER id DROP IDENTITY;
"""


class Unnoticed(AssertionError):
    """A mutation that the verification did not find, or an honest log that it refused."""


@dataclass
class Tamperer:
    """A superuser with bad intentions.

    Attributes:
        superuser: a connection in autocommit, to a database of its own.
        signer: the log's key, stolen.
        chance: where the choices come from.
    """

    superuser: psycopg.Connection[Any]
    signer: SignerKey
    chance: random.Random
    done: Counter[str] = field(default_factory=Counter)
    # What the verification said, by the kind of finding.
    found: Counter[str] = field(default_factory=Counter)

    def lower_the_walls(self) -> None:
        """Switch off triggers and checks, for good."""
        self.superuser.execute(LOWERED)
        self._columns = [
            row
            for row in self.superuser.execute(COLUMNS, [list(KEYS)])
            if (row[0], row[1]) not in FREE
        ]
        self._places = self._all("SELECT position, event_id FROM audit_leaf ORDER BY position")
        self._state = self._one(STATE)
        self._events = self._one(EVENTS)

    def run(self, count: int, **known: Any) -> None:
        """Do `count` random mutations and see that each is found.

        Args:
            known: what the verifier has, as keyword arguments of `audit.verification.verify`.

        Raises:
            Unnoticed: one was not; the message says which.
        """
        ways = list(self._ways())
        self._expect("nothing", None, known)
        while self.done.total() < count:
            name, way = ways[self.done.total() % len(ways)]
            self._expect(name, way, known)
        self._expect("nothing", None, known)

    def _expect(self, name: str, way: Callable[[], None] | None, known: dict[str, Any]) -> None:
        with self.superuser.transaction(force_rollback=True):
            self.superuser.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            if way is not None:
                way()
                if self._one(STATE) == self._state:
                    return
            report: Report = verify(self.superuser, **known)
        if report.ok == (way is not None):
            raise Unnoticed(f"{name}, after {self.done.total()} others: {report.sentence()}")
        if report.problem is not None:
            self.done[name] += 1
            self.found[report.problem.kind] += 1

    def _ways(self) -> Iterator[tuple[str, Callable[[], None]]]:
        for table, column, kind in self._columns:
            yield f"change {table}.{column}", self._changing(table, column, kind)
        yield "remove an event", lambda: self._delete_events([self._event()])
        yield "remove a leaf", self._remove_leaf
        yield "remove an event with its leaf", self._remove_both
        yield "remove events and close the gap", lambda: self._close_gap(signed=False)
        yield "swap two leaves", self._swap_leaves
        yield "swap two leaves' hashes", self._swap_hashes
        yield "swap what two events say", self._swap_contents
        yield "back-date an event", self._back_date
        yield "put an old event beside the log", self._insert_unsequenced
        yield "remove the newest checkpoint", self._remove_newest_checkpoint
        for signed in (False, True):
            hand = "with the stolen key" if signed else "without the key"
            yield f"change an event and all hashes {hand}", self._rewriting(signed)
        yield "cut the tail off with its checkpoints", lambda: self._truncate(forged=False)
        yield "cut the tail off and sign the rest anew", lambda: self._truncate(forged=True)
        yield "remove events and sign anew", lambda: self._close_gap(signed=True)
        yield "swap two events and sign anew", self._swap_and_sign
        yield "insert an event in the middle and sign anew", self._insert_and_sign
        yield "back-date an event and sign anew", self._back_date_and_sign
        yield "rewrite, sign anew and go on", self._rewrite_and_grow
        yield "append an event dated back, signed", self._append_dated_back

    # What changes single rows.

    def _changing(self, table: str, column: str, kind: str) -> Callable[[], None]:
        def change() -> None:
            key = KEYS[table]
            (chosen,) = self.chance.choice(self._all(f"SELECT {key} FROM {table}"))  # noqa: S608
            self._do(
                f"UPDATE {table} SET {column} = {self._other(column, kind)} "  # noqa: S608
                f"WHERE {key} = {chosen}"
            )

        return change

    def _other(self, column: str, kind: str) -> str:
        """SQL that gives another value of the same type, now and then none."""
        if (
            column in ("request_id", "actor_id", "case_id", "object_id")
            and self.chance.random() < 0.2
        ):
            return "NULL"
        number, byte = self.chance.randrange(1, 10**6), self.chance.randrange(10)
        another = f"(get_byte({column}, {byte}) + {number % 255 + 1}) & 255"
        return {
            "bigint": f"{column} + 1000000 + {number}",
            "text": self.chance.choice([f"{column} || 'x'", f"left({column}, -1)", "'audit.read'"]),
            "uuid": "gen_random_uuid()",
            "jsonb": f"{column} || jsonb_build_object('x', {number})",
            "ARRAY": f"{column} || {column}[1:1]",
            "bytea": f"set_byte({column}, {byte}, {another})",
            "timestamp with time zone": f"{column} + interval '1 microsecond' * {number}",
        }[kind]

    def _remove_leaf(self) -> None:
        self._do("DELETE FROM audit_leaf WHERE position = %s", [self._position()])

    def _remove_both(self) -> None:
        position = self._position()
        self._delete_events([self._places[position][1]])
        self._do("DELETE FROM audit_leaf WHERE position = %s", [position])

    def _swap_leaves(self) -> None:
        one, two = self._two()
        for start, end in ((one, -1), (two, one), (-1, two)):
            self._do("UPDATE audit_leaf SET position = %s WHERE position = %s", [end, start])

    def _swap_hashes(self) -> None:
        one, two = self._two()
        self._do(
            "UPDATE audit_leaf l SET hash = o.hash FROM audit_leaf o WHERE l.position = "
            "ANY(%(two)s) AND o.position = ANY(%(two)s) AND o.position <> l.position",
            {"two": [one, two]},
        )

    def _swap_contents(self) -> None:
        """Let each of two events say what the other said, under its own number."""
        one, two = (self._places[place][1] for place in self._two())
        for start, end in ((one, -1), (two, one), (-1, two)):
            self._do("UPDATE audit_event SET id = %s WHERE id = %s", [end, start])

    def _back_date(self, event: int | None = None) -> None:
        seconds = self.chance.choice([1e-6, 1, 59, 3600, 86400 * 30])
        self._do(
            "UPDATE audit_event SET at = at - %s WHERE id = %s",
            [timedelta(seconds=seconds), event or self._event()],
        )

    def _insert_unsequenced(self) -> None:
        self._insert(seconds=self.chance.randrange(70, 10**7))

    def _insert(self, *, seconds: int, number: int | None = None) -> int:
        """Put an event there that nobody did, dated back; returns its number."""
        newest = int(self._one("SELECT max(id) FROM audit_event"))
        made = newest + self.chance.randrange(1, 5) if number is None else number
        self._do(ADD_EVENT, [made, timedelta(seconds=seconds)])
        return made

    def _remove_newest_checkpoint(self) -> None:
        self._do(
            "DELETE FROM audit_checkpoint WHERE size = (SELECT max(size) FROM audit_checkpoint)"
        )

    # What only somebody does who knows the format.

    def _rewriting(self, signed: bool) -> Callable[[], None]:
        def rewrite() -> None:
            table, column, kind = self.chance.choice(
                [one for one in self._columns if one[0] == "audit_event" and one[1] != "id"]
            )
            self._do(
                f"UPDATE {table} SET {column} = {self._other(column, kind)} WHERE id = %s",  # noqa: S608
                [self._event()],
            )
            # What was empty may be as empty as before: then nothing was tampered with.
            if self._one(EVENTS) != self._events:
                self._make_anew(signed=signed)

        return rewrite

    def _truncate(self, *, forged: bool) -> None:
        """Cut the log off at a checkpoint, or anywhere under a new one; witnesses' words too."""
        sizes = [row[0] for row in self._all("SELECT size FROM audit_checkpoint ORDER BY size")]
        size = self._position() if forged else self.chance.choice([0, *sizes[:-1]])
        self._delete_events([event for _place, event in self._places[size:]])
        self._do("DELETE FROM audit_leaf WHERE position >= %s", [size])
        self._do("DELETE FROM audit_checkpoint WHERE size > %s", [size])
        self._do("DELETE FROM audit_cosignature WHERE size > %s", [size])
        if forged:
            self._make_anew(signed=True, sizes=[*[one for one in sizes if one < size], size])

    def _close_gap(self, *, signed: bool) -> None:
        """Remove a few events with their leaves and move the rest together."""
        count = self.chance.randrange(1, 4)
        gone = self.chance.sample(range(len(self._places)), count)
        self._delete_events([self._places[place][1] for place in gone])
        self._do("DELETE FROM audit_leaf WHERE position = ANY(%s)", [gone])
        self._do("UPDATE audit_leaf SET position = -1 - position")
        self._do(
            "UPDATE audit_leaf l SET position = n.place FROM (SELECT event_id, row_number() OVER "
            "(ORDER BY position DESC) - 1 AS place FROM audit_leaf) n WHERE n.event_id = l.event_id"
        )
        if signed:
            sizes = [row[0] for row in self._all("SELECT size FROM audit_checkpoint")]
            left = len(self._places) - count
            self._make_anew(signed=True, sizes=sorted({min(size, left) for size in sizes}))

    def _swap_and_sign(self) -> None:
        self._swap_contents()
        self._make_anew(signed=True)

    def _insert_and_sign(self) -> None:
        """Squeeze an event into the middle: everything behind it moves on by one."""
        position = self._position()
        event = self._insert(seconds=0)
        self._do("UPDATE audit_leaf SET position = -2 - position WHERE position >= %s", [position])
        self._do("UPDATE audit_leaf SET position = -1 - position WHERE position < 0")
        self._do("INSERT INTO audit_leaf VALUES (%s, %s, sha256('x'))", [position, event])
        total = len(self._places) + 1
        sizes = [row[0] for row in self._all("SELECT size FROM audit_checkpoint ORDER BY size")]
        self._make_anew(signed=True, sizes=[*sizes[:-1], total])

    def _back_date_and_sign(self) -> None:
        self._back_date()
        self._make_anew(signed=True)

    def _rewrite_and_grow(self) -> None:
        # Without a real change before it, what is appended with the log's own key is no tampering.
        while self._one(EVENTS) == self._events:
            self._rewriting(True)()
        size = len(self._places)
        for place in range(size, size + self.chance.randrange(1, 4)):
            event = self._insert(seconds=0)
            self._do("INSERT INTO audit_leaf VALUES (%s, %s, sha256('x'))", [place, event])
        sizes = [row[0] for row in self._all("SELECT size FROM audit_checkpoint ORDER BY size")]
        grown = int(self._one("SELECT max(position) + 1 FROM audit_leaf"))
        self._make_anew(signed=True, sizes=[*sizes, grown])

    def _append_dated_back(self) -> None:
        """An event that was never done, at the log's end but dated long ago, truly signed."""
        event = self._insert(seconds=self.chance.randrange(400, 10**7))
        size = len(self._places)
        self._do("INSERT INTO audit_leaf VALUES (%s, %s, sha256('x'))", [size, event])
        sizes = [row[0] for row in self._all("SELECT size FROM audit_checkpoint ORDER BY size")]
        self._make_anew(signed=True, sizes=[*sizes, size + 1])

    def _make_anew(self, *, signed: bool, sizes: Iterable[int] | None = None) -> None:
        """Compute all leaves, roots and frontiers from the rows as they are now.

        Args:
            signed: sign them with the stolen key; else the old notes stay.
            sizes: of the checkpoints; those there are when left out.
        """
        rows = self._all(
            f"SELECT l.position, {EVENT_COLUMNS} FROM audit_leaf l "  # noqa: S608
            "JOIN audit_event e ON e.id = l.event_id ORDER BY l.position"
        )
        wanted = set(sizes or [row[0] for row in self._all("SELECT size FROM audit_checkpoint")])
        frontier, leaves, made = Frontier(), [], []
        for position, *event in rows:
            leaf = event_leaf(event)
            leaves.append((leaf, position))
            frontier.append(leaf)
            if frontier.size in wanted:
                made.append((frontier.size, frontier.root(), list(frontier.peaks)))
        with self.superuser.cursor() as cursor:
            cursor.executemany("UPDATE audit_leaf SET hash = %s WHERE position = %s", leaves)
            if not signed:
                cursor.executemany(
                    "UPDATE audit_checkpoint SET root = %s, frontier = %s WHERE size = %s",
                    [(root, peaks, size) for size, root, peaks in made],
                )
                return
            times = dict(self._all("SELECT size, at FROM audit_checkpoint"))
            cursor.execute("DELETE FROM audit_checkpoint")
            latest = max(times.values(), default=None)
            cursor.executemany(
                "INSERT INTO audit_checkpoint (size, root, frontier, note, at) "
                "VALUES (%s, %s, %s::bytea[], %s, coalesce(%s, now()))",
                [
                    (size, root, peaks, self._sign(size, root), times.get(size, latest))
                    for size, root, peaks in made
                ],
            )

    def _sign(self, size: int, root: bytes) -> str:
        return sign_checkpoint(Checkpoint(self.signer.verifier.name, size, root), self.signer)

    # The small things.

    def _position(self) -> int:
        return self.chance.randrange(1, len(self._places))

    def _two(self) -> tuple[int, int]:
        one, two = self.chance.sample(range(len(self._places)), 2)
        return one, two

    def _event(self) -> int:
        return int(self.chance.choice(self._places)[1])

    def _delete_events(self, events: list[int]) -> None:
        self._do("DELETE FROM audit_event WHERE id = ANY(%s)", [events])

    def _do(self, query: str, parameters: Any = None) -> None:
        self.superuser.execute(query, parameters)

    def _all(self, query: str) -> list[tuple[Any, ...]]:
        return self.superuser.execute(query).fetchall()

    def _one(self, query: str) -> Any:
        row = self.superuser.execute(query).fetchone()
        return row[0] if row else None
