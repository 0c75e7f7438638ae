"""The exported log and the program that checks it: nothing wrong passes, and the line is named."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.db import connections

from audit import log_key
from audit.cosignature import WitnessKey
from audit.cosigning import ask_all
from audit.exporting import write_export
from audit.merkle import leaf_hash, tree_root
from audit.offline import verify_audit
from audit.offline.verify_audit import Bad, verify
from audit.proving import prove_event
from audit.signed_note import Checkpoint, SignerKey, encode64, sign_checkpoint
from audit.stored_tree import StoredTree
from tests.audit.conftest import Log, rewrite_with_the_stolen_key
from tests.audit.witnesses import RunningWitness

Superuser = psycopg.Connection[Any]
Lines = list[bytes]


@pytest.fixture
def witness(keys_dir: Path, settings: Any, tmp_path: Path) -> Iterator[RunningWitness]:
    (key,) = log_key.verifier_keys()
    one = RunningWitness(tmp_path / "w", "witness.example/w", str(key)).make().start()
    settings.LIWANAG_WITNESSES = [one.setting]
    yield one
    one.stop()


def exported(first: int = 0, end: int | None = None) -> bytes:
    """An export as the command writes it."""
    head = StoredTree(connections["auditor"]).newest()
    assert head is not None
    file = io.BytesIO()
    write_export(connections["auditor"], file, head, first, head.size if end is None else end)
    return file.getvalue()


def check(content: bytes, *trusted: str, **keys: list[str]) -> list[str]:
    keys = {"keys": [str(key) for key in log_key.verifier_keys()], "witness_keys": []} | keys
    return verify(io.BytesIO(content), trusted=list(trusted), **keys)


def refused(content: bytes, *trusted: str, **keys: list[str]) -> str:
    """Why it is refused; fails when it is not."""
    try:
        said = check(content, *trusted, **keys)
    except Bad as bad:
        return str(bad)
    raise AssertionError(f"accepted: {said}")


def sealed(lines: Lines) -> bytes:
    """Lines with a last line made to fit, as a forger would."""
    body = b"".join(lines[:-1])
    last = {"lines": len(lines) - 1, "sha256": sha256(body).hexdigest()}
    return body + json.dumps(last, separators=(",", ":")).encode() + b"\n"


def test_an_export_is_checked_by_one_file_alone_and_taken_out_by_somebody(
    log: Log, witness: RunningWitness, cast: Any, tmp_path: Path
) -> None:
    for _ in range(5):
        log.say(50, facts='{"word": "año \\" \\\\n"}')
        log.sequence()
    assert ask_all(connections["sequencer"])[0].problem is None
    log.say(30)
    log.sequence()
    file = tmp_path / "audit.jsonl"
    call_command("export_audit_log", str(file), "--as", cast.auditor.email.upper())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    event = "SELECT actor_id, facts::text FROM audit_event WHERE verb = 'log.exported'"
    ((actor, facts),) = log.rows(event)
    assert (actor, json.loads(facts)) == (cast.auditor.pk, {"first": 0, "end": 280, "size": 280})

    # Nothing of the product is in reach of the program.
    program = shutil.copy(verify_audit.__file__, tmp_path / "alone.py")
    (key,) = log_key.verifier_keys()

    def alone(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-P", "-s", program, *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env={"PATH": os.environ["PATH"]},
            timeout=60,
        )

    state = str(witness.folder / "state.json")
    done = alone(
        *[str(file), "--key", str(key)],
        *["--witness-key", witness.vkey, "--trusted", state],
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "verifies: entries 0 to 279 of 280" in done.stdout
    assert "cosigned 250 entries" in done.stdout
    assert "30 later ones are not yet" in done.stdout
    done = alone(str(file))
    assert done.returncode == 0
    assert (
        f"WARNING: no --key was given, so the export's own key was believed: {key}" in done.stdout
    )
    assert "Use --trusted" in done.stdout
    damaged = file.read_bytes().replace(b'"court_date"', b'"court_data"', 1)
    file.write_bytes(damaged)
    done = alone(str(file), "--key", str(key))
    assert (done.returncode, done.stdout) == (1, "")
    assert "NOT VERIFIED: Line 2 (entry 0, event " in done.stderr

    proof = tmp_path / "one.tlog-proof"
    event_id = log.order()[77]
    text = prove_event(connections["auditor"], event_id, with_event=True).encode()
    proof.write_text(text)
    keys = ("--key", str(key), "--witness-key", witness.vkey)
    done = alone(str(proof), *keys)
    assert done.stdout == f"Event {event_id} is entry 77 of the 250 in the log.\n"
    for wrong in (text.replace("index 77", "index 78"), text.replace("\n250\n", "\n251\n")):
        proof.write_text(wrong)
        assert alone(str(proof), *keys).returncode == 1

    # Refused, and nothing written: somebody else's role, nobody, entries that are not there.
    other = tmp_path / "other.jsonl"
    for arguments, words in (
        (("--as", cast.caseworker.email), "may not read"),
        (("--as", "nobody@example.org"), "Nobody"),
        (("--as", cast.auditor.email, "--from", "280"), "280 entries"),
        (("--as", cast.auditor.email, "--to", "280"), "280 entries"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("export_audit_log", str(other), *arguments)
    assert not other.exists()
    call_command("export_audit_log", str(other), "--as", cast.auditor.email, "--to", "9")
    assert len(other.read_bytes().splitlines()) == 12
    refusals = "SELECT outcome FROM audit_event WHERE verb = 'act.refused' AND actor_id = %s"
    assert log.rows(refusals, cast.caseworker.pk) == [("refused",)]


def test_every_part_of_the_log_verifies_and_no_mutation_does(
    log: Log, witness: RunningWitness
) -> None:
    for count in (3, 40, 60, 60):
        log.say(count)
        log.sequence()
        assert ask_all(connections["sequencer"])[0].problem is None
    chance = random.Random(5)
    for _ in range(25):
        first = chance.randrange(163)
        end = chance.randrange(first + 1, 164)
        part = exported(first, end)
        assert f"entries {first} to {end - 1} of 163" in " ".join(check(part))
    assert "entries 160 to 162" in check(exported(160))[0]

    whole = exported(20, 110)
    good = {"witness_keys": [witness.vkey]}
    assert check(whole, log.note(), **good)
    mutated = [*bytes_changed(whole, chance, 700), *lines_changed(whole, chance, 600)]
    assert len(mutated) > 1_000
    for content in mutated:
        if content != whole:
            refused(content, **good)


def bytes_changed(whole: bytes, chance: random.Random, count: int) -> Iterator[bytes]:
    """Bytes flipped, lost, doubled, put in; the file cut off."""
    for _ in range(count):
        place = chance.randrange(len(whole))
        kind = chance.randrange(5)
        if kind == 0:
            new = bytes([whole[place] ^ 1 << chance.randrange(8)])
            yield whole[:place] + new + whole[place + 1 :]
        elif kind == 1:
            yield whole[:place] + whole[place + chance.randrange(1, 40) :]
        elif kind == 2:
            yield whole[:place] + whole[place : place + 9] + whole[place:]
        elif kind == 3:
            yield whole[:place] + chance.choice([b" ", b"0", b"\n", b"\xc3", b'"']) + whole[place:]
        else:
            yield whole[:place]


def lines_changed(whole: bytes, chance: random.Random, count: int) -> Iterator[bytes]:
    """What a forger without the log's key does: lines rewritten, and the last line made to fit."""
    lines = whole.splitlines(keepends=True)
    entries = [at for at, line in enumerate(lines) if line.startswith(b'{"n":')]
    for _ in range(count):
        new = list(lines)
        at, other = chance.sample(entries, 2)
        kind = chance.randrange(8)
        if kind == 0:
            new[at] = forged(new[at], b'"outcome":"done"', b'"outcome":"failed"')
        elif kind == 1:
            del new[at]
        elif kind == 2:
            new[at], new[other] = new[other], new[at]
        elif kind == 3:
            one, two = new[at].split(b",", 1), new[other].split(b",", 1)
            new[at], new[other] = one[0] + b"," + two[1], two[0] + b"," + one[1]
        elif kind == 4:
            new.insert(at, new[other])
        elif kind == 5:
            new[at] = new[at].split(b',"event":')[0] + b',"event":null}\n'
        elif kind == 6:
            header = json.loads(new[0])
            name = chance.choice(["size", "first", "end"])
            header[name] += chance.choice([-50, -1, 1, 50])
            new[0] = json.dumps(header, ensure_ascii=False).encode() + b"\n"
        else:
            header = json.loads(new[0])
            side = chance.choice([side for side in ("left", "right") if header[side]])
            place = chance.randrange(len(header[side]))
            if chance.randrange(2):
                header[side].pop(place)
            else:
                header[side][place] = encode64(chance.randbytes(32))
            new[0] = json.dumps(header, ensure_ascii=False).encode() + b"\n"
        yield sealed(new)


