"""Asking for more, replying, completing: each step is one side's, and a package closes."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connections
from django.urls import reverse

from core.errors import Denied, DomainError, InvalidTransition
from handoffs.grounds import NoGround
from handoffs.models import Handoff
from handoffs.services.answering import ask_sender, complete_handoff, reply_to_receiver
from handoffs.services.handoffs import accept_handoff, revoke_handoff
from handoffs.services.opening import open_package
from tests.factories import send_handoff
from tests.handoffs.conftest import events, stored, write_as_owner
from tests.handoffs.test_agreement_below import as_application

QUESTION = "Is the younger child in school on Fridays?"
WORDS = "Both are in a safe place and ask for their cousin."


@pytest.fixture
def sent(cast, story):
    return send_handoff(cast.caseworker, story.case, cast.cyber_unit)


def ask(cast, handoff, by="partner", question=QUESTION):
    return ask_sender(actor=getattr(cast, by), handoff_id=handoff.pk, question=question)


def test_a_question_stands_sealed_and_the_package_stays_closed(cast, sent):
    ask(cast, sent)
    now = stored(sent)
    assert (now.status, now.question, now.reply) == ("needs_information", QUESTION, "")
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT question FROM handoffs_handoff")
        assert b"school" not in bytes(cursor.fetchone()[0])
    assert QUESTION not in str(events("handoff.asked", sent)[0].facts)
    with pytest.raises(InvalidTransition):
        open_package(actor=cast.partner, handoff_id=sent.pk)
    with pytest.raises(InvalidTransition):
        accept_handoff(actor=cast.partner, handoff_id=sent.pk)


def test_a_reply_brings_it_back_and_a_second_question_takes_its_place(cast, sent):
    ask(cast, sent)
    reply_to_receiver(actor=cast.caseworker, handoff_id=sent.pk, reply="call_us")
    now = stored(sent)
    assert (now.status, now.reply) == ("sent", "call_us")
    assert events("handoff.replied", sent)[0].facts == {"reply": "call_us"}
    ask(cast, sent, question="And on Mondays?")
    assert (stored(sent).question, stored(sent).reply) == ("And on Mondays?", "")
    reply_to_receiver(actor=cast.caseworker, handoff_id=sent.pk, reply="no_more")
    accept_handoff(actor=cast.partner, handoff_id=sent.pk)
    assert open_package(actor=cast.partner, handoff_id=sent.pk)


def test_nothing_comes_back_on_a_ground_that_is_gone(cast, sent):
    ask(cast, sent)
    write_as_owner("UPDATE accounts_datasharingagreement SET valid_until = '2025-01-01'")
    with pytest.raises(NoGround):
        reply_to_receiver(actor=cast.caseworker, handoff_id=sent.pk, reply="call_us")
    assert stored(sent).status == "needs_information"
    revoke_handoff(actor=cast.caseworker, handoff_id=sent.pk)


def test_an_outcome_ends_the_sight_of_the_package(cast, sent):
    with pytest.raises(InvalidTransition):
        complete_handoff(actor=cast.partner, handoff_id=sent.pk, outcome="done")
    accept_handoff(actor=cast.partner, handoff_id=sent.pk)
    complete_handoff(actor=cast.partner, handoff_id=sent.pk, outcome="done", words=WORDS)
    now = stored(sent)
    assert (now.status, now.outcome, now.outcome_words) == ("completed", "done", WORDS)
    assert events("handoff.completed", sent)[0].facts == {"outcome": "done"}
    with pytest.raises(InvalidTransition, match="has ended"):
        open_package(actor=cast.partner, handoff_id=sent.pk)
    # The sender still sees what was sent.
    assert open_package(actor=cast.caseworker, handoff_id=sent.pk)
    for step in (
        lambda: complete_handoff(actor=cast.partner, handoff_id=sent.pk, outcome="in_part"),
        lambda: revoke_handoff(actor=cast.caseworker, handoff_id=sent.pk),
    ):
        with pytest.raises(InvalidTransition):
            step()


def test_each_step_is_one_sides_alone(cast, sent):
    with pytest.raises(Denied):
        ask(cast, sent, by="caseworker")
    with pytest.raises(Handoff.DoesNotExist):
        ask(cast, sent, by="stranger")
    ask(cast, sent)
    with pytest.raises(Denied):
        reply_to_receiver(actor=cast.partner, handoff_id=sent.pk, reply="call_us")
    with pytest.raises(Handoff.DoesNotExist):
        reply_to_receiver(actor=cast.south_caseworker, handoff_id=sent.pk, reply="call_us")
    assert stored(sent).status == "needs_information"


@pytest.mark.parametrize(
    ("step", "field"),
    [
        (lambda cast, pk: ask_sender(actor=cast.partner, handoff_id=pk, question=" "), "question"),
        (
            lambda cast, pk: ask_sender(actor=cast.partner, handoff_id=pk, question="x" * 601),
            "question",
        ),
    ],
)
def test_what_is_missing_is_named(cast, sent, step, field):
    with pytest.raises(DomainError) as refused:
        step(cast, sent.pk)
    assert refused.value.field == field
    assert stored(sent).status == "sent"


@pytest.mark.parametrize(
    ("who", "change"),
    [
        ("caseworker", "status = 'needs_information', version = version + 1"),
        ("caseworker", "outcome = 'done', completed_at = now()"),
        ("partner", "reply = 'call_us'"),
        ("partner", "status = 'completed', version = version + 1"),
    ],
)
def test_the_database_keeps_each_step_to_its_side(cast, sent, who, change):
    if "completed'" in change:
        accept_handoff(actor=cast.partner, handoff_id=sent.pk)
    before = stored(sent)
    with pytest.raises(DatabaseError):
        as_application(
            getattr(cast, who), f"UPDATE handoffs_handoff SET {change} WHERE id = %s", sent.pk
        )
    now = stored(sent)
    assert (now.status, now.outcome, now.reply) == (before.status, before.outcome, before.reply)


def test_both_pages_tell_the_same_story(cast, sent, client_of):
    desk = client_of(cast.partner)
    address = reverse("handoffs:ask_sender", args=[sent.pk])
    assert desk.post(address, {"question": ""}).status_code == 422
    assert desk.post(address, {"question": QUESTION}).status_code == 302
    worker = client_of(cast.caseworker)
    page = worker.get(reverse("handoffs:handoff", args=[sent.pk])).content.decode()
    assert QUESTION in page
    answer = worker.post(reverse("handoffs:reply", args=[sent.pk]), {"reply": "call_us"})
    assert answer.status_code == 302
    desk = client_of(cast.partner)
    envelope = reverse("handoffs:envelope", args=[sent.pk])
    assert "Call us" in desk.get(envelope).content.decode()
    desk.post(reverse("handoffs:accept", args=[sent.pk]))
    done = {"outcome": "done", "words": WORDS}
    answer = desk.post(reverse("handoffs:complete", args=[sent.pk]), done)
    assert answer.status_code == 302
    assert "What was asked for is done" in desk.get(envelope).content.decode()
    page = client_of(cast.caseworker).get(reverse("handoffs:handoff", args=[sent.pk]))
    assert WORDS in page.content.decode()
