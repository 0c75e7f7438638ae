"""Whether the log is kept as promised: what is late is said where people look."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from audit.cosignature import WitnessKey
from audit.health import log_health
from audit.sequencing import serve
from audit.waiting import WINDOW, waiting_events


def audit_health(*options):
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command("audit_health", *options, stdout=out, stderr=err)
    except SystemExit as ended:
        code = ended.code
    return code, out.getvalue() + err.getvalue()


def test_an_event_without_a_place_after_a_minute_raises_an_alarm(log, superuser):
    now = timezone.now()
    log.say(2)
    assert log_health(now).alarms == ()
    later = log_health(now + timedelta(seconds=62))
    assert [alarm.code for alarm in later.alarms] == ["waiting"]
    assert later.waiting.count == 2
    assert "2 events have waited" in later.alarms[0].title
    assert audit_health() == (
        0,
        "Every event older than a minute has its place. No witness is set up.\n",
    )
    log.sequence()
    assert log_health(now + timedelta(seconds=62)).alarms == ()

    # An hour later, as a monitor sees it: exit code and words.
    superuser.execute("ALTER TABLE audit_event DISABLE TRIGGER ALL")
    log.say(1)
    superuser.execute("UPDATE audit_event SET at = at - interval '1 hour'")
    code, words = audit_health()
    assert code == 1
    assert "1 event has waited more than a minute" in words
    assert "sequencer runs" in words


def test_deep_below_the_newest_leaf_only_a_full_look_finds_it(log, superuser):
    log.say(2)
    log.sequence()
    superuser.execute("ALTER TABLE audit_event DISABLE TRIGGER ALL")
    superuser.execute("ALTER TABLE audit_leaf DISABLE TRIGGER ALL")
    superuser.execute("UPDATE audit_event SET at = at - interval '1 hour'")
    superuser.execute("DELETE FROM audit_leaf WHERE position = 0")
    superuser.execute("UPDATE audit_leaf SET event_id = event_id + %s", [WINDOW * 2])
    now = timezone.now()
    assert waiting_events(connections["auditor"], now).count == 0
    assert waiting_events(connections["auditor"], now, full=True).count == 2
    assert audit_health("--full")[0] == 1


def test_the_sequencers_own_output_says_that_events_wait(log, superuser, monkeypatch, caplog):
    monkeypatch.setattr("audit.sequencing.LOOK_SECONDS", 0.0)
    log.say(1)
    superuser.execute("ALTER TABLE audit_event DISABLE TRIGGER ALL")
    superuser.execute("UPDATE audit_event SET at = at - interval '1 hour'")
    # Another process holds the lock and does nothing: this one idles, sees it and tells.
    from audit.sequencing import SERVICE_LOCK

    superuser.execute("SELECT pg_advisory_lock(%s)", [SERVICE_LOCK])

    class Soon:
        def __init__(self):
            self.rounds = 0

        def is_set(self):
            self.rounds += 1
            return self.rounds > 3

        def wait(self, seconds):
            return None

    serve(connections["sequencer"], Soon(), interval=0)
    assert "1 events wait for their place in the audit log, the oldest since" in caplog.text
    assert log.order() == []


@pytest.fixture
def silent_witness(settings):
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    settings.LIWANAG_WITNESSES = [
        f"https://witness.example|{WitnessKey('witness.example/w', public)}"
    ]


def test_alarms_stand_on_the_audit_page_and_on_my_work_of_those_who_must_look(
    cast, client_of, log, superuser, silent_witness
):
    log.say(1)
    superuser.execute("ALTER TABLE audit_event DISABLE TRIGGER ALL")
    superuser.execute("UPDATE audit_event SET at = at - interval '1 hour'")
    for person in (cast.auditor, cast.dpo):
        for address in ("/", "/audit/"):
            page = client_of(person).get(address).content.decode()
            assert "1 event has waited more than a minute" in page, address
            assert "No witness has signed the log for a day" in page, address
    others = client_of(cast.caseworker).get("/").content.decode()
    assert "place in the log" not in others
    assert "No witness" not in others


def test_a_setting_that_cannot_be_used_is_an_alarm_and_no_error_page(cast, client_of, settings):
    settings.LIWANAG_WITNESSES = ["http://far.example|nonsense"]
    page = client_of(cast.auditor).get("/audit/").content.decode()
    assert "The witnesses cannot be asked" in page
    assert "far.example" not in page
    code, words = audit_health()
    assert (code, "far.example" in words) == (1, False)
