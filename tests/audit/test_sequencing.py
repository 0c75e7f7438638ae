"""The sequencer: everything that commits enters once, in one order, under signed checkpoints."""

from __future__ import annotations

import json
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql
from psycopg.conninfo import make_conninfo

from audit import log_key, sequencing
from audit.merkle import tree_root
from audit.sequencing import LogInconsistent, Sequencer, serve, step
from audit.signed_note import Signature, SignerKey, open_checkpoint
from tests.audit.conftest import INSERT, Log, event
from tests.audit.sequencers import sequencers, start_sequencer

Superuser = psycopg.Connection[Any]


def sequencer_connection() -> BaseDatabaseWrapper:
    return connections["sequencer"]


@contextmanager
def writer() -> Iterator[psycopg.Connection[Any]]:
    """Another connection of the application, with its transactions in the test's hands."""
    extra = connections["default"].copy()
    extra.ensure_connection()
    extra.connection.autocommit = False
    try:
        yield extra.connection
    finally:
        extra.close()


def say(connection: psycopg.Connection[Any], **changes: Any) -> None:
    connection.execute(INSERT, event(**changes))


def wait_until(happened: Callable[[], bool], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def committed(superuser: Superuser) -> list[int]:
    return [row[0] for row in superuser.execute("SELECT id FROM audit_event ORDER BY id")]


def test_every_event_enters_once_and_in_order(log: Log, superuser: Superuser) -> None:
    log.say(5)

    assert step(sequencer_connection()) == 5
    assert step(sequencer_connection()) == 0

    assert log.order() == committed(superuser)
    assert log.rows("SELECT position FROM audit_leaf ORDER BY 1") == [(n,) for n in range(5)]
    assert log.sizes() == [5]


def test_a_checkpoint_holds_the_root_of_all_leaves_and_is_signed(log: Log) -> None:
    for count in (1, 6, 9):
        log.say(count)
        log.sequence()
    leaves = [bytes(row[0]) for row in log.rows("SELECT hash FROM audit_leaf ORDER BY position")]

    for size, root, note in log.rows("SELECT size, root, note FROM audit_checkpoint"):
        opened = open_checkpoint(note, keys=log_key.verifier_keys(), origin="test.example/log")
        assert (opened.size, opened.root) == (size, bytes(root))
        assert opened.root == tree_root(leaves[:size])
    assert log.sizes() == [1, 7, 16]


def test_nothing_is_written_when_nothing_happened(log: Log) -> None:
    assert step(sequencer_connection()) == 0
    assert log.sizes() == []


def test_a_leaf_keeps_the_microseconds_of_its_event(log: Log, superuser: Superuser) -> None:
    log.say(40)
    log.sequence()
    columns = "id, at, db_user, act, request_id, actor_id, agency_id, role, verb, object_type"
    columns += ", object_id, case_id, fields, facts, purpose, outcome, commitment"
    seen = 0
    for row in superuser.execute(
        f"SELECT {columns}, l.hash FROM audit_event JOIN audit_leaf l ON l.event_id = id"
    ):
        event_id, at, *rest, commitment, recorded = row
        named = dict(zip(columns.replace(" ", "").split(",")[2:-1], rest, strict=True))
        plain = {
            "id": event_id,
            "at": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "commitment": commitment.hex(),
        }
        payload = {**named, **plain}
        text = json.dumps(payload, sort_keys=True, separators=(",", ":"), default=str)
        assert recorded == leaf_of_one(text.encode())
        seen += at.microsecond % 1000 != 0
    assert seen > 20


def leaf_of_one(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def test_an_event_that_commits_late_with_a_lower_id_enters_too(
    log: Log, superuser: Superuser
) -> None:
    sequencer = Sequencer()
    with writer() as slow:
        say(slow)
        for _ in range(6):
            log.say(3)
            assert sequencer.step(sequencer_connection()) == 3
        assert sequencer.low_water < min(log.order())
        slow.commit()
    assert sequencer.step(sequencer_connection()) == 1

    assert log.order()[-1] == min(committed(superuser))
    assert sorted(log.order()) == committed(superuser)
    assert log.verify().ok


def test_a_large_late_commit_is_taken_whole_though_it_needs_several_batches(
    log: Log, superuser: Superuser
) -> None:
    sequencer = Sequencer(batch=3)
    with writer() as slow:
        for _ in range(10):
            say(slow)
        log.say(2)
        for _ in range(3):
            sequencer.step(sequencer_connection())
        slow.commit()
    counts = [sequencer.step(sequencer_connection()) for _ in range(5)]

    assert counts == [3, 3, 3, 1, 0]
    assert sorted(log.order()) == committed(superuser)


def test_a_step_whose_commit_fails_is_done_again(log: Log, superuser: Superuser) -> None:
    sequencer = Sequencer()
    with writer() as slow:
        say(slow)
        log.say(2)
        sequencer.step(sequencer_connection())
        slow.commit()
    superuser.execute(
        "CREATE FUNCTION refuse_commit() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE 'the disk is full'; END $$; "
        "CREATE CONSTRAINT TRIGGER refuse_commit AFTER INSERT ON audit_checkpoint "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_commit()"
    )
    with pytest.raises(psycopg.Error, match="the disk is full"):
        sequencer.step(sequencer_connection())
    assert len(log.order()) == 2
    superuser.execute("DROP TRIGGER refuse_commit ON audit_checkpoint")

    assert sequencer.step(sequencer_connection()) == 1
    assert sorted(log.order()) == committed(superuser)
    assert log.verify().ok


def test_the_search_window_closes_once_the_writers_are_over(log: Log) -> None:
    sequencer = Sequencer()
    for _ in range(3):
        log.say(4)
        sequencer.step(sequencer_connection())
    sequencer.step(sequencer_connection())
    sequencer.step(sequencer_connection())

    assert sequencer.low_water == max(log.order())


def test_rolled_back_events_leave_gaps_that_do_not_hold_the_log_up(
    log: Log, superuser: Superuser
) -> None:
    sequencer = Sequencer()
    with writer() as undecided:
        for _ in range(4):
            say(undecided)
            log.say()
            undecided.rollback()
            sequencer.step(sequencer_connection())
    for _ in range(3):
        sequencer.step(sequencer_connection())

    assert log.order() == committed(superuser)
    assert sequencer.low_water == max(log.order())


def test_an_idle_session_with_a_lock_of_its_own_does_not_hold_the_mark(
    log: Log, superuser: Superuser
) -> None:
    sequencer = Sequencer()
    # The application may take no such lock, so a superuser's session holds it.
    superuser.execute("SELECT pg_advisory_lock(42)")
    log.say(2)
    for _ in range(3):
        sequencer.step(sequencer_connection())

    assert sequencer.low_water == max(log.order())


def test_a_row_put_below_the_mark_by_hand_is_met_by_the_next_full_search(
    log: Log, superuser: Superuser, monkeypatch: pytest.MonkeyPatch
) -> None:
    sequencer = Sequencer()
    log.say(5)
    for _ in range(3):
        sequencer.step(sequencer_connection())
    superuser.execute(
        "INSERT INTO audit_event (id, act, verb) OVERRIDING SYSTEM VALUE "
        "VALUES (-7, gen_random_uuid(), 'case.opened')"
    )
    assert sequencer.step(sequencer_connection()) == 0

    monkeypatch.setattr(sequencing, "FULL_SEARCH_SECONDS", -1.0)
    assert sequencer.step(sequencer_connection()) == 1
    assert log.order()[-1] == -7


@pytest.mark.parametrize("seed", range(6))
def test_no_schedule_of_commits_makes_a_running_sequencer_skip_an_event(
    seed: int, log: Log, superuser: Superuser
) -> None:
    """Many writers in random interleavings, one sequencer that never searches in full again."""
    chance = random.Random(seed)
    sequencer = Sequencer(batch=chance.choice([3, 10, 1_000]))
    with ExitStack() as stack:
        writers = [stack.enter_context(writer()) for _ in range(5)]
        for _ in range(250):
            one = chance.choice(writers)
            chance.choice(
                [
                    lambda one=one: say(one),
                    lambda one=one: say(one),
                    lambda one=one: one.execute("SELECT 1"),
                    lambda one=one: one.commit(),
                    lambda one=one: one.rollback(),
                    lambda: sequencer.step(sequencer_connection()),
                    lambda: sequencer.step(sequencer_connection()),
                ]
            )()
        for one in writers:
            one.commit()
    for _ in range(400):
        sequencer.step(sequencer_connection())
        if sequencer.low_water == max(committed(superuser)):
            break

    assert sorted(log.order()) == committed(superuser)
    assert sequencer.low_water == max(log.order())
    assert log.verify().ok


def test_a_backlog_is_taken_in_batches_each_under_its_own_checkpoint(log: Log) -> None:
    log.say(35)
    sequencer = Sequencer(batch=10)

    counts = [sequencer.step(sequencer_connection()) for _ in range(5)]

    assert counts == [10, 10, 10, 5, 0]
    assert log.sizes() == [10, 20, 30, 35]
    assert log.verify().ok


def test_two_sequencers_at_once_make_one_log(log: Log, superuser: Superuser) -> None:
    stop = threading.Event()
    failures: list[BaseException] = []

    def work() -> None:
        connection = connections["sequencer"].copy()
        sequencer = Sequencer()
        try:
            while not stop.is_set():
                sequencer.step(connection)
        except BaseException as error:  # noqa: BLE001 - told to the test below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(60):
        log.say(2)
    assert wait_until(lambda: len(log.order()) == 120 or bool(failures))
    stop.set()
    for thread in threads:
        thread.join()

    assert failures == []
    assert sorted(log.order()) == committed(superuser)
    assert log.verify().ok


class BrokenSigner(SignerKey):
    def sign(self, text: str) -> Signature:
        raise RuntimeError("the key is gone")


def test_a_step_that_fails_writes_nothing(log: Log) -> None:
    log.say(3)
    good = log_key.load_signer()
    broken = Sequencer(BrokenSigner(good.verifier.name, good._private))

    with pytest.raises(RuntimeError):
        broken.step(sequencer_connection())

    assert log.order() == []
    assert log.sizes() == []
    broken.signer = good
    assert broken.step(sequencer_connection()) == 3


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM audit_leaf WHERE position = 4",
        "DELETE FROM audit_checkpoint",
        "UPDATE audit_checkpoint SET frontier = frontier[2:]",
        "UPDATE audit_checkpoint SET frontier = array_fill(NULL::bytea, ARRAY[2])",
        "UPDATE audit_checkpoint SET root = sha256(root)",
    ],
)
def test_a_damaged_log_is_not_signed_over(damage: str, log: Log, tamper: Superuser) -> None:
    log.say(5)
    log.sequence()
    log.say(2)
    tamper.execute(damage)
    before = (log.order(), log.sizes())

    with pytest.raises(LogInconsistent):
        step(sequencer_connection())
    with pytest.raises(CommandError, match="not being signed"):
        call_command("run_sequencer", "--once")

    assert (log.order(), log.sizes()) == before


