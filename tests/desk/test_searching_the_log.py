"""The auditor's search: what it finds, how it counts, what is kept, and what is taken out."""

from __future__ import annotations

import io
import re

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.services.directory import assign_role
from audit import log_key
from audit.models import AuditEvent, Review, SavedSearch
from audit.offline import verify_audit
from audit.reading import reading
from audit.sequencing import sequence_all
from desk.selectors.log_search import Asked, matching, search
from tests.audit.conftest import INSERT, event
from tests.desk.test_audit_trail import entries
from tests.factories import add_participant, log_referral, open_case


def test_it_finds_by_everything_that_can_be_asked(cast, client_of):
    case = open_case(cast.caseworker)
    person = add_participant(cast.caseworker, case).person
    other = open_case(cast.south_caseworker)
    referral = log_referral(cast.intake)
    client_of(cast.partner).get("/audit/")
    auditor = client_of(cast.auditor)
    today = str(timezone.localdate())

    def found(**asked):
        return entries(auditor.post("/audit/", asked))

    assert case.reference in found(code=case.reference.lower())
    assert other.reference not in found(code=case.reference)
    assert f"added {person.code}" not in found(code=other.reference)
    assert referral.reference in found(code=referral.reference)
    assert str(case.reference) in found(code=str(case.pk))
    assert "Ana Ilustre" in found(person=str(cast.caseworker.pk), verb="case.opened_new")
    assert "Hana Dizon" not in found(person=str(cast.caseworker.pk))
    refused = found(outcome="refused", agency=str(cast.cyber_unit.pk))
    assert "Noel Pardo was refused" in refused
    assert "Ana Ilustre" not in refused
    assert "opened a new case" in found(since=today, until=today, kind="changes")
    assert "Nothing matches" in found(until="2020-01-01")
    assert "Nothing matches" in found(since="2999-01-01")
    last = AuditEvent.objects.latest("id")
    # What was searched by stands in the log; what was searched for does not.
    assert last.facts["filters"] == ["since"]
    assert "2999" not in str(last.facts)
    unknown = auditor.post("/audit/", {"code": "C-XXXX-XX"}).content.decode()
    assert "The log knows nothing of C-XXXX-XX" in unknown
    wrong = auditor.post("/audit/", {"since": "2026-02-02", "until": "2026-02-01"})
    assert wrong.status_code == 422
    assert b"before the first one" in wrong.content
    assert client_of(cast.caseworker).post("/audit/", {"code": case.reference}).status_code == 403


def test_codes_are_answered_to_the_house_s_auditors_alone(cast):
    case = open_case(cast.caseworker)
    with reading(cast.auditor):
        assert matching(cast.auditor, Asked(code=case.reference)).exists()
    # A partner's auditor reads their own agency's part, and no code of ours.
    assign_role(
        actor=cast.admin,
        user_id=cast.investigator.pk,
        team_id=cast.investigator.memberships.get().team_id,
        role="auditor",
    )
    theirs = cast.again("investigator")
    with reading(theirs):
        assert not matching(theirs, Asked(code=case.reference)).exists()
        assert not matching(theirs, Asked(code=str(case.pk))).exists()
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT * FROM liwanag_log_names_cases(%s)", [[case.pk]])
            assert cursor.fetchall() == []


def test_pages_follow_each_other_and_the_count_is_honest(cast, client_of, monkeypatch):
    with connections["default"].cursor() as cursor:
        for _ in range(12):
            cursor.execute(INSERT, event(verb="case.listed", actor_id=cast.liaison.pk))
    monkeypatch.setattr("desk.selectors.log_search.ON_A_PAGE", 5)
    monkeypatch.setattr("desk.selectors.log_search.MOST_COUNTED", 10)
    asked = Asked(person=str(cast.liaison.pk))
    first = search(cast.auditor, asked)
    assert first.count == "More than 10 entries"
    numbers = [entry.number for entry in first.events]
    while first.older_than:
        first = search(cast.auditor, asked, before=first.older_than)
        numbers += [entry.number for entry in first.events]
    assert len(numbers) == len(set(numbers)) == 14
    assert numbers == sorted(numbers, reverse=True)
    # In the page: by POST, so that nothing asked for stands in an address.
    page = client_of(cast.auditor).post("/audit/", asked.parts()).content.decode()
    before = re.search(r'name="before" value="(\d+)"', page)[1]
    second = client_of(cast.auditor).post("/audit/", {**asked.parts(), "before": before})
    assert entries(second) != entries(client_of(cast.auditor).post("/audit/", asked.parts()))


def test_the_number_of_queries_is_the_same_for_few_and_many(cast, client_of):
    client = client_of(cast.auditor)

    def queries():
        with (
            CaptureQueriesContext(connections["default"]) as app,
            CaptureQueriesContext(connections["auditor"]) as log,
        ):
            client.get("/audit/")
        return len(app), len(log)

    with connections["default"].cursor() as cursor:
        cursor.execute(INSERT, event())
        client.get("/audit/")
        few = queries()
        for _ in range(45):
            cursor.execute(INSERT, event())
    assert queries() == few


