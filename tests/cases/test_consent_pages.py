"""Asking for consent in steps, as a caseworker does on a phone; and the same through the API."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from cases.choices import InformationPoint, Scope
from cases.models import Consent, LegalGround
from cases.services.grounds import record_legal_ground
from tests.factories import add_participant, give_consent, open_case


@pytest.fixture
def case(cast):
    return open_case(cast.caseworker)


@pytest.fixture
def survivor(cast, case):
    return add_participant(cast.caseworker, case, birth_year=timezone.localdate().year - 12)


@pytest.fixture
def client(cast, client_of):
    return client_of(cast.caseworker)


def of(name, record):
    return reverse(f"cases:{name}", args=[record.pk])


def only():
    return Consent.objects.using("owner").get()


def version_on(page):
    return re.search(r'name="version" value="(\d+)"', page.content.decode())[1]


def fill(client, name, **answers):
    """Open a step, fill it in with the version it shows, and go on."""
    url = of(name, only())
    page = client.get(url)
    assert page.status_code == 200
    return client.post(url, {"version": version_on(page), **answers})


def test_consent_is_asked_step_by_step_and_read_back(cast, case, survivor, client):
    aunt = add_participant(cast.caseworker, case, role="protective_caregiver")
    page = client.get(of("consents", case))
    assert "Not asked yet" in page.content.decode()
    start = {
        "person_id": str(survivor.person_id),
        "given_by": "caregiver",
        "giver_id": str(aunt.person_id),
        "language": "Cebuano",
        "interpreter_use": "not_needed",
    }
    page = client.post(of("start_consent", case), start)
    assert page["Location"] == of("consent_talk", only())
    page = client.get(page["Location"])
    # The words to read aloud stand on the page, the limits of confidentiality among them.
    assert "there is one thing we cannot keep to ourselves" in page.content.decode().lower()
    page = fill(client, "consent_talk", information_given=InformationPoint.values)
    assert page["Location"] == of("consent_answers", only())
    page = client.get(page["Location"])
    # R-K5: whatever can be chosen, "not asked" is what stands there before.
    chosen = re.findall(r'value="(\w+)"[^>]*checked', page.content.decode())
    assert chosen == ["not_asked"] * len(Scope.values)
    answers = dict.fromkeys(Scope.values, "not_asked") | {
        "case_management": "agrees",
        "story_or_media": "refuses",
    }
    # Nothing is passed on, so nobody asks to whom.
    page = fill(client, "consent_answers", **answers)
    assert page["Location"] == of("consent_how", only())
    answers["share_with_law_enforcement"] = "agrees"
    page = fill(client, "consent_answers", **answers)
    assert page["Location"] == of("consent_agencies", only())
    page = fill(
        client,
        "consent_agencies",
        recipients=str(cast.cyber_unit.pk),
        categories="case_summary",
        countries="",
        later="1",
    )
    assert page["Location"] == of("consents", case)
    how = {
        "child_assent": "given",
        "method": "witnessed_verbal",
        "witness": "The school nurse",
        "valid_until": (timezone.localdate() + timedelta(days=200)).isoformat(),
    }
    page = fill(client, "consent_how", **how)
    assert page["Location"] == of("consent_read_back", only())
    page = client.get(page["Location"])
    for words in ("We tell the police", "The story is told", "The school nurse", "Cebuano"):
        assert words in page.content.decode()
    assert only().status == "draft"
    page = fill(client, "consent_read_back")
    assert page["Location"] == of("consent", only())
    assert only().status == "active"
    page = client.get(of("case", case))
    assert "2 things agreed to, 1 refused" in page.content.decode()
    # A finished consent has no steps any more, and its page shows it in full.
    assert client.get(of("consent_how", only())).status_code == 302
    page = client.get(of("consent", only()))
    assert "The school nurse" in page.content.decode()
    # Taking it back: one page, everything ticked, no reason asked.
    page = client.get(of("withdraw_consent", only()))
    assert page.content.decode().count("checked") == 2
    url = of("withdraw_consent", only())
    # Nothing ticked is no answer; it is not "everything".
    assert client.post(url, {"words": ""}).status_code == 422
    assert only().status == "active"
    page = client.post(url, {"words": "", "scopes": only().scopes})
    assert page.status_code == 302
    assert only().status == "withdrawn"


def test_what_is_missing_is_said_where_it_is_read_back_and_a_no_is_an_answer(
    cast, case, survivor, client
):
    start = {
        "person_id": str(survivor.person_id),
        "given_by": "state_guardian",
        "giver_details": "Duty officer",
        "order_reference": "Order 4",
        "language": "Filipino",
        "interpreter_use": "not_needed",
    }
    client.post(of("start_consent", case), start)
    page = fill(client, "consent_read_back")
    assert page.status_code == 422
    assert "Write down the child’s own answer" in page.content.decode()
    assert only().status == "draft"
    page = client.post(of("refuse_consent", only()), {"version": only().version})
    assert page["Location"] == of("consent", only())
    assert only().status == "refused"


def test_the_paper_says_the_same_and_is_marked(cast, survivor, client):
    page = client.get(of("paper_consent", survivor))
    text = page.content.decode()
    assert text.count("☐ Yes") == len(Scope.values) + 1
    assert "the law makes us tell" in text
    assert "Asking for consent" in text
    assert AuditEvent.objects.filter(verb="consent.printed").count() == 1


def test_the_data_protection_officer_reads_every_exception_and_no_case(
    cast, case, client, client_of
):
    ground = {
        "basis": "legal_obligation",
        "reason": "A court ordered it.",
        "recipient_id": str(cast.cyber_unit.pk),
        "purposes": "share_with_law_enforcement",
        "categories": "people",
    }
    assert client.post(of("record_ground", case), ground).status_code == 302
    recorded = LegalGround.objects.using("owner").get()
    officer = client_of(cast.dpo)
    page = officer.get(reverse("cases:grounds"))
    assert recorded.reference in page.content.decode()
    assert case.reference not in page.content.decode()
    assert "1 waiting for approval" in page.content.decode()
    page = officer.get(of("ground", recorded))
    assert "A court ordered it." in page.content.decode()
    assert officer.get(of("case", case)).status_code in (403, 404)
    decision = {"version": 1, "approve": "yes"}
    assert client.post(of("decide_ground", recorded), decision).status_code == 403
    assert LegalGround.objects.using("owner").get().status == "proposed"
    supervisor = client_of(cast.supervisor)
    assert "Decide on a legal basis" in supervisor.get("/").content.decode()
    assert supervisor.post(of("decide_ground", recorded), decision).status_code == 302
    assert LegalGround.objects.using("owner").get().decided_by_id == cast.supervisor.pk
    assert client.post(of("end_ground", recorded), {"version": 2}).status_code == 302
    assert LegalGround.objects.using("owner").get().status == "ended"


def test_what_is_due_stands_on_my_work_whatever_the_number(cast, case, survivor, client):
    today = timezone.localdate()
    give_consent(cast.caseworker, survivor, valid_until=today + timedelta(days=9))
    page = client.get("/")
    assert "Ask whether consent is still right" in page.content.decode()
    assert survivor.person.code in page.content.decode()


def test_the_same_through_the_api(cast, case, survivor, client_of, client):
    def post(path, seen=None, by=client, **body):
        known = {"If-Match": f'"{seen}"'} if seen else {}
        return by.post(f"/api/v1/{path}", body, content_type="application/json", headers=known)

    body = {
        "case": str(case.pk),
        "person": str(survivor.person_id),
        "given_by": "state_guardian",
        "giver_details": "Duty officer",
        "order_reference": "Order 4",
        "child_assent": "given",
        "information_given": InformationPoint.values,
        "language": "Cebuano",
        "method": "written",
        "scopes": ["case_management", "research"],
        "valid_until": (timezone.localdate() + timedelta(days=90)).isoformat(),
    }
    started = post("consents/", **body)
    assert started.status_code == 201, started.content
    assert "giver_details" not in started.json()
    address = f"consents/{started.json()['id']}/"
    assert post(f"{address}give/").status_code == 428
    assert post(f"{address}give/", seen=7).json()["code"] == "changed_meanwhile"
    assert post(f"{address}give/", seen=1).json()["status"] == "active"
    narrowed = post(f"{address}withdraw/", scopes=["research"]).json()
    assert (narrowed["status"], narrowed["withdrawn_scopes"]) == ("active", ["research"])
    stranger = client_of(cast.south_caseworker)
    assert stranger.get(f"/api/v1/{address}").status_code == 404
    assert stranger.get("/api/v1/consents/").json()["results"] == []
    ground = record_legal_ground(
        actor=cast.caseworker,
        case_id=case.pk,
        basis="public_task",
        reason="By law.",
        purposes=["aggregate_statistics"],
    )
    decide = f"legal-grounds/{ground.pk}/decide/"
    assert post(decide, seen=1, approve=True).status_code == 403
    answer = post(decide, seen=1, by=client_of(cast.supervisor), approve=True)
    assert answer.json()["status"] == "approved"
