"""What happens to servers and keys: the log is behind for an hour, gets a new key while people
work, comes back from a dump. Each time everything is in it, once, and it verifies."""

from __future__ import annotations

import subprocess
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.utils import timezone
from psycopg import sql
from psycopg.conninfo import make_conninfo

from audit import log_key
from audit.cosignature import WitnessKey
from audit.cosigning import ask_all, kept_checkpoint
from audit.health import log_health
from audit.sequencing import Sequencer, sequence_all
from audit.verification import verify
from config.database_shell import connection_variables, find_program
from tests.audit.conftest import INSERT, Log, event
from tests.audit.witnesses import RunningWitness

Superuser = psycopg.Connection[Any]


def test_a_sequencer_stopped_for_an_hour_catches_up(log: Log, superuser: Superuser) -> None:
    # As if that had been an hour ago: only the database's clock can say so.
    superuser.execute(
        "INSERT INTO audit_event (act, verb, at) SELECT gen_random_uuid(), 'case.opened', "
        "now() - interval '61 minutes' FROM generate_series(1, 5)"
    )
    log.sequence()
    trusted = log.note()
    superuser.execute("ALTER TABLE audit_checkpoint DISABLE TRIGGER ALL")
    superuser.execute("UPDATE audit_checkpoint SET at = at - interval '61 minutes'")
    superuser.execute("ALTER TABLE audit_checkpoint ENABLE ALWAYS TRIGGER append_only")
    superuser.execute(
        "INSERT INTO audit_event (act, verb, at) SELECT gen_random_uuid(), 'case.opened', "
        "now() - interval '60 minutes' + interval '0.9 seconds' * number "
        "FROM generate_series(1, 4000) number"
    )
    now = timezone.now()
    health = log_health(now)
    assert health.waiting.count == pytest.approx(4000 - 66, abs=70)
    assert health.waiting.since is not None
    assert now - health.waiting.since > timedelta(minutes=59)
    assert [alarm.code for alarm in health.alarms] == ["waiting"]
    report = log.verify(trusted)
    assert report.problem is not None
    assert report.problem.kind == "unsequenced"

    # People go on meanwhile; the sequencer takes what waited in batches and then what is new.
    sequencer = Sequencer(batch=1000)
    steps = []
    for _ in range(6):
        steps.append(sequencer.step(connections["sequencer"], wait=True))
        log.say(1)
    assert steps == [1000, 1000, 1000, 1000, 4, 1]
    assert log_health(timezone.now()).alarms == ()
    log.sequence()
    report = log.verify(trusted)
    assert report.ok, report.sentence()
    assert report.entries == superuser.execute("SELECT count(*) FROM audit_event").fetchone()[0]


def test_the_key_is_changed_while_people_work_and_witnesses_ask_for_notice(
    log: Log, keys_dir: Path, tmp_path: Path, settings: Any
) -> None:
    first = str(log_key.verifier_keys()[-1])
    witness = RunningWitness(tmp_path / "w", "partner.example/witness", first).make().start()
    settings.LIWANAG_WITNESSES = [witness.setting]
    stop, written = threading.Event(), [0]

    def work() -> None:
        extra = connections["default"].copy()
        try:
            while not stop.is_set():
                with extra.cursor() as cursor:
                    cursor.execute(INSERT, event())
                written[0] += 1
                stop.wait(0.005)
        finally:
            extra.close()

    def ask() -> str | None:
        return ask_all(connections["sequencer"])[0].problem

    writer = threading.Thread(target=work)
    writer.start()
    try:
        assert wait_for(lambda: sequence_all(connections["sequencer"]) > 0)
        assert ask() is None
        # As the runbook says: key away, a new one made, the public half added, sequencer started.
        (keys_dir / "audit-log.key").rename(tmp_path / "old.key")
        second = str(log_key.create_log_key())
        sequencer = Sequencer()
        assert wait_for(lambda: sequencer.step(connections["sequencer"]) > 0)
        # A witness that nobody told refuses, and nothing is lost by that.
        assert ask() == "it answered 403."
        logs = witness.folder / "logs.vkeys"
        logs.write_text(f"{logs.read_text()}{second}\n")
        witness.stop()
        witness.start()
        settings.LIWANAG_WITNESSES = [witness.setting]
        assert ask() is None
    finally:
        stop.set()
        writer.join()
    sequencer.step(connections["sequencer"])
    assert written[0] == len(log.order())
    known = kept_checkpoint(
        (witness.folder / "state.json").read_text(), [WitnessKey.parse(witness.vkey)]
    )
    assert verify(connections["auditor"], witnessed=[known]).ok
    # Without the old public key the old checkpoints are nobody's.
    report = verify(connections["auditor"], keys=log_key.verifier_keys()[1:])
    assert report.problem is not None
    assert report.problem.kind == "checkpoint"
    witness.stop()


