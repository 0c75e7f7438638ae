"""The log before two witnesses that run as processes of their own, and whoever would cheat them."""

from __future__ import annotations

import http.server
import ipaddress
import json
import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client

from audit import cosigning, log_key
from audit.cosignature import WitnessKey
from audit.cosigning import NotConfigured, Witness, WitnessFailed, ask_all, last_cosigned
from audit.leaves import EVENT_COLUMNS, event_leaf
from audit.proving import NotInLog, prove_event
from audit.signed_note import Checkpoint, Note, SignerKey, open_checkpoint, sign_checkpoint
from audit.tlog_proof import LogProof
from tests.audit.conftest import Log, rewrite_with_the_stolen_key
from tests.audit.witnesses import RunningWitness

Superuser = psycopg.Connection[Any]
VKEY = str(
    WitnessKey("witness.example/w", Ed25519PrivateKey.generate().public_key().public_bytes_raw())
)


@pytest.fixture
def witnesses(keys_dir: Path, settings: Any, tmp_path: Path) -> Iterator[list[RunningWitness]]:
    """Two, with keys, memories and processes of their own."""
    (key,) = log_key.verifier_keys()
    two = [
        RunningWitness(tmp_path / name, f"{name}.example/witness", str(key)).make().start()
        for name in ("auditor", "partner")
    ]
    settings.LIWANAG_WITNESSES = [one.setting for one in two]
    yield two
    for one in two:
        one.stop()


def asked() -> dict[str, str | None]:
    return {one.witness: one.problem for one in ask_all(connections["sequencer"])}


def size_of(witness: RunningWitness) -> int:
    return int(witness.state["logs"]["test.example/log"]["size"])


def test_two_witnesses_cosign_and_everybody_can_check_it(
    log: Log, cast: Any, witnesses: list[RunningWitness], superuser: Superuser, tmp_path: Path
) -> None:
    assert ask_all(connections["sequencer"]) == []
    assert last_cosigned() == cosigning.LastCosigned(0, None, (), overdue=True)
    for count in (3, 4, 300):
        log.say(count)
        log.sequence()
        assert asked() == {"auditor.example/witness": None, "partner.example/witness": None}
        assert [size_of(one) for one in witnesses] == log.sizes()[-1:] * 2

    last = last_cosigned()
    assert (last.size, last.overdue) == (307, False)
    assert last.witnesses == ("auditor.example/witness", "partner.example/witness")
    assert last.at is not None
    assert last_cosigned(last.at + timedelta(hours=25)).overdue

    # Asked again at once, nothing is sent; one of them is away, and the other goes on.
    rows = log.rows("SELECT count(*) FROM audit_cosignature")
    witnesses[0].stop()
    assert asked() == {"auditor.example/witness": None, "partner.example/witness": None}
    assert log.rows("SELECT count(*) FROM audit_cosignature") == rows
    log.say(5)
    log.sequence()
    problems = asked()
    assert "does not answer" in str(problems["auditor.example/witness"])
    assert problems["partner.example/witness"] is None
    assert last_cosigned().witnesses == ("partner.example/witness",)
    # A proof holds without the database, under the log's key and a witness's, in 1.5 KB.
    event_id = log.order()[130]
    proof = prove_event(connections["auditor"], event_id)
    text = proof.encode()
    assert len(text) <= 1_500
    read = LogProof.parse(text)
    assert read == proof
    row = log.rows(f"SELECT {EVENT_COLUMNS} FROM audit_event e WHERE id = %s", event_id)[0]
    assert read.proves(event_leaf(row))
    assert not read.proves(event_leaf((*row[:-1], "00")))
    signed = open_checkpoint(read.note, keys=log_key.verifier_keys(), origin="test.example/log")
    assert signed.size == 312
    key = WitnessKey.parse(witnesses[1].vkey)
    assert Note.parse(read.note).verified_by([key]) == ("partner.example/witness",)
    # The published checkpoint carries the cosignatures.
    assert "partner.example/witness" in Client().get("/log/checkpoint").content.decode()
    file = tmp_path / "event.tlog-proof"
    auditor = ("--as", cast.auditor.email)
    call_command("audit_proof", str(event_id), "--with-event", *auditor, file=file)
    assert LogProof.parse(file.read_text()).extra is not None
    with pytest.raises(CommandError, match="no place"):
        call_command("audit_proof", "999999", *auditor)

    # What stands in the table is not taken on trust.
    superuser.execute("ALTER TABLE audit_cosignature DISABLE TRIGGER ALL")
    superuser.execute(
        "UPDATE audit_cosignature SET size = 312, "
        "cosigned_at = now() + interval '1 day' + id * interval '1 second'"
    )
    last = last_cosigned()
    assert last.witnesses == ("partner.example/witness",)
    superuser.execute("DELETE FROM audit_cosignature")
    assert last_cosigned().overdue
    # The witness remembers what the database forgot.
    witnesses[0].start()
    out = StringIO()
    call_command("ask_witnesses", stdout=out)
    assert out.getvalue().count("has cosigned 312 entries") == 2

    superuser.execute("ALTER TABLE audit_event DISABLE TRIGGER ALL")
    superuser.execute("UPDATE audit_event SET purpose = 'other' WHERE id = %s", [event_id])
    with pytest.raises(NotInLog, match="not what was logged"):
        prove_event(connections["auditor"], event_id)


