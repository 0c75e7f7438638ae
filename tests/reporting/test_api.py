"""Releases for programs: the same scope, the same rules, the same events."""

from __future__ import annotations

import json

import pytest

from audit.models import AuditEvent, OutboxMessage
from reporting.models import StatisticsRelease
from tests.reporting.conftest import ask, kept

LIST = "/api/v1/releases/"
BODY = {
    "title": "Referrals by source",
    "measures": ["S-SRC"],
    "period": {"start": "2025-01-01", "end": "2025-06-30"},
}
FIELDS = {
    "id",
    "reference",
    "title",
    "tier",
    "measures",
    "period",
    "as_of",
    "threshold",
    "status",
    "failed_because",
    "cells_hidden",
    "sha256",
    "requested_by",
    "advised_by",
    "advised_at",
    "approved_by",
    "published_at",
    "withdrawn_at",
    "withdrawn_reason",
    "version",
}


def _post(client, url, body=None):
    return client.post(url, json.dumps(body or {}), content_type="application/json")


def test_the_list_holds_no_figures_and_is_recorded(cast, client_of, in_review):
    answer = client_of(cast.manager).get(LIST)
    [row] = answer.json()["results"]
    assert set(row) == FIELDS
    assert row["period"] == {"start": "2025-01-01", "end": "2025-06-30"}
    assert AuditEvent.objects.latest("id").verb == "release.listed"


def test_one_release_comes_with_the_document_of_record(cast, client_of, in_review):
    answer = client_of(cast.analyst).get(f"{LIST}{in_review.pk}/").json()
    assert set(answer) == FIELDS | {"figures"}
    assert answer["figures"] == json.loads(bytes(in_review.payload))
    assert answer["sha256"] == bytes(in_review.digest).hex()
    event = AuditEvent.objects.latest("id")
    assert (event.verb, event.object_id) == ("release.opened", in_review.pk)


def test_a_reader_finds_it_once_it_is_published(cast, client_of, in_review):
    client = client_of(cast.survivor_advisor)
    assert client.get(f"{LIST}{in_review.pk}/").status_code == 404
    assert client.get(LIST).json()["results"] == []
    published = _post(client_of(cast.dpo), f"{LIST}{in_review.pk}/publish/")
    assert (published.status_code, published.json()["status"]) == (200, "published")
    assert client.get(f"{LIST}{in_review.pk}/").json()["figures"]


def test_asking_sends_the_job(cast, client_of):
    answer = _post(client_of(cast.manager), LIST, BODY)
    assert (answer.status_code, answer.json()["status"]) == (201, "requested")
    assert answer.json()["figures"] is None
    assert OutboxMessage.objects.get().ids == [answer.json()["id"]]


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"title": "ab"}, "title"),
        ({"measures": []}, "measures"),
        ({"measures": ["S-NONE"]}, "measures"),
        ({"period": {"start": "2025-01-01"}}, "period"),
        ({"period": {"start": "2025-01-01", "end": "2025-06-30", "step": 1}}, "period"),
        ({"period": "2025H1"}, "period"),
        ({"threshold": 2}, "threshold"),
        ({"agency": "b"}, "agency"),
    ],
)
def test_a_body_that_does_not_fit_is_refused_by_field(cast, client_of, over, field):
    answer = _post(client_of(cast.manager), LIST, {**BODY, **over})
    assert answer.status_code == 400
    assert field in answer.json()["fields"]
    assert not StatisticsRelease.objects.using("owner").exists()


def test_a_broken_rule_comes_with_its_code_and_its_field(cast, client_of):
    ask(cast.manager)
    answer = _post(client_of(cast.manager), LIST, BODY)
    assert answer.status_code == 400
    assert (answer.json()["code"], answer.json()["field"]) == ("overlapping_release", "period")
    days = {"period": {"start": "2024-01-02", "end": "2024-03-31"}}
    answer = _post(client_of(cast.manager), LIST, {**BODY, **days})
    assert (answer.status_code, answer.json()["field"]) == (400, "period")
    assert "whole quarters" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("who", "action", "body"),
    [("manager", "publish", {}), ("analyst", "withdraw", {"reason": "Asked by mistake"})],
)
def test_what_is_not_theirs_to_decide_is_refused_and_recorded(
    cast, client_of, in_review, who, action, body
):
    answer = _post(client_of(getattr(cast, who)), f"{LIST}{in_review.pk}/{action}/", body)
    assert answer.status_code == 403
    assert kept(in_review).status == "in_review"
    event = AuditEvent.objects.latest("id")
    assert (event.verb, event.object_id) == ("act.refused", in_review.pk)


def test_a_reader_may_not_ask(cast, client_of):
    assert _post(client_of(cast.supervisor), LIST, BODY).status_code == 403
    assert not StatisticsRelease.objects.using("owner").exists()


def test_withdrawing_gives_the_reason_and_takes_the_figures_back(cast, client_of, published):
    answer = _post(
        client_of(cast.manager), f"{LIST}{published.pk}/withdraw/", {"reason": "Counted twice"}
    )
    assert answer.status_code == 200
    body = client_of(cast.supervisor).get(f"{LIST}{published.pk}/").json()
    assert (body["status"], body["withdrawn_reason"]) == ("withdrawn", "Counted twice")
    assert body["figures"] is None


def test_what_one_does_not_see_is_not_there(cast, client_of, published):
    for who, status in (("stranger_caseworker", 403), ("caseworker", 403), ("admin", 403)):
        assert client_of(getattr(cast, who)).get(f"{LIST}{published.pk}/").status_code == status
    for action in ("publish", "withdraw"):
        answer = _post(
            client_of(cast.dpo),
            f"{LIST}00000000-0000-4000-8000-000000000000/{action}/",
            {"reason": "Counted twice"} if action == "withdraw" else {},
        )
        assert answer.status_code == 404


def test_a_visitor_gets_nothing(visitor, published):
    assert visitor.get(LIST).status_code in (401, 403)
    assert visitor.get(f"{LIST}{published.pk}/").status_code in (401, 403)