def forged(line: bytes, old: bytes, new: bytes) -> bytes:
    """An entry with another event and the leaf that fits it."""
    head, payload = line.removesuffix(b"}\n").split(b',"event":')
    payload = payload.replace(old, new)
    place = head.split(b",")[0]
    return place + b',"leaf":"%s","event":%s}\n' % (
        encode64(leaf_hash(payload)).encode(),
        payload,
    )


def test_the_first_bad_line_and_what_is_missing_are_named(
    log: Log, witness: RunningWitness, tamper: Superuser
) -> None:
    for count in (50, 60):
        log.say(count)
        log.sequence()
        ask_all(connections["sequencer"])
    whole = exported()
    lines = whole.splitlines(keepends=True)
    # The header, 50 entries, a checkpoint, 60 entries, the last line.
    assert len(lines) == 113

    def edit(change: Callable[[Lines], Any]) -> str:
        new = list(lines)
        change(new)
        return refused(sealed(new))

    assert "Line 31 holds entry 30: entry 29 is missing" in edit(lambda new: new.pop(30))
    swapped = "outcome", b'"done"', b'"failed"'
    plain = edit(lambda new: new.__setitem__(10, new[10].replace(*swapped[1:])))
    assert plain.startswith("Line 11 (entry 9, event ")
    both = edit(lambda new: new.__setitem__(80, forged(new[80], b'"done"', b'"failed"')))
    assert "The entries 50 to 109 (line 53 and after)" in both
    assert "ends at line 61: entry 58 and all after it" in refused(b"".join(lines[:60]))
    assert "ends at line 113" in refused(b"".join(lines[:112]))
    assert "last line" in refused(whole.replace(b'"sha256":"', b'"sha256":"0', 1))
    assert "stands after" in refused(whole + b"\n")
    assert "not cosigned" not in " ".join(check(whole, witness_keys=[witness.vkey]))
    stranger = SignerKey("test.example/log", Ed25519PrivateKey.generate())
    assert "not signed with a key" in refused(whole, keys=[str(stranger.verifier)])
    assert "Line 1 does not hold" in refused(whole.replace(b"\\n110\\n", b"\\n111\\n", 1))

    # A log without its witness: the export says so.
    tamper.execute("DELETE FROM audit_cosignature")
    bare = exported()
    assert "No checkpoint in this file is cosigned" in refused(bare, witness_keys=[witness.vkey])
    event_id = log.order()[4]
    tamper.execute("DELETE FROM audit_event WHERE id = %s", [event_id])
    assert "Line 6: the event of entry 4 was removed" in refused(exported())