@pytest.mark.parametrize("size", [3, 8])
def test_a_running_sequencer_does_not_sign_a_log_that_was_cut_or_replaced(
    size: int, log: Log, tamper: Superuser
) -> None:
    sequencer = Sequencer()
    log.say(3)
    sequencer.step(sequencer_connection())
    log.say(5)
    sequencer.step(sequencer_connection())
    tamper.execute("DELETE FROM audit_leaf WHERE position >= 3")
    tamper.execute("DELETE FROM audit_checkpoint WHERE size > 3")
    if size == 8:
        tamper.execute("UPDATE audit_event SET purpose = 'audit'")
        log.sequence()
    assert log.sizes()[-1] == size
    log.say(1)

    with pytest.raises(LogInconsistent):
        sequencer.step(sequencer_connection())
    assert log.sizes()[-1] == size


def test_the_log_verifies_after_the_key_was_changed(log: Log, keys_dir: Path) -> None:
    log.say(3)
    log.sequence()
    (keys_dir / "audit-log.key").unlink()
    log_key.create_log_key()
    log.say(3)
    log.sequence()

    assert log.verify().ok
    assert len(log_key.verifier_keys()) == 2


def test_once_takes_everything_and_stops(log: Log) -> None:
    log.say(7)
    out = StringIO()

    call_command("run_sequencer", "--once", stdout=out)

    assert out.getvalue() == "7 events entered the audit log.\n"
    assert len(log.order()) == 7