def test_a_log_cut_off_or_rewritten_with_its_own_key_is_refused(
    log: Log, witnesses: list[RunningWitness], tamper: Superuser
) -> None:
    """Everything in the database and the log's key are the attacker's; one witness is honest."""
    for count in (3, 4, 5):
        log.say(count)
        log.sequence()
        assert set(asked().values()) == {None}

    # The newest entries, their checkpoints and what the witnesses said of them are gone.
    for table, column in (("leaf", "position >= 7"), ("checkpoint", "size > 7")):
        tamper.execute(f"CREATE TABLE kept_{table} AS TABLE audit_{table}")
        tamper.execute(f"DELETE FROM audit_{table} WHERE {column}")
    tamper.execute("DELETE FROM audit_cosignature WHERE size > 7")
    tamper.execute("DELETE FROM audit_event WHERE id > %s", [log.order()[-1]])
    assert log.verify().ok
    out, err = StringIO(), StringIO()
    log.say(2)
    log.sequence()
    with pytest.raises(SystemExit):
        call_command("ask_witnesses", stdout=out, stderr=err)
    assert err.getvalue().count("has cosigned 12 entries and the log holds 9") == 2
    # Once it is longer than before, it still does not continue what they know.
    log.say(20)
    log.sequence()
    for problem in asked().values():
        assert "does not continue the 12 entries" in str(problem)

    # Everything made anew with the stolen key, to the very size they know.
    tamper.execute("DELETE FROM audit_cosignature")
    tamper.execute(
        "DELETE FROM audit_event WHERE id IN (SELECT event_id FROM audit_leaf WHERE position >= 12)"
    )
    tamper.execute("DELETE FROM audit_leaf WHERE position >= 12")
    rewrite_with_the_stolen_key(log, tamper)
    assert log.verify().ok
    assert log.sizes()[-1] == 12
    for problem in asked().values():
        assert "another log of 12 entries" in str(problem)
    assert log.rows("SELECT count(*) FROM audit_cosignature") == [(0,)]
    assert [size_of(one) for one in witnesses] == [12, 12]
    for one in witnesses:
        assert len(list((one.folder / "evidence").iterdir())) >= 2
        (trusted,) = [kept["note"] for kept in one.state["logs"].values()]
        report = log.verify(trusted)
        assert report.problem is not None
        assert report.problem.kind == "rewritten"


def test_the_sequencers_thread_asks_and_a_silent_witness_stops_nothing(
    log: Log, witnesses: list[RunningWitness], caplog: Any
) -> None:
    log.say(3)
    log.sequence()
    witnesses[1].stop()
    stop = threading.Event()
    with caplog.at_level(logging.INFO, "liwanag.sequencer"):
        thread = cosigning.start(stop, interval=0.05)
        assert thread is not None
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and not (
            "Witness partner.example/witness: it does not answer" in caplog.text
            and "auditor.example/witness cosigns" in caplog.text
        ):
            time.sleep(0.05)
        log.say(2)
        log.sequence()
        while time.monotonic() < deadline and size_of(witnesses[0]) < 5:
            time.sleep(0.05)
        stop.set()
        thread.join(15)
    assert size_of(witnesses[0]) == 5
    # A failure that stays is said once.
    assert caplog.text.count("partner.example/witness: it does not answer") == 1


PROCESS = """
import json, sys
import django
from django.conf import settings
from django.core.management import call_command
django.setup()
from django.db import connections
given = json.load(sys.stdin)
connections["sequencer"].settings_dict.update(given["database"])
settings.LIWANAG_KEYS_DIR = given["keys"]
settings.LIWANAG_LOG_ORIGIN = "test.example/log"
settings.LIWANAG_WITNESSES = given["witnesses"]
call_command("run_sequencer", "--interval", "0.05", "--witness-interval", "0.2")
"""


