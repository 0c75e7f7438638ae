"""Whoever has to answer a handoff is reminded, without a word of it and not too often."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError
from django.utils import timezone

from accounts.models import User
from accounts.service_accounts import HOUSEKEEPER_ID
from audit.models import OutboxMessage
from handoffs.services.answering import ask_sender
from handoffs.services.handoffs import accept_handoff
from handoffs.services.reminding import remind_of_answers
from handoffs.tasks import remind, tell_desk, tell_sender
from tests.factories import send_handoff
from tests.handoffs.conftest import events, stored
from tests.handoffs.test_agreement_below import as_application


@pytest.fixture
def sent(cast, story):
    """To be answered within three days."""
    return send_handoff(cast.caseworker, story.case, cast.cyber_unit)


def remind_on(days: int) -> int:
    """Run the round as many days from today."""
    keeper = User.objects.get(pk=HOUSEKEEPER_ID)
    return remind_of_answers(actor=keeper, on=timezone.localdate() + timedelta(days=days))


def jobs(task: str) -> list[str]:
    made = OutboxMessage.objects.using("owner").filter(task=task).order_by("created_at")
    return [ids[0] for ids in made.values_list("ids", flat=True)]


def test_the_desk_is_reminded_the_day_before_and_every_third_day_the_sender_once_it_is_late(
    cast, sent
):
    desk, sender = len(jobs("handoffs.tell_desk")), len(jobs("handoffs.tell_sender"))
    assert [remind_on(days) for days in (0, 1)] == [0, 0]
    # The day before, and not again on the day itself or the next.
    assert [remind_on(days) for days in (2, 2, 3, 4)] == [1, 0, 0, 0]
    assert jobs("handoffs.tell_desk")[desk:] == [str(cast.cyber_unit.pk)]
    assert len(jobs("handoffs.tell_sender")) == sender
    assert remind_on(5) == 1
    assert jobs("handoffs.tell_sender")[sender:] == [str(cast.caseworker.pk)]
    assert [event.facts for event in events("handoff.reminded", sent)] == [
        {"late": False},
        {"late": True},
    ]


def test_what_the_desk_asked_is_the_senders_to_answer(cast, sent):
    ask_sender(actor=cast.partner, handoff_id=sent.pk, question="Which school is it?")
    desk, sender = len(jobs("handoffs.tell_desk")), len(jobs("handoffs.tell_sender"))
    assert remind_on(2) == 1
    assert len(jobs("handoffs.tell_desk")) == desk
    assert jobs("handoffs.tell_sender")[sender:] == [str(cast.caseworker.pk)]


def test_nobody_is_reminded_of_what_was_answered(cast, sent):
    accept_handoff(actor=cast.partner, handoff_id=sent.pk)
    assert remind_on(9) == 0


def test_the_mails_say_nothing_of_it(cast, sent):
    assert remind() == 0
    remind_on(5)
    mail.outbox.clear()
    tell_desk(str(cast.cyber_unit.pk))
    tell_sender(str(cast.caseworker.pk))
    assert mail.outbox
    for message in mail.outbox:
        said = message.subject + message.body
        for word in (sent.reference, cast.agency.name, cast.cyber_unit.name, sent.purpose):
            assert word not in said


def test_nobody_else_says_that_somebody_was_reminded(cast, sent):
    with pytest.raises(DatabaseError):
        as_application(
            cast.caseworker,
            "UPDATE handoffs_handoff SET reminded_on = now()::date WHERE id = %s",
            sent.pk,
        )
    assert stored(sent).reminded_on is None
