"""The log can prove what a note said and which details were shown, until their key is destroyed."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from audit.exporting import export_log
from audit.models import AuditEvent
from audit.offline import verify_audit
from audit.sequencing import sequence_all
from audit.verification import verify
from cases.choices import IdentityPurpose
from cases.services.notes import write_note
from cases.services.people import add_participant, show_identity
from tests.factories import open_case
from vault.commitments import Verdict, check, commit, salt_of
from vault.errors import CannotOpen
from vault.keys import forget_keys

TEXT = "The aunt called to say that school starts on Monday."
IDENTITY = {"first_name": "Luningning", "phones": ["+63 900 000 0001"]}


def write(cast, case):
    return write_note(
        actor=cast.caseworker,
        case_id=case.pk,
        kind="contact",
        occurred_at=timezone.now() - timedelta(hours=1),
        facts_reported=TEXT,
        facts_said_by="the aunt",
    )


def words(**parts):
    empty = dict.fromkeys(
        ("facts_reported", "observations", "professional_assessment", "actions"), ""
    )
    return empty | {"facts_said_by": "the aunt"} | parts


def event_of(verb):
    return AuditEvent.objects.filter(verb=verb).latest("id")


def destroy_key(superuser, owner):
    """What an erasure does below everything else; the application itself may not."""
    superuser.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, false)")
    superuser.execute(
        "DELETE FROM vault_datakey WHERE owner_type = %s AND owner_id = %s", list(owner)
    )
    forget_keys()


def test_which_text_a_note_had_is_provable_and_only_that_text(cast):
    case = open_case(cast.caseworker)
    owner = ("case", case.pk)
    write(cast, case)
    event = event_of("note.written")
    assert check(event, words(facts_reported=TEXT), owner) is Verdict.HOLDS
    assert check(event, words(facts_reported=TEXT + " "), owner) is Verdict.DIFFERS
    assert check(event, words(observations=TEXT), owner) is Verdict.DIFFERS
    # The same words again give another commitment, so nobody sees that they are the same.
    write(cast, case)
    again = event_of("note.written")
    assert bytes(again.commitment) != bytes(event.commitment)
    assert check(again, words(facts_reported=TEXT), owner) is Verdict.HOLDS
    # To another event's words it says nothing.
    other = open_case(cast.caseworker)
    assert check(event, words(facts_reported=TEXT), ("case", other.pk)) is Verdict.DIFFERS
    assert check(event_of("case.opened_new"), words(), owner) is Verdict.NOTHING
    # A court that is given the salt needs neither the product nor the key.
    salt = salt_of(event.act, event.object_type, event.object_id, owner)
    said = json.dumps(words(facts_reported=TEXT), sort_keys=True, separators=(",", ":"))
    assert hmac.new(salt, said.encode(), hashlib.sha256).digest() == bytes(event.commitment)


def test_an_erasure_takes_the_salt_and_the_log_still_verifies(cast, superuser, tmp_path):
    case = open_case(cast.caseworker)
    participant = add_participant(
        actor=cast.caseworker, case_id=case.pk, role="survivor", identity=IDENTITY
    )
    owner = ("person", participant.person_id)
    shown = show_identity(
        actor=cast.caseworker, person_id=participant.person_id, purpose=IdentityPurpose.HANDOFF
    )
    given, seen = event_of("participant.added"), event_of("identity.shown")
    assert seen.purpose == IdentityPurpose.HANDOFF
    assert check(given, IDENTITY, owner) is Verdict.HOLDS
    assert check(seen, shown, owner) is Verdict.HOLDS
    assert check(seen, shown | {"first_name": "Ligaya"}, owner) is Verdict.DIFFERS
    write(cast, case)
    sequence_all(connections["sequencer"])
    trusted = verify(connections["auditor"]).note

    destroy_key(superuser, owner)

    assert check(given, IDENTITY, owner) is Verdict.ERASED
    assert check(seen, shown, owner) is Verdict.ERASED
    with pytest.raises(CannotOpen):
        commit(seen.act, seen.object_type, seen.object_id, shown, owner)
    # A thief with the whole log guesses right and still learns nothing: no column of the event is
    # the salt.
    text = json.dumps(IDENTITY, sort_keys=True, separators=(",", ":")).encode()
    columns = [str(getattr(given, field.name)).encode() for field in given._meta.fields]
    for parts in itertools.chain(columns, map(b"".join, itertools.permutations(columns, 2))):
        guessed = hmac.new(parts, text, hashlib.sha256).digest()
        assert guessed != bytes(given.commitment)
    assert hashlib.sha256(text).digest() != bytes(given.commitment)
    # Other owners' words stay provable.
    assert (
        check(event_of("note.written"), words(facts_reported=TEXT), ("case", case.pk))
        is Verdict.HOLDS
    )
    # And the log verifies: from its rows, and outside from its export.
    sequence_all(connections["sequencer"])
    report = verify(connections["auditor"], trusted_note=trusted)
    assert report.ok, report.sentence()
    file = tmp_path / "log.jsonl"
    export_log(actor=cast.auditor, path=file)
    done = subprocess.run(
        [sys.executable, verify_audit.__file__, str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Luningning" not in file.read_text()