def test_the_sequencers_process_has_the_log_cosigned_and_ends_cleanly(
    log: Log, keys_dir: Path, witnesses: list[RunningWitness], settings: Any
) -> None:
    database = connections["sequencer"].settings_dict
    names = ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")
    given = {
        "database": {name: database[name] for name in names},
        "keys": str(keys_dir),
        "witnesses": settings.LIWANAG_WITNESSES,
    }
    process = subprocess.Popen(
        [sys.executable, "-c", PROCESS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=Path(cosigning.__file__).parent.parent,
    )
    try:
        assert process.stdin is not None
        process.stdin.write(json.dumps(given))
        process.stdin.close()
        process.stdin = None
        log.say(3)
        deadline = time.monotonic() + 40
        # And one entry of its own: how it found the database built.
        while last_cosigned().size < 4 and time.monotonic() < deadline:
            assert process.poll() is None
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0, output
    assert "Witness partner.example/witness cosigns the audit log." in output
    assert last_cosigned().size == 4

    settings.LIWANAG_WITNESSES = [f"http://witness.example|{VKEY}"]
    with pytest.raises(CommandError, match="https://"):
        call_command("run_sequencer")
    # Nothing of it goes on in this process, looking at whatever database comes next.
    assert not [one.name for one in threading.enumerate() if one.name == "structure"]


def answering(*answers: tuple[int, dict[str, str], bytes]) -> http.server.ThreadingHTTPServer:
    """A server that gives these answers in turn and counts what it was asked."""
    left = list(answers)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            status, headers, body = left.pop(0)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def test_a_false_witness_gets_nothing_stored_and_leads_nowhere(
    log: Log, keys_dir: Path, settings: Any
) -> None:
    log.say(3)
    log.sequence()
    size = {"Content-Type": "text/x.tlog.size"}
    line = "— witness.example/w " + "A" * 104 + "\n"
    for answers, words in (
        ([(302, {"Location": "/elsewhere"}, b"")], "answered 302"),
        ([(500, {}, b"")], "answered 500"),
        ([(200, {}, b"nonsense")], "cannot be read"),
        ([(200, {}, line.encode())], "not signed with the key"),
        ([(200, {}, b"x" * 70_000)], "too long"),
        ([(200, {}, b"\xff")], "does not answer"),
        ([(409, size, b"9\n")], "the log holds 3"),
        ([(409, size, b"0\n")], "another log of 0 entries"),
        ([(409, size, b"2\n"), (409, size, b"1\n")], "does not continue the 2 entries"),
        ([(422, {}, b"")], "does not continue"),
    ):
        server: Any = answering(*answers)
        settings.LIWANAG_WITNESSES = [f"http://127.0.0.1:{server.server_address[1]}|{VKEY}"]
        (problem,) = asked().values()
        server.shutdown()
        server.server_close()
        assert words in str(problem)
    assert log.rows("SELECT count(*) FROM audit_cosignature") == [(0,)]
    settings.LIWANAG_WITNESSES = []
    with pytest.raises(CommandError, match="No witness"):
        call_command("ask_witnesses")


@pytest.mark.parametrize(
    "entry",
    [
        f"http://witness.example|{VKEY}",
        f"http://127.0.0.1.example|{VKEY}",
        f"http://10.0.0.1|{VKEY}",
        f"ftp://127.0.0.1|{VKEY}",
        f"https://user:word@witness.example|{VKEY}",
        f"https://witness.example/?a=b|{VKEY}",
        f"https://witness.example:99999|{VKEY}",
        f"https://|{VKEY}",
        "https://witness.example",
        "https://witness.example|nonsense",
    ],
    # The key is a fresh one in every process; the names of the tests must not be.
    ids=[
        "plain",
        "host",
        "ten",
        "ftp",
        "password",
        "query",
        "port",
        "nowhere",
        "keyless",
        "nonsense",
    ],
)
def test_only_https_or_this_machine_may_be_a_witness(entry: str) -> None:
    with pytest.raises(NotConfigured) as refused:
        Witness.parse(entry)
    assert "word" not in str(refused.value)


def test_https_and_this_machine_may_be_witnesses() -> None:
    for address in ("https://witness.example/log", "http://127.0.0.1:8811", "http://[::1]:8811"):
        assert str(Witness.parse(f"{address}|{VKEY}").key) == VKEY


def test_a_witness_over_https_is_asked_only_under_a_certificate_that_holds(
    tmp_path: Path, monkeypatch: Any
) -> None:
    signer = SignerKey("test.example/log", Ed25519PrivateKey.generate())
    certificate, key = self_signed(tmp_path)
    witness = RunningWitness(tmp_path / "w", "witness.example/w", str(signer.verifier)).make()
    witness.options = ["--certificate", str(certificate), "--certificate-key", str(key)]
    witness.start()
    body = f"old 0\n\n{sign_checkpoint(Checkpoint('test.example/log', 1, bytes(32)), signer)}"
    try:
        url = urlsplit(f"https://127.0.0.1:{witness.port}")
        with pytest.raises(WitnessFailed, match="does not answer"):
            cosigning._post(url, body.encode())
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        answer = cosigning._post(url, body.encode())
        assert answer.status == 200
        assert "witness.example/w" in answer.text
    finally:
        witness.stop()


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A certificate for this machine, and its key."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "certificate.key"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    files[1].write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files