def test_a_log_cut_off_or_rewritten_with_its_key_is_found_by_what_the_witness_holds(
    log: Log, witness: RunningWitness, tamper: Superuser, tmp_path: Path
) -> None:
    for count in (3, 4, 5):
        log.say(count)
        log.sequence()
        assert ask_all(connections["sequencer"])[0].problem is None
    state = (witness.folder / "state.json").read_text()
    # Another log's checkpoint, signed with the same key, is no fault of this one.
    assert check(exported(), state, witness_keys=[witness.vkey])
    foreign = sign_checkpoint(
        Checkpoint("other.example/log", 1, tree_root([])), log_key.load_signer()
    )
    assert "another log" in refused(exported(), foreign)
    assert "cannot be compared" in refused(exported(0, 5), sign(7, log))
    assert check(exported(5, 8), sign(7, log))

    file, kept = str(witness.folder / "state.json"), tmp_path / "kept.note"
    kept.write_text(sign(7, log))
    out = io.StringIO()
    call_command("verify_audit", "--witness-state", file, "--trusted", str(kept), stdout=out)
    assert "checkpoints. witness.example/w has cosigned 12 of them." in out.getvalue()
    # A state that no known witness signed is no memory of one.
    forged_state = tmp_path / "forged.json"
    stranger = WitnessKey("witness.example/w", bytes(32))
    for text, extra in (
        (state.replace('"cosignature": "', '"cosignature": "x'), ()),
        (state.replace("test.example/log", "test.example/other"), ()),
        (state, ("--witness-key", str(stranger))),
    ):
        forged_state.write_text(text)
        with pytest.raises(CommandError):
            call_command("verify_audit", "--witness-state", str(forged_state), *extra)

    def problem() -> str:
        errors = io.StringIO()
        with pytest.raises(SystemExit):
            call_command("verify_audit", stderr=errors)
        return errors.getvalue()

    # What the witness said stands in the way of whoever forgets to take it out.
    tamper.execute("DELETE FROM audit_leaf WHERE position >= 7")
    tamper.execute("DELETE FROM audit_checkpoint WHERE size > 7")
    assert "has cosigned 12 entries, and there is no checkpoint" in problem()
    tamper.execute("DELETE FROM audit_cosignature WHERE size > 7")
    cut = exported()
    # The older cosignatures are true, so without the witness's own memory nothing shows.
    assert "cosigned 7 entries" in " ".join(check(cut, witness_keys=[witness.vkey]))
    said = refused(cut, state, witness_keys=[witness.vkey])
    assert "ends after 7 entries, and 12 were vouched for" in said

    log.sequence()
    rewrite_with_the_stolen_key(log, tamper)
    rewritten = exported()
    assert check(rewritten)
    assert "No checkpoint" in refused(rewritten, witness_keys=[witness.vkey])
    assert "was rewritten by somebody with its key" in refused(rewritten, state)
    tamper.execute("UPDATE audit_cosignature SET size = 12 WHERE size = 7")
    assert "is not the log's checkpoint of size 12" in problem()

    # The check from the rows reads the same file.
    errors = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_audit", "--witness-state", file, stderr=errors)
    assert "rewritten" in errors.getvalue()
    for arguments in (
        ("--witness-state", str(tmp_path / "nowhere")),
        ("--witness-state", str(witness.folder / "logs.vkeys")),
    ):
        with pytest.raises(CommandError):
            call_command("verify_audit", *arguments)


def sign(size: int, log: Log) -> str:
    """The kept checkpoint of this size."""
    query = "SELECT note FROM audit_checkpoint WHERE size = %s"
    return str(log.rows(query, size)[0][0])
