"""`manage.py verify_audit`: its exit code, its sentence and the checkpoint it keeps."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command

from audit import log_key
from audit.signed_note import SignerKey, open_checkpoint
from tests.audit.conftest import Log, rewrite_with_the_stolen_key

Superuser = psycopg.Connection[Any]


def run(*arguments: str) -> tuple[int, str, str]:
    """Run the command: exit code, output, errors."""
    out, err = StringIO(), StringIO()
    try:
        call_command("verify_audit", *arguments, stdout=out, stderr=err)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_the_command_says_that_the_log_verifies(written: Log) -> None:
    code, out, err = run()

    assert (code, err) == (0, "")
    assert out == "The audit log verifies: 12 entries under 3 signed checkpoints.\n"


class Terminal(StringIO):
    """Where somebody watches."""

    def isatty(self) -> bool:
        return True


def test_whoever_watches_sees_how_far_it_is(written: Log) -> None:
    err = Terminal()
    call_command("verify_audit", stdout=StringIO(), stderr=err)
    assert err.getvalue().endswith("\r100 % of 12 entries\n")


def test_the_command_names_the_first_bad_entry_and_fails(written: Log, tamper: Superuser) -> None:
    event_id = written.order()[8]
    tamper.execute("UPDATE audit_event SET purpose = 'audit' WHERE id = %s", [event_id])

    code, out, err = run()

    assert (code, out) == (1, "")
    assert f"Event {event_id} (entry 8) was changed" in err


def test_the_command_keeps_a_checkpoint_and_trusts_it_later(
    written: Log, tamper: Superuser, tmp_path: Path
) -> None:
    kept = tmp_path / "trusted.note"

    assert run("--write-checkpoint", str(kept))[0] == 0
    opened = open_checkpoint(
        kept.read_text(), keys=log_key.verifier_keys(), origin=log_key.origin()
    )
    assert opened.size == 12
    assert run("--trusted", str(kept), "--write-checkpoint", str(kept))[0] == 0

    rewrite_with_the_stolen_key(written, tamper)
    before = kept.read_bytes()
    code, _, err = run("--trusted", str(kept), "--write-checkpoint", str(kept))
    assert code == 1
    assert "rewritten" in err
    assert kept.read_bytes() == before


def test_the_command_takes_the_auditors_own_key(written: Log) -> None:
    (key,) = log_key.verifier_keys()
    stranger = SignerKey(key.name, Ed25519PrivateKey.generate()).verifier

    assert run("--key", str(key))[0] == 0
    assert run("--key", str(stranger))[0] == 1


@pytest.mark.parametrize("arguments", [("--trusted", "nowhere.note"), ("--key", "nonsense")])
def test_the_command_says_which_of_its_arguments_it_cannot_use(
    arguments: tuple[str, str], written: Log
) -> None:
    with pytest.raises(CommandError):
        run(*arguments)


def test_the_command_says_that_the_public_keys_are_missing(written: Log, keys_dir: Path) -> None:
    (keys_dir / "audit-log.vkeys").unlink()

    with pytest.raises(CommandError, match="public keys"):
        run()
