"""A partner's system submits referrals, each once, and asks how far its own are."""

from __future__ import annotations

import json
import threading
import uuid
from collections import Counter
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connections
from django.utils import timezone

from audit.models import AuditEvent
from audit.reading import reading
from referrals.models import DangerAlert, PartnerSubmission, Referral
from referrals.services.desk import accept_referral, open_summary, start_triage
from tests.factories import log_referral
from tests.systems import SystemClient, let_in, token_of

SUBMIT = "/api/v1/partner-referrals/"
WORDS = "A neighbour told the hotline what she saw"


@pytest.fixture(autouse=True)
def no_count(settings):
    cache.clear()
    settings.LIWANAG_PARTNER_REQUESTS_A_MINUTE = 100_000
    settings.LIWANAG_TOKENS_A_MINUTE = 100_000
    yield
    cache.clear()


@pytest.fixture
def hotline(cast):
    return let_in(cast.admin, cast.cyber_unit)


@pytest.fixture
def system(hotline):
    return SystemClient(token_of(hotline))


def body(**over):
    return {
        "received_at": (timezone.now() - timedelta(hours=2)).replace(microsecond=0).isoformat(),
        "source_category": "inhope_hotline",
        "content_origin": "unknown",
        "immediate_danger": "unknown",
        "legal_basis": "public_task",
        "summary": WORDS,
        **over,
    }


def kept():
    return Referral.objects.using("owner")


def key() -> str:
    return str(uuid.uuid4())


def test_a_submitted_referral_lies_on_the_desk_it_was_registered_with(cast, hotline, system):
    answer = system.post(SUBMIT, body(), key=key())
    assert answer.status_code == 201, answer.content
    assert set(answer.json()) == {"id", "reference", "submitted_at"}
    referral = kept().get(pk=answer.json()["id"])
    assert referral.team_id == cast.north.pk
    assert referral.source_agency_id == cast.cyber_unit.pk
    assert referral.logged_by_id == hotline.system.account_id
    assert WORDS in str(open_summary(actor=cast.intake, referral_id=referral.pk))
    event = AuditEvent.objects.get(verb="referral.submitted")
    assert (event.actor_id, event.agency_id) == (hotline.system.account_id, cast.cyber_unit.pk)
    assert WORDS not in str(list(AuditEvent.objects.values()))


def test_the_same_key_and_body_make_one_referral_and_one_answer(system):
    sent, once = body(), key()
    first = system.post(SUBMIT, sent, key=once)
    again = system.post(SUBMIT, sent, key=once)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert kept().count() == 1
    assert AuditEvent.objects.filter(verb="referral.submitted_again").count() == 1


def test_the_same_key_and_another_body_are_refused(system):
    once = key()
    system.post(SUBMIT, body(), key=once)
    other = system.post(SUBMIT, body(children_estimate=2), key=once)
    assert other.status_code == 422
    assert other["Content-Type"] == "application/problem+json"
    told = other.json()
    assert (told["code"], told["status"]) == ("idempotency_key_reused", 422)
    assert told["title"]
    assert told["detail"]
    assert kept().count() == 1


@pytest.mark.parametrize("sent", ["", "short", "with a space in it", "x" * 201])
def test_a_key_is_needed(system, sent):
    refused = system.post(SUBMIT, body(), key=sent)
    assert refused.status_code == 400
    assert refused.json()["code"] == "idempotency_key_needed"
    assert not kept().exists()


def test_two_systems_may_choose_the_same_key(cast, system):
    other = SystemClient(token_of(let_in(cast.admin, cast.shelter)))
    once = key()
    assert system.post(SUBMIT, body(), key=once).status_code == 201
    assert other.post(SUBMIT, body(), key=once).status_code == 201
    assert kept().count() == 2


def test_a_key_is_known_for_its_time_and_no_longer(system, settings):
    sent, once = body(), key()
    system.post(SUBMIT, sent, key=once)
    settings.LIWANAG_SUBMISSION_KEY_DAYS = 0
    assert "Idempotency-Replayed" not in system.post(SUBMIT, sent, key=once)
    assert PartnerSubmission.objects.using("owner").count() == 1


def test_what_is_kept_of_a_key_tells_nothing(system):
    once = key()
    system.post(SUBMIT, body(), key=once)
    row = PartnerSubmission.objects.using("owner").get()
    stored = bytes(row.key_digest) + bytes(row.body_digest)
    assert once.encode() not in stored
    assert len(stored) == 64


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"content_origin": "made up"}, "content_origin"),
        ({"team": str(uuid.uuid4())}, "team"),
        ({"received_at": "2999-01-01T00:00:00Z"}, "received_at"),
    ],
)
def test_a_value_that_cannot_be_is_named_as_a_problem_and_nothing_is_kept(system, over, field):
    refused = system.post(SUBMIT, body(**over), key=key())
    assert refused.status_code == 400
    assert refused["Content-Type"] == "application/problem+json"
    assert field in json.dumps(refused.json())
    assert not kept().exists()
    assert not PartnerSubmission.objects.using("owner").exists()


