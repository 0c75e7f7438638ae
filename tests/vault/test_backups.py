"""The restore drill: dump, another server, the log verifies, notes open; without the key, none."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as live
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from accounts.service_accounts import KEY_KEEPER_ID
from audit.models import AuditEvent
from config import local_services
from core.errors import Denied, DomainError
from tests.factories import add_participant, open_case, write_note
from vault.age import identities, make_identity
from vault.escrow import open_escrow, seal_escrow
from vault.file_provider import KEY_FILE
from vault.services.backups import escrow_key, write_backup

ROOT = Path(__file__).resolve().parents[2]
CANARY, NAME = "canary-of-the-lantern-7193", "Talahib-Canary"
READ = """
import uuid
from accounts.models import User
from audit.reading import reading
from cases.models import CaseNote, PersonIdentity
from vault.opening import opened
person = User.objects.get(email="caseworker@people.example")
with reading(person):
    for note in CaseNote.objects.visible_to(person):
        print("note", opened(note, "facts_reported"))
    for identity in PersonIdentity.objects.visible_to(person):
        print("identity", opened(identity, "details"))
"""


@pytest.fixture
def holders(tmp_path):
    """Two holders with an identity each: [(file, recipient)]."""
    return [(file, make_identity(file)) for file in (tmp_path / "one.txt", tmp_path / "two.txt")]


class OtherServer:
    """An empty PostgreSQL of its own, with a home of its own, driven by the commands alone."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.variables = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("LIWANAG_", "DATABASE_", "REDIS_", "DJANGO_"))
        } | {"LIWANAG_HOME": str(home), "REDIS_URL": "redis://127.0.0.1:1/0"}
        self.variables["LIWANAG_LOG_ORIGIN"] = live.LIWANAG_LOG_ORIGIN

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.variables,
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
        )


@pytest.fixture
def other_server(tmp_path):
    home = Path(live.LIWANAG_HOME) / f"restored-{os.getpid()}"
    membership = local_services.join(home, durable=False, postgres=True, redis=False, pg_bin=None)
    try:
        yield OtherServer(home)
    finally:
        local_services.leave(membership)
        shutil.rmtree(home, ignore_errors=True)


def backup(folder, *recipients):
    arguments = [part for one in recipients for part in ("--recipient", one)]
    call_command("backup", "--to", str(folder), *arguments, verbosity=0)
    (manifest,) = folder.glob("*.manifest.json")
    return manifest


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_restore_drill(cast, tmp_path, holders, other_server):
    case = open_case(cast.caseworker)
    write_note(cast.caseworker, case, facts_reported=CANARY)
    add_participant(cast.caseworker, case, identity={"first_name": NAME})
    call_command("run_sequencer", "--once")
    (one, first), (two, second) = holders
    manifest = backup(tmp_path / "backups", first)
    escrow = tmp_path / "escrow"
    call_command(
        "escrow_key",
        "--to",
        str(escrow),
        "--recipient",
        first,
        "--recipient",
        second,
        "--split",
        verbosity=0,
    )
    parts = [str(path) for path in sorted(escrow.glob("*.age"))]

    # The wrong person's identity opens nothing, and leaves the server empty.
    refused = other_server.run("restore", str(manifest), "--identity", str(two))
    assert refused.returncode == 1
    assert "does not open with this identity" in refused.stderr

    restored = other_server.run("restore", str(manifest), "--identity", str(one))
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert "texts stay closed until their key is back" in restored.stdout
    closed = other_server.run("shell", "-c", READ)
    assert closed.stdout.count("readable=False") == 2, closed.stdout + closed.stderr
    assert CANARY not in closed.stdout
    assert NAME not in closed.stdout

    # One half of a split key is no key.
    half = other_server.run("recover_key", parts[0], "--identity", str(one))
    assert half.returncode == 1
    assert "both holders" in half.stderr
    assert not (other_server.home / "keys" / KEY_FILE).exists()
    whole = other_server.run("recover_key", *parts, "--identity", str(one), "--identity", str(two))
    assert whole.returncode == 0, whole.stderr
    read = other_server.run("shell", "-c", READ)
    assert read.stdout.count("readable=True") == 2, read.stdout + read.stderr
    assert CANARY in read.stdout
    assert NAME in read.stdout

    # The log verifies there against the checkpoint of before, and goes on under a new key.
    assert other_server.run("run_sequencer", "--once").returncode == 0
    note = tmp_path / "before.note"
    note.write_text(json.loads(manifest.read_text())["log_checkpoint"])
    verified = other_server.run("verify_audit", "--trusted", str(note))
    assert verified.returncode == 0, verified.stdout + verified.stderr
    again = other_server.run("restore", str(manifest), "--identity", str(one))
    assert again.returncode == 1
    assert "is not empty" in again.stderr


