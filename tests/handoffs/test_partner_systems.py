"""A partner's system lists what lies on its agency's desk, answers it and fetches sealed files."""

from __future__ import annotations

import base64

import pyrage
import pytest
from django.core.cache import cache

from audit.models import AuditEvent
from audit.reading import reading
from cases.models import Case
from handoffs.models import Handoff
from tests.factories import send_handoff as sent_handoff
from tests.handoffs.conftest import stored
from tests.handoffs.sealing import give_keys
from tests.systems import SystemClient, let_in, token_of

BASE = "/api/v1/handoffs/"


@pytest.fixture(autouse=True)
def no_count():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def unit(cast):
    return let_in(cast.admin, cast.cyber_unit)


@pytest.fixture
def system(unit):
    return SystemClient(token_of(unit))


def send(cast, story) -> Handoff:
    return sent_handoff(cast.caseworker, story.case, cast.cyber_unit, sections=["case_summary"])


def test_it_lists_accepts_fetches_and_completes(cast, story, unit, system):
    keys = give_keys(cast)
    sent = send(cast, story)
    listed = system.get(BASE)
    assert listed.status_code == 200
    assert [row["id"] for row in listed.json()["results"]] == [str(sent.pk)]
    assert listed.json()["results"][0]["case"] is None
    address = f"{BASE}{sent.pk}/"
    assert system.get(address).json()["status"] == "sent"
    early = system.post(f"{address}sealed/")
    assert early.status_code == 400
    assert early["Content-Type"] == "application/problem+json"
    assert system.post(f"{address}accept/").json()["status"] == "accepted"
    file = base64.b64decode(system.post(f"{address}sealed/").json()["file"])
    assert pyrage.decrypt(file, [keys.desk.private])
    done = system.post(f"{address}complete/", {"outcome": "done"})
    assert done.json()["status"] == "completed", done.content
    for verb in ("handoff.accepted", "package.taken"):
        event = AuditEvent.objects.get(verb=verb)
        assert (event.actor_id, event.agency_id) == (
            unit.system.account_id,
            cast.cyber_unit.pk,
        )


def test_two_answers_are_one(cast, story, system):
    sent = send(cast, story)
    assert system.post(f"{BASE}{sent.pk}/accept/").status_code == 200
    late = system.post(f"{BASE}{sent.pk}/decline/", {"reason": "no_capacity"})
    assert late.status_code == 400
    assert stored(sent).status == "accepted"


def test_another_agencys_system_sees_nothing_of_it(cast, story):
    sent = send(cast, story)
    shelter = let_in(cast.admin, cast.shelter)
    other = SystemClient(token_of(shelter))
    assert other.get(BASE).json()["results"] == []
    for what in ("", "accept/", "sealed/"):
        address = f"{BASE}{sent.pk}/{what}"
        answer = other.post(address) if what else other.get(address)
        assert answer.status_code == 404, what
    assert stored(sent).status == "sent"
    with reading(shelter.system.account):
        assert not Handoff.objects.all().exists(), "row security hides it too"
        assert not Case.objects.all().exists()


def test_composing_sending_and_opening_stay_with_people(cast, story, system):
    sent = send(cast, story)
    for address in (BASE, f"{BASE}{sent.pk}/send/", f"{BASE}{sent.pk}/package/"):
        assert system.post(address).json()["code"] == "insufficient_scope"


def test_reading_alone_answers_nothing(cast, story):
    sent = send(cast, story)
    reader = let_in(cast.admin, cast.cyber_unit, scopes=["handoffs:read"])
    client = SystemClient(token_of(reader))
    assert client.get(f"{BASE}{sent.pk}/").status_code == 200
    assert client.post(f"{BASE}{sent.pk}/accept/").status_code == 403
    assert stored(sent).status == "sent"