def test_without_its_key_the_sequencer_says_so(log: Log, keys_dir: Path) -> None:
    (keys_dir / "audit-log.key").unlink()

    with pytest.raises(CommandError, match=r"audit-log\.key is missing"):
        call_command("run_sequencer", "--once")


@contextmanager
def serving(count: int = 1) -> Iterator[list[threading.Event]]:
    """Sequencers that serve in threads of their own; setting an event stops that one."""
    stops = [threading.Event() for _ in range(count)]

    def work(stop: threading.Event) -> None:
        serve(connections["sequencer"].copy(), stop, interval=0.05)

    threads = [threading.Thread(target=work, args=[stop]) for stop in stops]
    try:
        for thread in threads:
            thread.start()
        yield stops
    finally:
        for stop in stops:
            stop.set()
        for thread in threads:
            thread.join(20)
        assert not any(thread.is_alive() for thread in threads)


def at_work(superuser: Superuser) -> list[int]:
    """The backends that hold the sequencer's lock."""
    lock = sequencing.SERVICE_LOCK
    return [
        row[0]
        for row in superuser.execute(
            "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted "
            "AND classid::bigint = %s AND objid::bigint = %s AND database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database())",
            [lock >> 32, lock & 0xFFFFFFFF],
        )
    ]


def test_a_second_sequencer_idles_and_takes_over(log: Log, superuser: Superuser) -> None:
    with serving(2) as stops:
        assert wait_until(lambda: len(at_work(superuser)) == 1)
        log.say(3)
        assert wait_until(lambda: len(log.order()) == 3)
        (first,) = at_work(superuser)
        stops[0].set()
        log.say(3)
        assert wait_until(lambda: len(log.order()) == 6)
        stops[1].set()
        assert wait_until(lambda: at_work(superuser) == [])
    assert first
    assert log.verify().ok


