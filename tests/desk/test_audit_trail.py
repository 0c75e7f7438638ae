"""The audit trail for people: sentences, filters, and how the log stands."""

from __future__ import annotations

import html
import re

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.cosignature import WitnessKey
from audit.models import AuditEvent
from audit.verbs import registry
from desk.audit_sentences import Words, _sentence
from tests.factories import log_referral, open_case


def entries(response):
    """The list of sentences on a page, as text."""
    page = response.content.decode()
    listed = page.split('<div id="list">')[1].split("</section>\n</div>")[0]
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", listed)))


def test_the_auditor_reads_sentences_with_names(cast, client_of):
    log_referral(cast.intake)
    page = entries(client_of(cast.auditor).get("/audit/"))
    assert "Dino Magsino logged a referral" in page
    assert "Intake officer" in page


def test_reading_the_log_is_in_the_log(cast, client_of):
    client_of(cast.auditor).get("/audit/?kind=refusals")
    event = AuditEvent.objects.latest("id")
    assert (event.verb, event.actor_id) == ("log.searched", cast.auditor.pk)
    assert event.facts["filters"] == ["kind"]


def test_refusals_can_be_found(cast, client_of):
    client_of(cast.caseworker).get("/audit/")
    page = entries(client_of(cast.auditor).get("/audit/?kind=refusals"))
    assert "Ana Ilustre was refused" in page
    assert "asked for: read log" in page


def test_changes_leave_out_looking_signing_in_and_refusals(cast, client_of):
    log_referral(cast.intake)
    client_of(cast.intake).get("/referrals/")
    client_of(cast.caseworker).get("/audit/")
    auditor = client_of(cast.auditor)
    changes = entries(auditor.get("/audit/?kind=changes"))
    assert "logged a referral" in changes
    for other in ("looked at the list", "searched the audit trail", "Ana Ilustre was refused"):
        assert other not in changes
    openings = entries(auditor.get("/audit/?kind=reads"))
    assert "looked at the list of referrals" in openings
    assert "logged a referral" not in openings


def test_an_entry_names_no_keys_and_no_long_lists_of_fields(cast, client_of):
    referral = log_referral(cast.intake)
    event = AuditEvent.objects.filter(verb="referral.logged").latest("id")
    assert len(event.fields) > 3
    page = entries(client_of(cast.auditor).get("/audit/"))
    assert f"{len(event.fields)} fields" in page
    assert "legal_basis" not in page
    assert f"logged a referral ({referral.reference})" in page
    assert str(referral.pk) not in page


def test_the_log_can_be_read_by_person(cast, client_of):
    log_referral(cast.intake)
    open_case(cast.caseworker)
    page = entries(client_of(cast.auditor).get(f"/audit/?person={cast.intake.pk}"))
    assert "logged a referral" in page
    assert "opened a new case" not in page


def test_others_are_refused_and_that_is_recorded(cast, client_of):
    for person in (cast.caseworker, cast.admin, cast.manager, cast.partner):
        assert client_of(person).get("/audit/").status_code == 403
        assert AuditEvent.objects.latest("id").outcome == "refused"


def test_the_page_says_when_nobody_outside_vouches_for_the_log(cast, client_of):
    page = client_of(cast.auditor).get("/audit/").content.decode()
    assert "No outside witness is set up" in page


def test_the_page_warns_when_a_witness_is_silent(cast, client_of, settings):
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    key = WitnessKey("witness.example/w", public)
    settings.LIWANAG_WITNESSES = [f"https://witness.example|{key}"]
    page = client_of(cast.auditor).get("/audit/").content.decode()
    assert "No witness has signed the log for a day" in page


def test_every_registered_verb_makes_a_sentence_and_never_a_code():
    """With everything known, and with nothing known: words, no braces, no machine's names."""
    from datetime import UTC, datetime
    from uuid import uuid4

    person, agency, record, case = (uuid4() for _ in range(4))
    known = Words(
        {person: "Maria"}, {agency: "Tanglaw"}, {record: "S-4F7K", case: "C-7QK4"}, {}, False
    )
    unknown = Words({}, {}, {}, {}, False)
    for verb in registry():
        event = AuditEvent(
            id=1,
            at=datetime(2026, 1, 5, tzinfo=UTC),
            act=uuid4(),
            actor_id=person,
            agency_id=agency,
            role="caseworker",
            verb=verb,
            object_type="cases.personidentity",
            object_id=record,
            case_id=case,
            fields=["details"],
            facts={"permission": "cases.show_identity", "rows": 3, "inner": {"a": [1]}},
            purpose="court",
        )
        for words in (known, unknown):
            said = _sentence(event, words, None)
            for text in (said.sentence, said.who, said.detail):
                assert not re.search(r"[{}\[\]_]|%\(", text), f"{verb}: {text}"
            assert verb not in said.sentence
        if verb.startswith("database."):
            # Said by a login or by the sequencer, never by a person.
            assert _sentence(event, known, None).sentence.startswith("The ")
            continue
        assert _sentence(event, known, None).sentence.startswith("Maria ")
        assert "S-4F7K" in _sentence(event, known, None).sentence
        assert " in the case C-7QK4" in _sentence(event, known, None).sentence
        assert _sentence(event, known, None).sentence.endswith(", because: for a court date")
    identity = AuditEvent(
        id=1,
        at=datetime(2026, 1, 5, tzinfo=UTC),
        actor_id=person,
        role="",
        verb="identity.shown",
        object_id=record,
        case_id=case,
        fields=[],
        facts={},
        purpose="court",
        object_type="cases.personidentity",
    )
    assert (
        _sentence(identity, known, case).sentence
        == "Maria opened the identity of S-4F7K, because: for a court date"
    )
