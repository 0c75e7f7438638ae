"""The audit trail for people: sentences, filters, and who opened a case."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.cosignature import WitnessKey
from audit.models import AuditEvent
from tests.factories import log_referral, open_case


def test_the_auditor_reads_sentences_with_names(cast, client_of):
    log_referral(cast.intake)
    page = client_of(cast.auditor).get("/audit/").content.decode()
    assert "Dino Magsino logged a referral" in page
    assert "Intake officer" in page


def test_reading_the_log_is_in_the_log(cast, client_of):
    client_of(cast.auditor).get("/audit/?kind=refusals")
    event = AuditEvent.objects.latest("id")
    assert (event.verb, event.actor_id) == ("log.searched", cast.auditor.pk)
    assert event.facts["filters"] == ["kind"]


def test_refusals_can_be_found(cast, client_of):
    client_of(cast.caseworker).get("/audit/")
    page = client_of(cast.auditor).get("/audit/?kind=refusals").content.decode()
    assert "Ana Ilustre was refused" in page
    assert "read_log" in page


def test_changes_leave_out_looking_signing_in_and_refusals(cast, client_of):
    log_referral(cast.intake)
    client_of(cast.intake).get("/referrals/")
    client_of(cast.caseworker).get("/audit/")
    auditor = client_of(cast.auditor)
    changes = auditor.get("/audit/?kind=changes").content.decode()
    assert "logged a referral" in changes
    for other in ("looked at the list", "searched the audit trail", "Ana Ilustre was refused"):
        assert other not in changes
    openings = auditor.get("/audit/?kind=reads").content.decode()
    assert "looked at the list of referrals" in openings
    assert "logged a referral" not in openings


def test_an_entry_names_no_keys_and_no_long_lists_of_fields(cast, client_of):
    referral = log_referral(cast.intake)
    event = AuditEvent.objects.filter(verb="referral.logged").latest("id")
    assert len(event.fields) > 3
    page = client_of(cast.auditor).get("/audit/").content.decode()
    assert f"{len(event.fields)} fields" in page
    assert "legal_basis" not in page
    assert f"referral {str(referral.pk)[:8]}" in page
    assert str(referral.pk) not in page


def test_the_log_can_be_read_by_person(cast, client_of):
    log_referral(cast.intake)
    open_case(cast.caseworker)
    page = client_of(cast.auditor).get(f"/audit/?person={cast.intake.pk}").content.decode()
    assert "logged a referral" in page
    assert "opened a new case" not in page


def test_others_are_refused_and_that_is_recorded(cast, client_of):
    for person in (cast.caseworker, cast.admin, cast.manager, cast.partner):
        assert client_of(person).get("/audit/").status_code == 403
        assert AuditEvent.objects.latest("id").outcome == "refused"


def test_a_caseworker_sees_who_opened_the_case(cast, client_of):
    case = open_case(cast.caseworker)
    client_of(cast.supervisor).get(f"/cases/{case.pk}/")
    page = client_of(cast.caseworker).get(f"/cases/{case.pk}/opened/").content.decode()
    assert "Corazon Vera opened the case" in page
    assert client_of(cast.south_caseworker).get(f"/cases/{case.pk}/opened/").status_code == 404


def test_the_page_says_when_nobody_outside_vouches_for_the_log(cast, client_of):
    page = client_of(cast.auditor).get("/audit/").content.decode()
    assert "No outside witness is set up" in page


def test_the_page_warns_when_a_witness_is_silent(cast, client_of, settings):
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    key = WitnessKey("witness.example/w", public)
    settings.LIWANAG_WITNESSES = [f"https://witness.example|{key}"]
    page = client_of(cast.auditor).get("/audit/").content.decode()
    assert "No witness has signed the log for a day" in page