@pytest.mark.parametrize("where", ["DEBUG", "LIWANAG_DEMO"])
def test_r_d8_no_backup_of_people_is_brought_into_a_demonstration(where, settings, tmp_path):
    setattr(settings, where, True)
    with pytest.raises(CommandError, match="not brought into a demonstration"):
        call_command("restore", str(tmp_path / "none.json"), "--identity", str(tmp_path / "none"))


def test_a_backup_shows_nothing_and_says_in_the_log_what_it_is(cast, tmp_path, holders):
    case = open_case(cast.caseworker)
    write_note(cast.caseworker, case, facts_reported=CANARY)
    manifest = backup(tmp_path / "backups", holders[0][1])
    told = json.loads(manifest.read_text())
    dump = manifest.with_name(told["dump"])
    assert sorted(path.name for path in manifest.parent.iterdir()) == sorted(
        [dump.name, manifest.name]
    )
    content = dump.read_bytes()
    assert content.startswith(b"age-encryption.org/v1\n")
    for word in (CANARY, "PGDMP", "caseworker@people.example", case.reference):
        assert word.encode() not in content
        assert word not in manifest.read_text()
    assert {path.stat().st_mode & 0o777 for path in (dump, manifest)} == {0o600}
    event = AuditEvent.objects.get(verb="backup.written")
    assert event.facts["sha256"] == told["sha256"]
    assert sum(told["epochs"].values()) >= 2
    assert told["log_keys"]


def test_what_is_wrong_leaves_no_file(cast, tmp_path, holders):
    folder = tmp_path / "backups"
    for recipients, words in (([], "at least one recipient"), (["age1nonsense"], "no age recip")):
        with pytest.raises(CommandError, match=words):
            backup(folder, *recipients)
    keeper = User.objects.get(pk=KEY_KEEPER_ID)
    facts = {"at": timezone.now(), "folder": folder, "sealed_to": [holders[0][1]], "variables": {}}
    with pytest.raises(DomainError, match="pg_dump failed"):
        write_backup(actor=keeper, program="false", **facts)
    with pytest.raises(Denied):
        write_backup(actor=cast.admin, program="true", **facts)
    assert not folder.exists() or list(folder.iterdir()) == []


def test_escrow_whole_and_split(holders, tmp_path):
    raw = os.urandom(48)
    (one, first), (two, second) = holders
    mine, yours = identities(one), identities(two)
    whole = seal_escrow(raw, [first, second], split=False)
    assert open_escrow(whole[:1], mine) == open_escrow(whole[1:], yours) == raw
    split = seal_escrow(raw, [first, second], split=True)
    assert open_escrow(split, mine + yours) == raw
    other = seal_escrow(os.urandom(48), [first, second], split=True)
    for files, keys, words in (
        (split[:1], mine, "both holders"),
        (split[:1] * 2, mine, "both holders"),
        (split, mine, "None of the identities"),
        ([split[0], other[1]], mine + yours, "one and the same key"),
        ([b"age-encryption.org/v1\nnonsense"], mine, "None of the identities"),
    ):
        with pytest.raises(DomainError, match=words):
            open_escrow(files, keys)
    with pytest.raises(DomainError, match="two different"):
        seal_escrow(raw, [first, first], split=False)
    two.chmod(0o440)
    with pytest.raises(DomainError, match="can be read by others"):
        identities(two)


def test_only_the_keeper_hands_the_key_to_its_escrow(cast, tmp_path, holders):
    recipients = [recipient for _file, recipient in holders]
    with pytest.raises(Denied):
        escrow_key(actor=cast.admin, folder=tmp_path / "e", holders=recipients, split=False)
    assert not (tmp_path / "e").exists()
    keeper = User.objects.get(pk=KEY_KEEPER_ID)
    written = escrow_key(actor=keeper, folder=tmp_path / "e", holders=recipients, split=False)
    assert len(written) == 2
    raw = (Path(live.LIWANAG_KEYS_DIR) / KEY_FILE).read_bytes()
    assert open_escrow([written[1].read_bytes()], identities(holders[1][0])) == raw
    assert raw not in b"".join(path.read_bytes() for path in written)
    assert AuditEvent.objects.filter(verb="key.escrowed").count() == 1
