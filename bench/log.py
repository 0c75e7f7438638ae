"""The audit log: taking events in, verifying all of it, and one proof out of it."""

from __future__ import annotations

import json
import tempfile
import threading
import time
import uuid
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.db import connections

from audit import log_key
from audit.cosigning import ask_all
from audit.database import psycopg_connection
from audit.merkle import HASH_SIZE
from audit.offline.verify_audit import LOG, WITNESS, Key, Keys, verify_proof
from audit.proving import prove_event
from audit.sequencing import Sequencer, serve
from audit.signed_note import Note
from audit.verification import verify
from audit.verification_queries import ENTRIES, SNAPSHOT
from audit.verification_walk import AT_ONCE
from bench import child
from bench.installation import clone, login, superuser
from bench.measuring import in_turns, peak_megabytes, percentile, seconds_of
from bench.people import WORKER, person
from bench.report import Figure, Outcome, Target, as_ratio
from bench.talk import say
from bench.victims import Witness
from config import env

# events in all, in how many parts they come, turns of verifying, seconds of trickling in
SIZES = {
    "toy": (300, 3, 1, 2),
    "small": (10_000, 5, 2, 5),
    "normal": (100_000, 5, 3, 20),
    "full": (1_000_000, 20, 3, 20),
}
TRICKLE_A_SECOND = 50
PROOFS = 5
VERIFIED_OFTEN = 200
MILLION = 1_000_000
# Fewer say little of a million: what every verification costs anew would be multiplied too.
ENOUGH = 100_000
FLAT = Target("at most", 1.1)

COPY_EVENTS = """
    COPY audit_event (act, request_id, actor_id, agency_id, role, verb, object_type, object_id,
        case_id, fields, facts, purpose, outcome) FROM STDIN
"""
INSERT_EVENT = """
    INSERT INTO audit_event (act, actor_id, agency_id, role, verb, object_type, object_id, fields,
        facts, purpose, outcome)
    VALUES (%s, %s, %s, 'caseworker', 'case.opened', 'cases.case', %s, '{}', '{}', '', 'done')
"""
DELAYS = """
    SELECT extract(epoch FROM taken.at - e.at)::float FROM audit_event e
    JOIN audit_leaf l ON l.event_id = e.id
    JOIN LATERAL (
        SELECT c.at FROM audit_checkpoint c WHERE c.size > l.position ORDER BY c.size LIMIT 1
    ) taken ON true
    WHERE e.verb = 'case.opened'
"""


