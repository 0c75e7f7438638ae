"""Old entries go to a file that verifies alone and together with the rest; nothing else may go."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from audit import log_key
from audit.archived import NotAnArchive, check_signature, digest_of
from audit.archiving import archive_log, remove_archived
from audit.exporting import export_log
from audit.models import AuditRetention
from audit.offline import verify_audit
from audit.proving import prove_event
from audit.sequencing import sequence_all
from audit.signed_note import Note, SignerKey
from audit.verification import verify
from core.errors import Denied, DomainError
from tests.audit.conftest import Log
from tests.factories import open_case

Superuser = psycopg.Connection[Any]
REFUSED = psycopg.errors.InsufficientPrivilege


@pytest.fixture
def aged(log: Log, superuser: Superuser) -> Log:
    """Ten entries of three years ago under two checkpoints, then six of now."""
    superuser.execute("ALTER TABLE audit_checkpoint DISABLE TRIGGER ALL")
    for count in (6, 4):
        superuser.execute(
            "INSERT INTO audit_event (act, verb, at, purpose) SELECT gen_random_uuid(), "
            "'case.opened', now() - interval '3 years', 'kalapati' FROM generate_series(1, %s)",
            [count],
        )
        log.sequence()
    superuser.execute("UPDATE audit_checkpoint SET at = at - interval '3 years'")
    superuser.execute("ALTER TABLE audit_checkpoint ENABLE ALWAYS TRIGGER append_only")
    log.say(6)
    log.sequence()
    assert log.verify().ok
    return log


def offline(*files: Path, key: str | None = None) -> tuple[int, str]:
    key = key or str(log_key.verifier_keys()[-1])
    done = subprocess.run(
        [sys.executable, verify_audit.__file__, *map(str, files), "--key", key],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def problem_of(**how: Any) -> str:
    found = verify(connections["auditor"], **how).problem
    assert found is not None
    return f"{found.kind}: {found.sentence}"


def test_old_entries_leave_for_a_file_and_everything_still_verifies(
    cast: Any, aged: Log, superuser: Superuser, tmp_path: Path
) -> None:
    trusted = aged.note()
    first, second = tmp_path / "archive-1.jsonl", tmp_path / "archive-2.jsonl"
    now = timezone.now()

    # Only those who may, only what is old enough, never over a file that is there.
    with pytest.raises(Denied):
        archive_log(actor=cast.auditor, path=first, at=now)
    with pytest.raises(DomainError, match="too young"):
        archive_log(actor=cast.dpo, path=first, at=now, end=11)
    with pytest.raises(DomainError, match="old enough"):
        archive_log(actor=cast.dpo, path=first, at=now - timedelta(days=1000))
    assert not first.exists()

    out = StringIO()
    call_command("archive_audit_log", str(first), "--as", cast.dpo.email, "--to", "3", stdout=out)
    assert "Entries 0 to 3" in out.getvalue()
    assert first.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="cannot be used"):
        call_command("archive_audit_log", str(first), "--as", cast.dpo.email)
    # Announced in the log, but not yet in its place there: it may not be removed yet.
    with pytest.raises(DomainError, match="does not speak of this file"):
        remove_archived(actor=cast.dpo, path=first)
    aged.sequence()
    assert len(aged.rows("SELECT 1 FROM audit_event WHERE purpose = 'kalapati'")) == 10
    call_command("archive_audit_log", str(first), "--as", cast.dpo.email, "--remove")
    assert len(aged.rows("SELECT 1 FROM audit_event WHERE purpose = 'kalapati'")) == 6
    assert aged.rows('SELECT first, "end" FROM audit_archive') == [(0, 4)]

    archive_log(actor=cast.dpo, path=second, at=now)
    aged.sequence()
    done = remove_archived(actor=cast.dpo, path=second)
    assert (done.first, done.end) == (4, 10)
    aged.sequence()
    assert aged.rows("SELECT 1 FROM audit_event WHERE purpose = 'kalapati'") == []

    # With the files all is checked; without them it says what is missing; hashes alone on purpose.
    full = verify(connections["auditor"], trusted_note=trusted, archives=[second, first])
    assert full.ok, full.sentence()
    assert (full.passed_over, full.entries) == (0, len(aged.order()))
    assert "archived: Entries 0 to 3 were archived" in problem_of(archives=[second])
    assert "archived: Entries 4 to 9 were archived" in problem_of(archives=[first])
    hashes = verify(connections["auditor"], trusted_note=trusted, archives=None)
    assert (hashes.ok, hashes.passed_over) == (True, 10)
    assert "Of 10 archived ones only the hashes were seen" in hashes.sentence()
    out = StringIO()
    call_command("verify_audit", "--archive", str(first), "--archive", str(second), stdout=out)
    assert "The audit log verifies" in out.getvalue()

    # Outside: each file alone, and all together as one log.
    rest = tmp_path / "rest.jsonl"
    with pytest.raises(DomainError, match="Entries below 10 were archived"):
        export_log(actor=cast.auditor, path=rest)
    call_command("export_audit_log", str(rest), "--as", cast.auditor.email, stdout=StringIO())
    for files in ([first], [second], [rest], [first, second, rest]):
        code, said = offline(*files)
        assert code == 0, said
    assert offline(first, rest)[0] == 1
    assert "entries in between are missing" in offline(first, rest)[1]
    assert "File 2" in offline(second, first, rest)[1]

    # The leaves stayed: younger events are proved as before, and archived ones by their file.
    event_id = aged.order()[12]
    assert prove_event(connections["auditor"], event_id).index == 12


def test_a_changed_or_foreign_archive_is_found(
    cast: Any, aged: Log, superuser: Superuser, tmp_path: Path
) -> None:
    file = tmp_path / "archive.jsonl"
    archive_log(actor=cast.dpo, path=file, at=timezone.now())
    aged.sequence()
    good = file.read_bytes()
    file.write_bytes(good.replace(b"kalapati", b"kalabaw", 1))
    with pytest.raises(DomainError, match="does not speak of this file"):
        remove_archived(actor=cast.dpo, path=file)
    assert len(aged.rows("SELECT 1 FROM audit_event WHERE purpose = 'kalapati'")) == 10
    file.write_bytes(good)
    remove_archived(actor=cast.dpo, path=file)
    aged.sequence()
    file.write_bytes(good.replace(b"kalapati", b"kalabaw", 1))
    assert "Line 2" in offline(file)[1]
    with pytest.raises(NotAnArchive, match="was changed"):
        verify(connections["auditor"], archives=[file])
    with pytest.raises(CommandError, match="was changed"):
        call_command("verify_audit", "--archive", str(file))
    file.write_bytes(good)
    assert verify(connections["auditor"], archives=[file]).ok


def resealed(lines: list[bytes]) -> bytes:
    """A file of these lines with a last line that fits them, as a forger would make it."""
    body = b"".join(lines)
    seal = {"lines": len(lines), "sha256": sha256(body).hexdigest()}
    return body + json.dumps(seal, separators=(",", ":")).encode() + b"\n"


def test_an_archive_bears_the_logs_own_signature_over_its_header_and_all_of_it(
    cast: Any, aged: Log, tmp_path: Path
) -> None:
    file = tmp_path / "archive.jsonl"
    archive_log(actor=cast.dpo, path=file, at=timezone.now())
    good = file.read_bytes()
    code, said = offline(file)
    assert code == 0
    assert f"The archive as a whole is signed by {log_key.origin()}." in said
    *lines, signature, _seal = good.splitlines(keepends=True)
    assert json.loads(lines[0])["format"] == "liwanag-audit-archive@v1"

    file.write_bytes(resealed(lines))
    assert "does not bear the log's signature" in offline(file)[1]
    # Another part of the same log, whole and true in itself, under this one's signature.
    other = tmp_path / "other.jsonl"
    archive_log(actor=cast.dpo, path=other, at=timezone.now(), end=6)
    part = other.read_bytes().splitlines(keepends=True)[:-2]
    file.write_bytes(resealed([*part, signature]))
    assert "signature is of something else" in offline(file)[1]
    # Signed by somebody else under the log's name.
    note = Note(Note.parse(json.loads(signature)["signature"]).text)
    forger = SignerKey(log_key.origin(), Ed25519PrivateKey.generate())
    forged = {"signature": note.signed_by(forger).encode()}
    line = json.dumps(forged, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    file.write_bytes(resealed([*lines, line]))
    assert "not signed with a key that is trusted" in offline(file)[1]
    with pytest.raises(NotAnArchive, match="not signed with a key"):
        check_signature(file, [str(key) for key in log_key.verifier_keys()])

    # And the database's own check asks for it too, where the sum was changed along with the file.
    file.write_bytes(good)
    aged.sequence()
    remove_archived(actor=cast.dpo, path=file)
    aged.sequence()
    assert verify(connections["auditor"], archives=[file]).ok
    stranger = SignerKey(log_key.origin(), Ed25519PrivateKey.generate()).verifier
    with pytest.raises(NotAnArchive, match="does not verify"):
        verify(connections["auditor"], archives=[file], keys=[stranger])


def test_archived_entries_are_named_on_the_pages_and_read_from_their_file(
    cast: Any, aged: Log, client_of: Any, superuser: Superuser, tmp_path: Path
) -> None:
    case = open_case(cast.caseworker)
    auditor = client_of(cast.auditor)
    assert "Older entries are in archives" not in auditor.get("/audit/").content.decode()
    for table in ("audit_event", "audit_leaf", "audit_checkpoint"):
        superuser.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    superuser.execute(
        "UPDATE audit_event SET case_id = %s, object_id = %s, object_type = 'cases.case', "
        "actor_id = %s, agency_id = %s WHERE id IN (SELECT event_id FROM audit_leaf "
        "WHERE position IN (2, 5))",
        [case.pk, case.pk, cast.caseworker.pk, cast.agency.pk],
    )
    superuser.execute("TRUNCATE audit_leaf, audit_checkpoint")
    superuser.execute("ALTER TABLE audit_event ENABLE ALWAYS TRIGGER append_only")
    superuser.execute("ALTER TABLE audit_event ENABLE ALWAYS TRIGGER kept")
    aged.sequence()
    file = tmp_path / "archive.jsonl"
    archive_log(actor=cast.dpo, path=file, at=timezone.now(), end=8)
    aged.sequence()
    remove_archived(actor=cast.dpo, path=file)

    mark = digest_of(file).hex()[:16]
    for url in ("/audit/", "/audit/?kind=reads", f"/audit/cases/{case.pk}/"):
        page = auditor.get(url).content.decode()
        assert "Entries 0 to 7" in page, url
        assert mark in page

    out = StringIO()
    who = ("--as", cast.auditor.email)
    call_command("read_audit_archive", str(file), *who, "--code", case.reference, stdout=out)
    told = out.getvalue().splitlines()
    assert len(told) == 3
    assert all(f"Ana Ilustre opened the case {case.reference}" in line for line in told[:2])
    assert told[2].startswith("2 of the 8 entries 0 to 7;")
    read = aged.rows("SELECT facts FROM audit_event WHERE verb = 'log.searched' ORDER BY id DESC")
    facts = json.loads(read[0][0]) if isinstance(read[0][0], str) else read[0][0]
    assert facts["sha256"] == digest_of(file).hex()
    none = StringIO()
    later = ("--from", "2026-01-01", "--person", cast.caseworker.email)
    call_command("read_audit_archive", str(file), *who, *later, stdout=none)
    assert none.getvalue().startswith("0 of the 8 entries")
    with pytest.raises(CommandError, match="may not read"):
        call_command("read_audit_archive", str(file), "--as", cast.caseworker.email)
    file.write_bytes(file.read_bytes().replace(b"kalapati", b"kalabaw", 1))
    with pytest.raises(CommandError, match="was changed"):
        call_command("read_audit_archive", str(file), *who)


def test_the_triggers_let_go_what_is_archived_and_old_and_nothing_else(
    cast: Any, aged: Log, superuser: Superuser, tmp_path: Path
) -> None:
    file = tmp_path / "archive.jsonl"
    archive_log(actor=cast.dpo, path=file, at=timezone.now(), end=4)
    aged.sequence()
    sequencer = connections["sequencer"]
    every = len(aged.order())

    def refused(who: psycopg.Connection[Any], query: str) -> bool:
        with pytest.raises(psycopg.Error) as raised:
            who.execute(query)
        return isinstance(raised.value, REFUSED)

    sequencer.ensure_connection()
    raw = sequencer.connection
    raw.autocommit = True
    owner = connections["owner"]
    owner.ensure_connection()
    owner.connection.autocommit = True
    old = "DELETE FROM audit_event WHERE purpose = 'kalapati'"
    # Not archived yet: nobody, the owner and the superuser included.
    for who in (raw, owner.connection, superuser):
        assert refused(who, old)
    assert refused(raw, "UPDATE audit_event SET purpose = ''")
    assert refused(raw, "TRUNCATE audit_event")
    # An archive out of order, beyond the log, or changed afterwards.
    insert = 'INSERT INTO audit_archive (first, "end", sha256, removed_by) VALUES '
    entry = "sha256('x'), gen_random_uuid())"
    assert refused(raw, f"{insert} (1, 4, {entry}")
    assert refused(raw, f"{insert} (0, 999, {entry}")
    # Said to hold young entries too: those stay all the same.
    raw.execute(f"{insert} (0, {every}, {entry}")
    assert refused(raw, "DELETE FROM audit_event WHERE purpose <> 'kalapati'")
    for query in (
        "UPDATE audit_archive SET sha256 = sha256('y')",
        "DELETE FROM audit_archive",
        "UPDATE audit_retention SET days = 1",
        "DELETE FROM audit_retention",
    ):
        for who in (raw, superuser):
            assert refused(who, query), query
    assert refused(connections["default"].connection, old)
    assert len(aged.order()) == every

    # A thief of the sequencer's login removes what is old, and the log tells on him: no entry
    # speaks of that archive, with or without looking at its hashes alone.
    raw.execute(old)
    assert "archived: Entries 0 to" in problem_of()
    assert "no entry of the log speaks of that" in problem_of(archives=None)
    for alias in ("sequencer", "owner"):
        connections[alias].close()


def test_an_event_removed_by_hand_beside_the_archives_is_missing(
    cast: Any, aged: Log, tamper: Superuser, tmp_path: Path
) -> None:
    file = tmp_path / "archive.jsonl"
    archive_log(actor=cast.dpo, path=file, at=timezone.now(), end=4)
    aged.sequence()
    remove_archived(actor=cast.dpo, path=file)
    sequence_all(connections["sequencer"])
    tamper.execute("DELETE FROM audit_event WHERE id = %s", [aged.order()[7]])
    assert problem_of(archives=[file]).startswith("missing: Event")
    assert problem_of(archives=None).startswith("missing: Event")


def test_what_is_kept_how_long_is_one_table_and_the_runbook_says_the_same(aged: Log) -> None:
    book = (Path(__file__).resolve().parents[2] / "docs/operations/audit.md").read_text()
    rows = AuditRetention.objects.using("auditor").order_by("pk")
    assert {row.pk for row in rows} == {"event", "archive", "leaf", "checkpoint", "cosignature"}
    for row in rows:
        kept = "for ever" if row.days is None else f"{row.days} days"
        assert f"| {row.pk} | {kept} | {row.afterwards} |" in book
    facts = aged.rows("SELECT facts FROM audit_event WHERE verb = 'log.pruned'")
    assert [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in facts] == []
