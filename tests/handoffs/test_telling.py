"""Mail about handoffs: the same few words for everybody, and none about the case (R-P3)."""

from __future__ import annotations

from datetime import time

import pytest
from django.core import mail

from accounts.models import Notice
from accounts.services.notices import choose_notices
from audit.models import OutboxMessage
from handoffs.services.handoffs import accept_handoff, decline_handoff, revoke_handoff
from handoffs.tasks import tell_desk, tell_sender
from tests.factories import send_handoff
from tests.handoffs.conftest import NAME, write_as_owner


@pytest.fixture
def sent(cast, story):
    return send_handoff(cast.caseworker, story.case, cast.cyber_unit)


@pytest.fixture(autouse=True)
def outbox(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    return mail.outbox


def jobs(task):
    return list(OutboxMessage.objects.filter(task=task).values_list("ids", flat=True))


@pytest.mark.parametrize("answer", ["accept", "decline"])
def test_an_answer_is_told_to_whoever_composed_it(cast, sent, answer):
    before = jobs("handoffs.tell_sender")
    if answer == "accept":
        accept_handoff(actor=cast.partner, handoff_id=sent.pk)
    else:
        decline_handoff(actor=cast.partner, handoff_id=sent.pk, reason="no_capacity")
    told = [*before, [str(cast.caseworker.pk)]]
    assert sorted(jobs("handoffs.tell_sender")) == sorted(told)


def test_sending_and_revoking_are_told_to_the_desk(cast, sent):
    assert jobs("handoffs.tell_desk") == [[str(cast.cyber_unit.pk)]]
    revoke_handoff(actor=cast.caseworker, handoff_id=sent.pk)
    assert jobs("handoffs.tell_desk") == [[str(cast.cyber_unit.pk)]] * 2


def test_the_mail_to_the_sender_says_nothing_about_the_case(cast, sent, outbox):
    assert tell_sender(str(cast.caseworker.pk)) == 1
    (message,) = outbox
    assert message.to == [cast.caseworker.email]
    assert message.subject == "You have something new"
    assert message.body == "You have something new. Sign in."
    for word in (NAME, sent.reference, sent.purpose, cast.cyber_unit.name):
        assert word not in message.message().as_string()


def test_every_officer_of_the_desk_gets_a_mail_of_their_own(cast, outbox):
    assert tell_desk(str(cast.cyber_unit.pk)) == 3
    assert sorted(message.to for message in outbox) == sorted(
        [person.email] for person in (cast.partner, cast.investigator, cast.prosecutor)
    )
    assert len({(message.subject, message.body) for message in outbox}) == 1


def test_quiet_hours_hold_for_handoffs_and_the_notice_stands_inside(cast, sent, outbox):
    """The job as the worker runs it: it knows the act that sent it."""
    for person in (cast.partner, cast.caseworker):
        choose_notices(
            actor=person,
            by_mail="at_once",
            daily_at=time(8),
            quiet_from=time(0),
            quiet_until=time(23, 59, 59),
        )
    job = OutboxMessage.objects.get(task="handoffs.tell_desk")
    told = tell_desk.apply(args=[str(cast.cyber_unit.pk)], task_id=str(job.pk))
    assert told.get() == 2
    assert [cast.partner.email] not in [message.to for message in outbox]
    assert Notice.objects.filter(act=job.act).count() == 3
    accept_handoff(actor=cast.partner, handoff_id=sent.pk)
    job = OutboxMessage.objects.filter(task="handoffs.tell_sender").latest("created_at")
    assert tell_sender.apply(args=[str(cast.caseworker.pk)], task_id=str(job.pk)).get() == 0
    assert Notice.objects.filter(user=cast.caseworker, act=job.act).exists()


def test_nobody_who_left_is_told(cast, outbox):
    write_as_owner("UPDATE accounts_user SET is_active = false WHERE id = %s", cast.partner.pk)
    write_as_owner(
        "UPDATE accounts_membership SET ends_at = now() WHERE user_id = %s", cast.investigator.pk
    )
    assert tell_desk(str(cast.cyber_unit.pk)) == 1
    assert tell_sender(str(cast.partner.pk)) == 0
    assert [message.to for message in outbox] == [[cast.prosecutor.email]]