def test_what_is_no_json_is_a_problem_too(system):
    refused = system.post(SUBMIT, "{not json", key=key())
    assert refused.status_code == 400
    assert refused["Content-Type"] == "application/problem+json"


def test_a_number_submitted_before_is_told_to_the_system_that_did(cast, system):
    first = system.post(SUBMIT, body(source_reference="HL-77"), key=key())
    second = system.post(SUBMIT, body(source_reference="HL-77"), key=key())
    assert second.status_code == 400
    assert first.json()["reference"] in second.json()["detail"]
    # What another one or the desk itself has is not told.
    other = SystemClient(token_of(let_in(cast.admin, cast.shelter)))
    assert other.post(SUBMIT, body(source_reference="HL-77"), key=key()).status_code == 201


def test_danger_calls_the_desk_at_once(cast, system):
    assert system.post(SUBMIT, body(immediate_danger="yes"), key=key()).status_code == 201
    told = set(DangerAlert.objects.using("owner").values_list("person_id", flat=True))
    assert cast.intake.pk in told
    assert cast.partner.pk not in told


def test_the_status_says_how_far_it_is_and_not_what_became_of_it(cast, system):
    made = system.post(SUBMIT, body(), key=key()).json()
    address = f"{SUBMIT}{made['id']}/"
    told = system.get(address)
    assert told.status_code == 200
    assert told.json() == {**made, "status": "received", "acknowledged_at": None}
    start_triage(actor=cast.intake, referral_id=made["id"])
    assert system.get(address).json()["status"] == "in_triage"
    accept_referral(actor=cast.caseworker, referral_id=made["id"])
    assert system.get(address).json()["status"] == "decided"
    event = AuditEvent.objects.filter(verb="referral.status_asked").first()
    assert str(event.object_id) == made["id"]


def test_nobody_else_asks_for_a_status(cast, hotline, system, client_of):
    mine = system.post(SUBMIT, body(), key=key()).json()["id"]
    ours = log_referral(cast.intake)
    sibling = let_in(cast.admin, cast.cyber_unit, name="Another system")
    other = SystemClient(token_of(sibling))
    for client, referral in ((other, mine), (system, ours.pk), (system, uuid.uuid4())):
        assert client.get(f"{SUBMIT}{referral}/").status_code == 404
    assert client_of(cast.intake).get(f"{SUBMIT}{mine}/").status_code == 403
    with reading(sibling.system.account):
        assert not Referral.objects.visible_to(sibling.system.account).exists()
        assert not Referral.objects.all().exists(), "row security hides it too"
    with reading(hotline.system.account):
        assert [str(one.pk) for one in Referral.objects.all()] == [mine]


@pytest.mark.soak
def test_a_thousand_parallel_submissions_make_each_referral_once(hotline):
    answers = at_the_same_time(token_of(hotline), count=1_000, keys=100, threads=16)
    assert {status for status, _ in answers} == {201}, answers
    assert len(answers) == 100
    assert set(answers.values()) == {10}
    assert kept().count() == 100


def at_the_same_time(token: str, count: int, keys: int, threads: int) -> Counter[tuple[int, str]]:
    """Send `count` requests with `keys` keys from real threads; how often each answer came."""
    sent = {f"the-key-number-{number}": body() for number in range(keys)}
    waiting = [name for name in sent for _ in range(count // keys)]
    answers: Counter[tuple[int, str]] = Counter()
    lock = threading.Lock()

    def work() -> None:
        client = SystemClient(token)
        try:
            while True:
                with lock:
                    if not waiting:
                        return
                    name = waiting.pop()
                answer = client.post(SUBMIT, sent[name], key=name)
                with lock:
                    answers[answer.status_code, answer.content.decode()] += 1
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=300)
    return answers


def test_parallel_submissions_make_each_referral_once(hotline):
    answers = at_the_same_time(token_of(hotline), count=120, keys=12, threads=6)
    assert {status for status, _ in answers} == {201}, answers
    assert len(answers) == 12, "each key has one answer"
    assert set(answers.values()) == {10}
    assert kept().count() == 12
    assert AuditEvent.objects.filter(verb="referral.submitted").count() == 12
    assert AuditEvent.objects.filter(verb="referral.submitted_again").count() == 108