def measure(size: str) -> dict[str, Any]:
    total, parts, turns, seconds = SIZES[size]
    with clone() as database:
        delays = integrate_as_they_come(database, seconds)
    with clone() as database:
        make_a_plain_table(database)
        sequenced: list[float] = []
        copied: list[float] = []
        memories: list[float] = []
        for part in range(1, parts + 1):
            write_events(total // parts)
            sequenced.append(seconds_of(sequence_everything))
            copied.append(seconds_of(lambda: copy_hashes(database, total // parts)))
            say(f"    {part * total // parts:,} events have entered the log")
            if part in (1, parts):
                memories.append(child.run("bench.log:verify_once", database=database)["peak"])
        counted = entries_of(database)
        processor: list[float] = []

        def verify_turn() -> float:
            told = child.run("bench.log:verify_once", database=database)
            processor.append(told["processor"] * MILLION / counted)
            say(f"    {told['entries']:,} entries verified in {told['seconds']:.2f} s")
            return float(told["seconds"])

        verified = in_turns(
            verify_turn,
            lambda: float(child.run("bench.log:read_once", database=database)["seconds"]),
            turns=turns,
            unit="s",
            warm_up=0,
        )
        proof = prove(database)
    a_part = total // parts
    a_million = [one * MILLION / counted for one in verified.product]
    return Outcome(
        name="log",
        title=f"the audit log, {counted:,} events",
        against=(
            "reading the same rows through the same cursor without looking at them (for "
            "verifying), reading the new events and a COPY of as many hashes into a plain table "
            "(for taking in), and one bare Ed25519 verification (for a proof, which the auditor's "
            "program verifies with the log's signature, the witness's and the event)"
        ),
        figures=[
            as_ratio("verifying: time, of reading alone", verified),
            Figure.of(
                "taking in: time, of reading and a COPY",
                [ours / theirs for ours, theirs in zip(sequenced, copied, strict=True)],
                "×",
            ),
            Figure("proof: time, of one Ed25519 verification", proof["ratio"], "×"),
            Figure.of("events taken in a second", [a_part / one for one in sequenced], "/s"),
            Figure(
                "from the event to its checkpoint, 99 in 100",
                percentile(delays, 99),
                "s",
                min(delays),
                max(delays),
                Target("at most", 3),
            ),
            Figure.of(
                "verifying a million events" + ("" if counted >= MILLION else ", at this rate"),
                a_million,
                "s",
                Target("at most", 30) if counted >= ENOUGH else None,
            ),
            Figure.of("verifying a million: this process's processor time", processor, "s"),
            Figure("peak memory of verifying", memories[-1], "MB"),
            Figure(
                f"of it at {a_part:,} events, so many times",
                memories[-1] / memories[0],
                "×",
                target=FLAT,
            ),
            Figure(
                "one proof, its hashes", proof["hashes"], "bytes", target=Target("at most", 640)
            ),
            Figure(
                "one proof with its checkpoint and a witness's word, as text",
                proof["text"],
                "bytes",
                target=Target("at most", 1_500),
            ),
            Figure("verifying one proof", proof["ms"], "ms", target=Target("at most", 1)),
        ],
        facts={"events": counted, "checkpoints": proof["checkpoints"]},
    ).as_json()


def write_events(count: int) -> None:
    """Put events there as the application's role, which may add rows and nothing else."""
    actor = person(WORKER)
    with (
        psycopg.connect(login("default")) as connection,
        connection.cursor() as cursor,
        cursor.copy(COPY_EVENTS) as copy,
    ):
        for number in range(count):
            # Every third says something that no other says, as the list of what a page opened.
            said = {"opened": [str(uuid.uuid4())]} if number % 3 == 0 else {"rows": number % 50}
            facts = json.dumps({"filters": ["show"], **said})
            copy.write_row(
                (
                    *(uuid.uuid4(), uuid.uuid4(), actor.pk, actor.agency_id, "caseworker"),
                    *("note.written", "cases.casenote", uuid.uuid4(), uuid.uuid4()),
                    *(["facts_reported", "actions"], facts, "", "done"),
                )
            )


def sequence_everything() -> None:
    sequencer = Sequencer()
    while sequencer.step(connections["sequencer"], wait=True):
        pass


def make_a_plain_table(database: str) -> None:
    """Before anything is measured: the database writes this down as an event of its own."""
    with superuser(database) as admin:
        admin.execute("CREATE TABLE bench_leaf (position bigint, hash bytea)")


def copy_hashes(database: str, count: int) -> None:
    """The denominator of taking in: read the newest events, COPY 32 bytes for each."""
    with superuser(database) as admin, admin.transaction(), admin.cursor() as cursor:
        rows = cursor.execute(
            "SELECT * FROM audit_event ORDER BY id DESC LIMIT %s", [count]
        ).fetchall()
        with cursor.copy("COPY bench_leaf FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["int8", "bytea"])
            for position, _row in enumerate(rows):
                copy.write_row((position, bytes(HASH_SIZE)))


def entries_of(database: str) -> int:
    with superuser(database) as admin:
        row = admin.execute("SELECT count(*) FROM audit_leaf").fetchone()
    return int(row[0]) if row else 0


def verify_once() -> dict[str, Any]:
    """Verify the whole log in this fresh process."""
    before = peak_megabytes()
    began, used = time.perf_counter(), time.process_time()
    report = verify(connections["auditor"])
    seconds, used = time.perf_counter() - began, time.process_time() - used
    if not report.ok or report.waiting:
        raise RuntimeError(report.sentence())
    return {
        "seconds": seconds,
        "processor": used,
        "entries": report.entries,
        "before": before,
        "peak": peak_megabytes(),
    }


def read_once() -> dict[str, Any]:
    """The denominator of verifying: the same rows, through the same cursor, let go at once."""
    raw = psycopg_connection(connections["auditor"])

    def work() -> None:
        with raw.transaction():
            raw.execute(SNAPSHOT)
            with raw.cursor(name="bench_entries") as cursor:
                cursor.itersize = AT_ONCE
                cursor.execute(ENTRIES, binary=True)
                for _row in cursor:
                    pass

    return {"seconds": seconds_of(work)}


def integrate_as_they_come(database: str, seconds: int) -> list[float]:
    """How long each of a trickle of events waits for its checkpoint, the sequencer a process of
    its own as in the product."""
    actor = person(WORKER)
    with tempfile.TemporaryDirectory() as folder:
        process = child.start(
            "bench.log:run_sequencer",
            Path(folder) / "result.json",
            database=database,
            seconds=seconds + 60,
        )
        try:
            with psycopg.connect(login("default"), autocommit=True) as connection:
                begun(connection, database, actor)
                for _event in range(seconds * TRICKLE_A_SECOND):
                    connection.execute(
                        INSERT_EVENT, [uuid.uuid4(), actor.pk, actor.agency_id, uuid.uuid4()]
                    )
                    time.sleep(1 / TRICKLE_A_SECOND)
            with superuser(database) as admin:
                for _try in range(300):
                    delays = [row[0] for row in admin.execute(DELAYS)]
                    if len(delays) == seconds * TRICKLE_A_SECOND:
                        return delays
                    time.sleep(0.1)
        finally:
            process.terminate()
            process.wait()
    raise RuntimeError(f"the sequencer took in {len(delays)} of the events within 30 s")


def begun(connection: psycopg.Connection[Any], database: str, actor: Any) -> None:
    """Wait until the sequencer is at work: how long Python takes to start is nobody's delay."""
    connection.execute(
        INSERT_EVENT.replace("case.opened", "case.listed"),
        [uuid.uuid4(), actor.pk, actor.agency_id, uuid.uuid4()],
    )
    waiting = "SELECT count(*) FROM audit_event WHERE id NOT IN (SELECT event_id FROM audit_leaf)"
    with superuser(database) as admin:
        for _try in range(600):
            if not _first(admin, waiting):
                return
            time.sleep(0.1)
    raise RuntimeError("the sequencer does not begin")


def run_sequencer(seconds: int) -> None:
    """The product's sequencer; it is ended by its parent, and by itself if that is gone."""
    stop = threading.Event()
    threading.Timer(seconds, stop.set).start()
    serve(connections["sequencer"], stop)


def prove(database: str) -> dict[str, Any]:
    """Make a few proofs with a witness's word, and check them with the auditor's own program."""
    witness = Witness(Path(env.home) / f"witness-{database}")
    witness.start()
    try:
        settings.LIWANAG_WITNESSES = [witness.setting]
        problems = [one.problem for one in ask_all(connections["sequencer"])]
        if problems != [None]:
            raise RuntimeError(f"the witness did not cosign: {problems[0]}")
    finally:
        witness.stop()
    with superuser(database) as admin:
        last = int(_first(admin, "SELECT max(position) FROM audit_leaf"))
        checkpoints = int(_first(admin, "SELECT count(*) FROM audit_checkpoint"))
        chosen = [number * last // (PROOFS - 1) for number in range(PROOFS)]
        events = [
            int(_first(admin, f"SELECT event_id FROM audit_leaf WHERE position = {place}"))  # noqa: S608
            for place in chosen
        ]
    key = Key.parse(str(log_key.verifier_keys()[-1]), LOG)
    keys = Keys([key], [Key.parse(witness.vkey, WITNESS)])
    public = Ed25519PublicKey.from_public_bytes(key.public)
    proofs = [prove_event(connections["auditor"], event) for event in events]
    carried = [prove_event(connections["auditor"], event, with_event=True) for event in events]
    note = Note.parse(proofs[0].note)
    signature, text = note.signatures[0].signature, note.text.encode()
    bare = median(
        seconds_of(lambda: public.verify(signature, text)) for _time in range(VERIFIED_OFTEN)
    )
    times = []
    for given in [proof.encode() for proof in carried]:
        check = partial(verify_proof, given, keys)
        times.append(median(seconds_of(check) for _time in range(VERIFIED_OFTEN)))
    return {
        "hashes": HASH_SIZE * max(len(proof.hashes) for proof in proofs),
        "text": max(len(proof.encode()) for proof in proofs),
        "ms": 1000 * median(times),
        "ratio": median(times) / bare,
        "checkpoints": checkpoints,
    }


def _first(admin: psycopg.Connection[Any], query: str) -> Any:
    row = admin.execute(query).fetchone()  # type: ignore[arg-type]
    return row[0] if row else None