def test_a_lost_connection_is_made_again(
    log: Log, superuser: Superuser, caplog: pytest.LogCaptureFixture
) -> None:
    with serving():
        for round_number in range(1, 4):
            log.say()
            assert wait_until(lambda n=round_number: len(log.order()) == n)
            (pid,) = at_work(superuser)
            superuser.execute("SELECT pg_terminate_backend(%s)", [pid])
    assert log.verify().ok
    assert "The database is away" in caplog.text


def test_a_database_that_is_away_is_waited_for(
    log: Log, superuser: Superuser, caplog: pytest.LogCaptureFixture
) -> None:
    info = superuser.info
    elsewhere = make_conninfo(info.dsn, password=info.password, dbname="postgres")
    door = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    name = sql.Identifier(info.dbname)
    connections["auditor"].ensure_connection()
    connections["default"].ensure_connection()
    with psycopg.connect(elsewhere, autocommit=True) as admin, serving():
        assert wait_until(lambda: len(at_work(superuser)) == 1)
        admin.execute(door.format(name, sql.SQL("false")))
        for pid in at_work(superuser):
            superuser.execute("SELECT pg_terminate_backend(%s)", [pid])
        log.say(2)
        assert wait_until(lambda: caplog.text.count("The database is away") >= 2)
        assert log.order() == []
        admin.execute(door.format(name, sql.SQL("true")))
        assert wait_until(lambda: len(log.order()) == 2)


def test_a_log_that_was_cut_is_reported_and_left_alone(
    log: Log, tamper: Superuser, caplog: pytest.LogCaptureFixture
) -> None:
    log.say(4)
    log.sequence()
    tamper.execute("DELETE FROM audit_leaf WHERE position = 3")
    log.say()
    with serving():
        assert wait_until(lambda: "not being signed" in caplog.text)
    assert log.sizes() == [4]
    assert len(log.order()) == 3


def test_the_process_ends_cleanly_on_sigterm_and_prints_nothing_of_an_event(
    log: Log, keys_dir: Path
) -> None:
    process = start_sequencer(keys_dir)
    try:
        log.say(3, facts='{"canary": "kalapati"}', purpose="kalapati")
        assert wait_until(lambda: len(log.order()) == 3 or process.poll() is not None)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=15)
    finally:
        process.kill()
        process.wait()

    assert process.returncode == 0, output
    assert len(log.order()) == 3
    assert "kalapati" not in output
    assert "Traceback" not in output


def test_the_second_process_takes_over_when_the_first_is_killed(
    log: Log, superuser: Superuser, keys_dir: Path
) -> None:
    with sequencers(keys_dir, 2) as processes:
        assert wait_until(lambda: len(at_work(superuser)) == 1, 40)
        log.say(3)
        # Its own look at the database is an entry too.
        assert wait_until(lambda: sorted(log.order()) == committed(superuser))
        # Which of the two it is shows by the port it calls from.
        (port,) = superuser.execute(
            "SELECT client_port FROM pg_stat_activity WHERE pid = %s", at_work(superuser)
        ).fetchone() or (0,)
        first = next(one for one in processes if port in ports_of(one.pid))
        first.kill()
        log.say(4)
        # A second for the server to see the broken connection, and one for the next step.
        assert wait_until(lambda: sorted(log.order()) == committed(superuser), 20)
        assert first.wait() == -signal.SIGKILL
        assert [one.poll() for one in processes if one is not first] == [None]
    assert log.verify().ok


def ports_of(pid: int) -> set[int]:
    """The local ports of a process's connections."""
    held = {path.readlink().name for path in Path(f"/proc/{pid}/fd").iterdir() if path.is_symlink()}
    return {
        int(fields[1].split(":")[1], 16)
        for fields in (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
        if f"socket:[{fields[9]}]" in held
    }