def wait_for(happened: Any) -> bool:
    """A few tries: the writer may not have committed yet."""
    return any(happened() or threading.Event().wait(0.05) for _ in range(200))


def test_a_database_restored_from_a_dump_verifies_and_goes_on(
    log: Log, superuser: Superuser, tmp_path: Path, settings: Any
) -> None:
    name = superuser.info.dbname
    witness = RunningWitness(
        tmp_path / "w", "partner.example/witness", str(log_key.verifier_keys()[-1])
    )
    witness.make().start()
    settings.LIWANAG_WITNESSES = [witness.setting]
    for count in (40, 3, 60):
        log.say(count)
        log.sequence()
    log.say(2)
    assert [one.problem for one in ask_all(connections["sequencer"])] == [None]
    key = [WitnessKey.parse(witness.vkey)]
    known = kept_checkpoint((witness.folder / "state.json").read_text(), key)

    restored = f"{name}_restored"
    variables = connection_variables() | {"PGDATABASE": name}
    file = tmp_path / "liwanag.sql"
    run("pg_dump", f"--file={file}", variables=variables)
    superuser.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(restored)))
    try:
        variables["PGDATABASE"] = restored
        run(
            "psql",
            "--quiet",
            "--set=ON_ERROR_STOP=1",
            "--output=/dev/null",
            f"--file={file}",
            variables=variables,
        )
        with connected("auditor", restored) as auditor, connected("sequencer", restored) as ours:
            report = verify(auditor, witnessed=[known], witness_keys=key)
            assert report.ok, report.sentence()
            assert (report.entries, report.waiting) == (103, 2)
            # It goes on where it was: nothing twice, nothing left out, numbers go on.
            assert sequence_all(ours) == 2
            with connected("default", restored) as app:
                app.execute(INSERT, event())
            assert sequence_all(ours) == 1
            assert verify(auditor, witnessed=[known], witness_keys=key).entries == 106
            # The witness's memory fits: what was restored continues what it cosigned.
            assert [one.problem for one in ask_all(ours)] == [None]
            # The walls came back too.
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                ours.execute("DELETE FROM audit_event")
        with (
            psycopg.connect(
                make_conninfo(
                    superuser.info.dsn, password=superuser.info.password, dbname=restored
                ),
                autocommit=True,
            ) as admin,
            pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"),
        ):
            admin.execute("DELETE FROM audit_event")
        # An older dump than what was cosigned says so: entries are missing.
        newer = kept_checkpoint((witness.folder / "state.json").read_text(), key)
        problem = verify(connections["auditor"], witnessed=[newer]).problem
        assert problem is not None
        assert problem.kind == "truncated"
    finally:
        witness.stop()
        superuser.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(restored)))


def run(program: str, *arguments: str, variables: dict[str, str]) -> None:
    done = subprocess.run(
        [find_program(program), *arguments],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def connected(alias: str, database: str) -> psycopg.Connection[Any]:
    """A role's own login to another database of this server."""
    found = connections[alias].settings_dict
    return psycopg.connect(
        host=found["HOST"],
        port=found["PORT"],
        user=found["USER"],
        password=found["PASSWORD"],
        dbname=database,
        options=found.get("OPTIONS", {}).get("options", ""),
        autocommit=True,
    )
