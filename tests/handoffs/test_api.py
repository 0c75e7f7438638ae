"""Handoffs through the API: the same rules, the same answers, for both sides."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import AuditEvent
from handoffs.models import Handoff
from handoffs.services.handoffs import accept_handoff
from tests.factories import approve_grounds, compose_handoff
from tests.factories import send_handoff as sent_handoff
from tests.handoffs.conftest import NAME, NOTE, events, stored, tomorrow, write_as_owner

BASE = "/api/v1/handoffs/"
EVERYTHING = ["case_summary", "content_origin", "people", "identities", "notes"]


def post(client, address, **body):
    return client.post(address, json.dumps(body), content_type="application/json")


def one(handoff, what=""):
    return f"{BASE}{handoff.pk}/{what}"


def body(cast, story, **over):
    return {
        "case": str(story.case.pk),
        "to_agency": str(cast.cyber_unit.pk),
        "kind": "joint_work",
        "purpose": "To bring the child to safety",
        "legal_basis": "public_task",
        "basis_reason": "The unit investigates by law.",
        "sections": EVERYTHING,
        "answer_by": tomorrow().isoformat(),
        **over,
    }


@pytest.fixture
def sender(cast, client_of):
    return client_of(cast.caseworker)


@pytest.fixture
def officer(cast, client_of):
    return client_of(cast.partner)


@pytest.fixture
def sent(cast, story) -> Handoff:
    return sent_handoff(cast.caseworker, story.case, cast.cyber_unit, sections=EVERYTHING)


def test_the_whole_way_through_the_api(cast, story, sender, officer, client_of):
    composed = post(sender, BASE, **body(cast, story))
    assert composed.status_code == 201
    assert composed.json()["status"] == "draft"
    address = f"{BASE}{composed.json()['id']}/"
    assert officer.get(address).status_code == 404
    assert post(sender, f"{address}send/").json()["code"] == "no_ground"
    approve_grounds(cast.caseworker, story.case.pk)
    assert post(sender, f"{address}send/").json()["code"] == "not_authorised"
    assert post(sender, f"{address}submit/").json()["status"] == "pending"
    assert post(sender, f"{address}authorise/").status_code == 403
    second = client_of(cast.supervisor)
    back = post(second, f"{address}return/", reason="unclear").json()
    assert (back["status"], back["return_reason"]) == ("draft", "unclear")
    assert post(sender, f"{address}submit/").json()["status"] == "pending"
    assert post(second, f"{address}authorise/").json()["status"] == "authorised"
    assert post(sender, f"{address}send/").json()["status"] == "sent"
    assert post(officer, f"{address}accept/").json()["status"] == "accepted"
    opened = post(officer, f"{address}package/").json()
    assert opened["package"]["content"]["notes"][0]["parts"]["facts_reported"] == NOTE
    assert opened["digest"] == events("handoff.sent")[0].facts["digest"]
    assert post(sender, f"{address}revoke/").json()["status"] == "revoked"
    refused = post(officer, f"{address}package/")
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_transition")


def test_the_receiver_reads_the_outside_without_the_case(cast, story, sent, sender, officer):
    for client, case in ((sender, str(story.case.pk)), (officer, None)):
        for answer in (
            client.get(one(sent)).json(),
            client.get(BASE).json()["results"][0],
        ):
            assert answer["reference"] == sent.reference
            assert answer["case"] == case
            assert "agreement" not in answer
            text = json.dumps(answer)
            for word in (*NAME.split(), NOTE):
                assert word not in text
    assert len(events("handoff.previewed", sent)) == 1
    assert len(events("handoff.opened", sent)) == 1


def test_declining_through_the_api_needs_a_reason(sent, officer):
    assert post(officer, one(sent, "decline/")).status_code == 400
    assert stored(sent).status == "sent"
    answer = post(officer, one(sent, "decline/"), reason="no_capacity").json()
    assert (answer["status"], answer["decline_reason"]) == ("declined", "no_capacity")


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"legal_basis": "unknown"}, "legal_basis"),
        ({"answer_by": "2020-01-01"}, "answer_by"),
        ({"purpose": "ftp://example.org"}, "purpose"),
    ],
)
def test_a_broken_rule_names_its_field(cast, story, sender, over, field):
    answer = post(sender, BASE, **body(cast, story, **over))
    assert answer.status_code == 400
    assert answer.json()["field"] == field
    assert not Handoff.objects.using("owner").exists()


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"kind": "gossip"}, "kind"),
        ({"purpose": "to help " * 40}, "purpose"),
        ({"sections": []}, "sections"),
        ({"sections": ["everything"]}, "sections"),
        ({"to_agency": "nobody"}, "to_agency"),
        ({"status": "accepted"}, "status"),
    ],
)
def test_a_body_of_the_wrong_shape_is_refused_by_field(cast, story, sender, over, field):
    answer = post(sender, BASE, **body(cast, story, **over))
    assert answer.status_code == 400
    assert field in answer.json()["fields"]
    assert not Handoff.objects.using("owner").exists()


def test_names_are_refused_to_the_liaison_and_that_is_recorded(cast, story, client_of):
    answer = post(client_of(cast.liaison), BASE, **body(cast, story))
    assert answer.status_code == 403
    assert events("act.refused")[-1].facts == {"permission": "cases.show_identity"}
    assert not Handoff.objects.using("owner").exists()


@pytest.mark.parametrize("what", ["send/", "accept/", "decline/", "revoke/", "package/"])
def test_for_an_unrelated_agency_nothing_is_there(cast, sent, client_of, what):
    stranger = client_of(cast.stranger)
    assert stranger.get(one(sent)).status_code == 404
    assert stranger.get(BASE).json()["count"] == 0
    sent_body = {"reason": "no_capacity"} if what == "decline/" else {}
    assert post(stranger, one(sent, what), **sent_body).status_code == 404
    assert stored(sent).version == sent.version
    assert not events("package.opened")


def test_a_case_of_another_team_is_not_there(cast, story, client_of):
    answer = post(client_of(cast.south_caseworker), BASE, **body(cast, story))
    assert answer.status_code == 404
    assert not Handoff.objects.using("owner").exists()


def test_what_the_other_side_does_is_refused(sent, sender, officer):
    assert post(sender, one(sent, "accept/")).status_code == 403
    assert post(officer, one(sent, "revoke/")).status_code == 403
    assert post(officer, one(sent, "send/")).status_code == 403
    assert stored(sent).status == "sent"
    assert len(events("act.refused")) == 3


@pytest.mark.parametrize("who", ["manager", "analyst", "auditor", "admin"])
def test_roles_without_handoffs_are_refused(cast, sent, client_of, who):
    client = client_of(getattr(cast, who))
    assert client.get(BASE).status_code == 403
    assert client.get(one(sent)).status_code == 403


def test_the_receiver_finds_nothing_of_the_case(cast, story, sent, officer):
    accept_handoff(actor=cast.partner, handoff_id=sent.pk)
    for address in (f"/api/v1/cases/{story.case.pk}/", "/api/v1/cases/", "/api/v1/referrals/"):
        assert officer.get(address).status_code in (403, 404)


def test_there_is_no_way_to_change_or_delete_a_handoff(sent, sender):
    for method in (sender.put, sender.patch, sender.delete):
        assert method(one(sent), "{}", content_type="application/json").status_code == 405


def test_the_list_asks_as_much_for_many_as_for_few(cast, story, sender):
    sender.get(BASE)  # The first request of a session writes down when it began.

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert sender.get(BASE).status_code == 200
        return len(captured)

    for _ in range(5):
        compose_handoff(cast.caseworker, story.case, cast.cyber_unit)
    few = queries()
    for _ in range(20):
        compose_handoff(cast.caseworker, story.case, cast.cyber_unit)
    assert queries() == few


def test_what_was_asked_and_what_came_of_it_stand_there_for_both_sides(cast, sent, sender, officer):
    assert post(officer, one(sent, "ask/"), question="Which school is it?").status_code == 200
    for client in (sender, officer):
        answer = client.get(one(sent)).json()
        assert (answer["question"], answer["outcome_words"]) == ("Which school is it?", "")
    assert post(sender, one(sent, "reply/"), reply="call_us").json()["reply"] == "call_us"
    assert post(officer, one(sent, "accept/")).status_code == 200
    done = post(officer, one(sent, "complete/"), outcome="done", words="The place was found.")
    assert done.json()["outcome_words"] == "The place was found."
    for client in (sender, officer):
        for answer in (client.get(one(sent)).json(), client.get(BASE).json()["results"][0]):
            assert answer["outcome_words"] == "The place was found."
            assert answer["question"] == "Which school is it?"
    for event in AuditEvent.objects.all():
        assert "school" not in str(event.facts)


def test_a_package_whose_last_day_has_passed_is_refused_with_its_code(cast, sent, officer):
    accept_handoff(actor=cast.partner, handoff_id=sent.pk)
    yesterday = timezone.localdate() - timedelta(days=1)
    write_as_owner("UPDATE handoffs_handoff SET expires_on = %s", yesterday)
    refused = post(officer, one(sent, "package/"))
    assert (refused.status_code, refused.json()["code"]) == (400, "expired")
    assert officer.get(one(sent)).json()["expires_on"] == yesterday.isoformat()