def test_a_search_is_kept_for_oneself_and_removed(cast, client_of):
    auditor = client_of(cast.auditor)
    answer = auditor.post("/audit/searches/", {"kind": "refusals", "name": "Refused"})
    kept = SavedSearch.objects.using("owner").get()
    assert answer["Location"] == f"/audit/searches/{kept.pk}/"
    assert kept.asked == {"kind": "refusals"}
    assert "Refused" in auditor.get("/audit/").content.decode()
    assert auditor.get(answer["Location"]).status_code == 200
    dpo = client_of(cast.dpo)
    assert "Refused</a>" not in dpo.get("/audit/").content.decode()
    assert dpo.get(answer["Location"]).status_code == 404
    assert dpo.post(f"{answer['Location']}remove/").status_code == 404
    assert SavedSearch.objects.using("owner").count() == 1
    # The same name again replaces it; a name that leads to somebody, or nothing asked, is refused.
    auditor.post("/audit/searches/", {"kind": "signins", "name": "Refused"})
    assert SavedSearch.objects.using("owner").get().asked == {"kind": "signins"}
    for bad in (
        {"kind": "signins", "name": "call 0917 555 0101"},
        {"name": "All"},
        {"kind": "reads"},
    ):
        assert auditor.post("/audit/searches/", bad).status_code == 422
    current = SavedSearch.objects.using("owner").get()
    auditor.post(f"/audit/searches/{current.pk}/remove/")
    assert not SavedSearch.objects.using("owner").exists()
    verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert {"search.saved", "search.forgotten"} <= verbs


@pytest.fixture
def sealed(cast):
    case = open_case(cast.caseworker)
    for _ in range(5):
        add_participant(cast.caseworker, case)
    log_referral(cast.intake)
    sequence_all(connections["sequencer"])
    return case


def test_what_was_found_is_taken_out_with_proof_and_reviewed(cast, client_of, sealed):
    auditor = client_of(cast.auditor)
    asked = {"code": sealed.reference}
    page = auditor.post("/audit/export/", {**asked, "ask": "1"})
    assert page.status_code == 200
    assert "Why do you take this out?" in page.content.decode()
    assert auditor.post("/audit/export/", asked).status_code == 422
    assert not AuditEvent.objects.filter(verb="log.exported").exists()
    answer = auditor.post("/audit/export/", {**asked, "purpose": "outside_audit"})
    assert re.search(r'filename="[0-9a-f]{12}-[0-9-]{10}\.jsonl"', answer["Content-Disposition"])
    data = b"".join(answer.streaming_content)
    taken = AuditEvent.objects.filter(verb="log.exported").get()
    assert taken.purpose == "outside_audit"
    assert taken.facts["entries"] == data.count(b'{"n":') > 5
    assert taken.facts["filters"] == ["code"]
    review = Review.objects.using("owner").get(kind="export")
    assert (review.subject_id, review.facts["reason"]) == (cast.auditor.pk, "outside_audit")
    keys = [str(key) for key in log_key.verifier_keys()]
    said = verify_audit.verify(io.BytesIO(data), keys=keys, witness_keys=[], trusted=[])
    assert said[0].startswith(f"The selection verifies: {taken.facts['entries']} entries out of")
    # Only of this case, and nothing of the others but sums.
    assert data.count(str(sealed.pk).encode()) >= taken.facts["entries"]
    assert str(cast.intake.pk).encode() not in data
    nothing = auditor.post("/audit/export/", {"until": "2020-01-01", "purpose": "incident"})
    assert nothing.status_code == 422
    assert client_of(cast.caseworker).post("/audit/export/", asked).status_code == 403


def test_one_entry_s_proof_is_taken_out_from_its_mark(cast, client_of, sealed):
    auditor = client_of(cast.auditor)
    page = auditor.post("/audit/", {"code": sealed.reference}).content.decode()
    url = re.search(r'href="(/audit/entries/\d+/proof/)"', page)[1]
    answer = auditor.get(url)
    text = answer.content.decode()
    keys = [str(key) for key in log_key.verifier_keys()]
    assert verify_audit.verify(io.BytesIO(text.encode()), keys=keys, witness_keys=[], trusted=[])
    assert str(sealed.pk) in _entry_of(text)
    assert AuditEvent.objects.latest("id").verb == "log.proof_taken"
    assert auditor.get("/audit/entries/99999999/proof/").status_code == 404
    assert auditor.get(f"/audit/entries/{'9' * 25}/proof/").status_code == 404
    # On the case's own page the mark explains itself and offers nothing that is not theirs.
    own = client_of(cast.caseworker).get(f"/cases/{sealed.pk}/opened/").content.decode()
    assert "chain of sums" in own
    assert "/proof/" not in own


def _entry_of(text):
    import base64

    extra = next(line for line in text.splitlines() if line.startswith("extra "))
    return base64.b64decode(extra.removeprefix("extra ")).decode()
