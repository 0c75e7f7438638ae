"""Tampering with every table as the superuser, and what the verification says of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connections

from audit import log_key
from audit.leaves import FIELDS
from audit.merkle import Frontier
from audit.signed_note import Checkpoint, SignerKey, sign_checkpoint
from audit.verification import verify
from tests.audit.conftest import TABLES, Log, rewrite_with_the_stolen_key

Superuser = psycopg.Connection[Any]


@pytest.fixture
def tamper(written: Log, tamper: Superuser) -> Superuser:
    """The tampering superuser, with a copy of every table as it was."""
    for table in TABLES:
        tamper.execute(f"CREATE TABLE kept_{table} AS TABLE {table}")
    return tamper


def expect(
    log: Log, kind: str, position: int | None, *words: str, event_id: int | None = None
) -> None:
    """The verification must name this entry and say so; a trusted note must not hide it."""
    report = log.verify()
    assert report.problem is not None
    assert (report.problem.kind, report.problem.position) == (kind, position), report.sentence()
    if event_id is not None:
        assert report.problem.event_id == event_id
        assert f"vent {event_id}" in report.sentence()
    for word in words:
        assert word in report.sentence()


def test_an_untouched_log_verifies(written: Log) -> None:
    report = written.verify()

    assert report.ok
    assert (report.entries, report.checkpoints, report.waiting) == (12, 3, 0)
    assert report.note == written.note()
    assert "12 entries under 3 signed checkpoints" in report.sentence()
    assert written.verify(written.note()).ok


def test_an_empty_log_verifies(log: Log) -> None:
    report = log.verify()

    assert report.ok
    assert (report.entries, report.note) == (0, None)


def test_an_older_trusted_checkpoint_is_still_good(log: Log) -> None:
    log.say(5)
    log.sequence()
    trusted = log.note()
    log.say(6)
    log.sequence()

    assert log.verify(trusted).ok


def test_events_that_wait_for_their_second_are_no_fault(written: Log) -> None:
    written.say(2)

    report = written.verify()

    assert report.ok
    assert report.waiting == 2
    assert "2 events wait" in report.sentence()


# Every column that the leaf covers, with another value.
EVENT_CHANGES = (
    ("facts", "facts || '{\"notes\": 4}'"),
    ("facts", "'{}'"),
    ("at", "at + interval '1 microsecond'"),
    ("at", "at - interval '1 microsecond'"),
    ("at", "'infinity'"),
    ("at", "'0044-03-15 BC'"),
    ("db_user", "'liwanag_owner'"),
    ("act", "gen_random_uuid()"),
    ("request_id", "NULL"),
    ("actor_id", "gen_random_uuid()"),
    ("agency_id", "NULL"),
    ("role", "'auditor'"),
    ("verb", "'case.closed'"),
    ("object_type", "''"),
    ("object_id", "gen_random_uuid()"),
    ("case_id", "NULL"),
    ("fields", "'{}'"),
    ("fields", "fields || 'status'::text"),
    ("purpose", "'audit'"),
    ("outcome", "'refused'"),
    ("commitment", "NULL"),
    ("commitment", "sha256(commitment)"),
)


def test_a_change_of_any_column_of_an_event_is_found(written: Log, tamper: Superuser) -> None:
    event_id = written.order()[8]
    assert {column for column, _ in EVENT_CHANGES} == set(FIELDS) - {"id"}
    for column, value in EVENT_CHANGES:
        tamper.execute(f"UPDATE audit_event SET {column} = {value} WHERE id = %s", [event_id])
        expect(written, "changed", 8, "changed after it entered", event_id=event_id)
        tamper.execute("DELETE FROM audit_event WHERE id = %s", [event_id])
        tamper.execute(
            "INSERT INTO audit_event OVERRIDING SYSTEM VALUE "
            "SELECT * FROM kept_audit_event WHERE id = %s",
            [event_id],
        )
        assert written.verify().ok


def test_a_removed_event_is_found(written: Log, tamper: Superuser) -> None:
    event_id = written.order()[4]

    tamper.execute("DELETE FROM audit_event WHERE id = %s", [event_id])

    expect(written, "missing", 4, "removed", event_id=event_id)


def test_a_removed_leaf_is_found(written: Log, tamper: Superuser) -> None:
    tamper.execute("DELETE FROM audit_leaf WHERE position = 4")

    expect(written, "missing", 4, "Entry 4 is missing")


def test_an_event_removed_with_its_leaf_is_found(written: Log, tamper: Superuser) -> None:
    event_id = written.order()[4]

    tamper.execute("DELETE FROM audit_event WHERE id = %s", [event_id])
    tamper.execute("DELETE FROM audit_leaf WHERE position = 4")

    expect(written, "missing", 4, "Entry 4 is missing")


def test_an_event_removed_with_its_leaf_and_the_gap_closed_is_found(
    written: Log, tamper: Superuser
) -> None:
    event_id = written.order()[4]

    tamper.execute("DELETE FROM audit_event WHERE id = %s", [event_id])
    tamper.execute("DELETE FROM audit_leaf WHERE position = 4")
    tamper.execute("UPDATE audit_leaf SET position = position + 100 WHERE position > 4")
    tamper.execute("UPDATE audit_leaf SET position = position - 101 WHERE position > 4")

    expect(written, "changed", 3, "entries 3 to 6", event_id=written.order()[3])


def test_an_event_changed_together_with_its_leaf_is_found(written: Log, tamper: Superuser) -> None:
    event_id = written.order()[5]

    tamper.execute("UPDATE audit_event SET purpose = 'audit' WHERE id = %s", [event_id])
    tamper.execute(
        "UPDATE audit_leaf SET hash = %s WHERE position = 5", [written.leaf_of(event_id)]
    )

    expect(written, "changed", 3, "entries 3 to 6", "signed for size 7")


def swap(tamper: Superuser, one: int, two: int) -> None:
    for start, end in ((one, 1_000), (two, one), (1_000, two)):
        tamper.execute("UPDATE audit_leaf SET position = %s WHERE position = %s", [end, start])


def test_entries_swapped_under_one_checkpoint_are_found(written: Log, tamper: Superuser) -> None:
    swap(tamper, 4, 5)

    expect(written, "reordered", 5, "another order", event_id=written.order()[5])


def test_entries_swapped_across_checkpoints_are_found(written: Log, tamper: Superuser) -> None:
    swap(tamper, 2, 3)

    expect(written, "changed", 0, "signed for size 3")


def test_swapped_leaf_hashes_are_found(written: Log, tamper: Superuser) -> None:
    event_id = written.order()[1]

    tamper.execute(
        "UPDATE audit_leaf l SET hash = o.hash FROM audit_leaf o "
        "WHERE l.position + o.position = 10 AND l.position IN (1, 9)"
    )

    expect(written, "reordered", 1, "leaves were swapped", "entry 9", event_id=event_id)


def test_a_changed_leaf_hash_is_found(written: Log, tamper: Superuser) -> None:
    tamper.execute("UPDATE audit_leaf SET hash = sha256(hash) WHERE position = 6")

    expect(written, "changed", 6, event_id=written.order()[6])


CHECKPOINT_CHANGES = (
    ("root", "sha256(root)", "differs from its signed note"),
    ("frontier", "frontier[2:]", "differs from its signed note"),
    ("frontier", "array_fill(NULL::bytea, ARRAY[3])", "differs from its signed note"),
    ("note", "replace(note, '7', '8')", "does not hold"),
    ("note", "''", "does not hold"),
    ("note", "(SELECT note FROM audit_checkpoint WHERE size = 3)", "signed for another size"),
    ("at", "at - interval '1 hour'", "its time was changed"),
    ("at", "at + interval '1 hour'", "its time was changed"),
    ("at", "'infinity'", "its time was changed"),
)


def test_a_change_of_a_checkpoint_is_found(written: Log, tamper: Superuser) -> None:
    for column, value, words in CHECKPOINT_CHANGES:
        tamper.execute(f"UPDATE audit_checkpoint SET {column} = {value} WHERE size = 7")
        expect(written, "checkpoint", 6, words)
        tamper.execute(
            f"UPDATE audit_checkpoint c SET {column} = k.{column} "
            "FROM kept_audit_checkpoint k WHERE k.id = c.id"
        )
        assert written.verify().ok


def test_a_checkpoint_signed_with_another_key_is_found(written: Log, tamper: Superuser) -> None:
    root = written.rows("SELECT root FROM audit_checkpoint WHERE size = 12")[0][0]
    forger = SignerKey(log_key.origin(), Ed25519PrivateKey.generate())
    forged = sign_checkpoint(Checkpoint(log_key.origin(), 12, bytes(root)), forger)

    tamper.execute("UPDATE audit_checkpoint SET note = %s WHERE size = 12", [forged])

    expect(written, "checkpoint", 11, "not signed by any key")


def test_a_log_rewritten_without_the_key_is_found(written: Log, tamper: Superuser) -> None:
    event_id = written.order()[5]
    tamper.execute("UPDATE audit_event SET purpose = 'audit' WHERE id = %s", [event_id])
    tamper.execute(
        "UPDATE audit_leaf SET hash = %s WHERE position = 5", [written.leaf_of(event_id)]
    )
    leaves = written.rows("SELECT hash FROM audit_leaf ORDER BY position")
    for size in (7, 12):
        frontier = Frontier()
        for (leaf,) in leaves[:size]:
            frontier.append(bytes(leaf))
        tamper.execute(
            "UPDATE audit_checkpoint SET root = %s, frontier = %s WHERE size = %s",
            [frontier.root(), frontier.peaks, size],
        )

    expect(written, "changed", 3, "signed for size 7")


def test_the_newest_checkpoint_removed_alone_is_found(written: Log, tamper: Superuser) -> None:
    tamper.execute("DELETE FROM audit_checkpoint WHERE size = 12")

    expect(written, "checkpoint", 7, "no signed checkpoint", event_id=written.order()[7])


def test_a_leaf_added_by_hand_is_found(written: Log, tamper: Superuser) -> None:
    written.say()
    tamper.execute(
        "INSERT INTO audit_leaf SELECT 12, max(id), sha256('x') FROM audit_event",
    )

    expect(written, "checkpoint", 12, "another hand")


def test_a_tail_cut_off_with_its_checkpoint_is_found_with_a_trusted_note_only(
    written: Log, tamper: Superuser
) -> None:
    trusted = written.note()
    tamper.execute(
        "DELETE FROM audit_event WHERE id IN (SELECT event_id FROM audit_leaf WHERE position >= 7)"
    )
    tamper.execute("DELETE FROM audit_leaf WHERE position >= 7")
    tamper.execute("DELETE FROM audit_checkpoint WHERE size > 7")

    assert written.verify().ok
    problem = written.verify(trusted).problem
    assert problem is not None
    assert (problem.kind, problem.position) == ("truncated", 7)
    assert "vouches for 12" in problem.sentence


def test_a_log_rewritten_with_the_stolen_key_is_found_with_a_trusted_note_only(
    written: Log, tamper: Superuser
) -> None:
    trusted = written.note()

    rewrite_with_the_stolen_key(written, tamper)

    assert written.verify().ok
    problem = written.verify(trusted).problem
    assert problem is not None
    assert problem.kind == "rewritten"


def test_a_log_rewritten_and_grown_with_the_stolen_key_is_found_with_a_trusted_note(
    written: Log, tamper: Superuser
) -> None:
    trusted = written.note()
    rewrite_with_the_stolen_key(written, tamper)
    written.say(20)
    written.sequence()

    problem = written.verify(trusted).problem
    assert problem is not None
    assert problem.kind == "rewritten"


def test_a_log_rewritten_under_a_new_key_is_found_with_a_trusted_note(
    written: Log, tamper: Superuser, keys_dir: Path
) -> None:
    trusted = written.note()
    for name in ("audit-log.key", "audit-log.vkeys"):
        (keys_dir / name).unlink()
    log_key.create_log_key()
    rewrite_with_the_stolen_key(written, tamper)

    assert written.verify().ok
    problem = written.verify(trusted).problem
    assert problem is not None
    assert (problem.kind, "key was replaced" in problem.sentence) == ("trusted note", True)


def test_a_log_is_checked_against_the_auditors_own_copy_of_the_key(
    written: Log, tamper: Superuser, keys_dir: Path
) -> None:
    keys = log_key.verifier_keys()
    for name in ("audit-log.key", "audit-log.vkeys"):
        (keys_dir / name).unlink()
    assert verify(connections["auditor"], keys=keys).ok
    log_key.create_log_key()
    rewrite_with_the_stolen_key(written, tamper)

    problem = verify(connections["auditor"], keys=keys).problem

    assert problem is not None
    assert problem.kind == "checkpoint"


def add_dated(tamper: Superuser, at: str) -> int:
    row = tamper.execute(
        "INSERT INTO audit_event (act, verb, at) "
        f"VALUES (gen_random_uuid(), 'case.opened', {at}) RETURNING id"
    ).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize(
    "at", ["now() - interval '61 seconds'", "now() + interval '2 minutes'", "'infinity'"]
)
def test_an_event_left_out_of_the_log_is_found(at: str, written: Log, tamper: Superuser) -> None:
    event_id = add_dated(tamper, at)

    expect(written, "unsequenced", None, "no place in the log", event_id=event_id)


@pytest.mark.parametrize(
    "at", ["now() - interval '6 minutes'", "'2020-01-01'", "'-infinity'", "'0044-03-15 BC'"]
)
def test_a_back_dated_event_is_found(at: str, written: Log, tamper: Superuser) -> None:
    event_id = add_dated(tamper, at)
    written.sequence()

    expect(written, "back-dated", 12, "back-dated", event_id=event_id)


@pytest.mark.parametrize("at", ["'-infinity'", "'0044-03-15 BC'", "'12026-01-01'"])
def test_a_time_no_clock_gives_is_found_at_the_very_beginning_too(
    at: str, log: Log, superuser: Superuser
) -> None:
    event_id = add_dated(superuser, at)
    log.sequence()

    expect(log, "back-dated", 0, "back-dated", event_id=event_id)


def test_a_post_dated_event_is_found(written: Log, tamper: Superuser) -> None:
    event_id = add_dated(tamper, "now() + interval '1 hour'")
    written.sequence()

    expect(written, "post-dated", 12, event_id=event_id)


def test_an_event_of_a_transaction_of_some_minutes_is_no_fault(
    written: Log, tamper: Superuser
) -> None:
    add_dated(tamper, "now() - interval '4 minutes'")
    written.sequence()

    assert written.verify().ok


def test_a_trusted_note_of_another_log_is_refused(written: Log) -> None:
    signer = log_key.load_signer()
    other = sign_checkpoint(Checkpoint("other.example/log", 3, bytes(32)), signer)

    for note in (other, "nonsense", written.note().replace("12\n", "13\n")):
        problem = written.verify(note).problem
        assert problem is not None
        assert problem.kind == "trusted note"


def test_progress_ends_at_the_last_entry(written: Log) -> None:
    seen: list[tuple[int, int]] = []

    verify(connections["auditor"], progress=lambda done, total: seen.append((done, total)))

    assert seen[-1] == (12, 12)
