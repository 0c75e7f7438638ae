"""A handoff that nobody answered by its last day expires by itself; both sides are told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from accounts.models import User
from accounts.service_accounts import HOUSEKEEPER_ID
from audit.models import OutboxMessage
from core.errors import InvalidTransition
from handoffs.grounds import PackageExpired
from handoffs.services.answering import ask_sender, reply_to_receiver
from handoffs.services.handoffs import accept_handoff, decline_handoff
from handoffs.tasks import expire
from tests.factories import send_handoff
from tests.handoffs.conftest import events, stored, write_as_owner
from tests.handoffs.test_agreement_below import as_application


@pytest.fixture
def sent(cast, story):
    return send_handoff(cast.caseworker, story.case, cast.cyber_unit)


def set_last_day(handoff, days):
    day = timezone.localdate() + timedelta(days=days)
    write_as_owner("UPDATE handoffs_handoff SET expires_on = %s WHERE id = %s", day, handoff.pk)


def told(task) -> set[str]:
    jobs = OutboxMessage.objects.using("owner").filter(task=task)
    return {ids[0] for ids in jobs.values_list("ids", flat=True)}


@pytest.mark.parametrize("asked", [False, True])
def test_it_expires_the_day_after_its_last_and_both_sides_are_told(cast, sent, asked):
    if asked:
        ask_sender(actor=cast.partner, handoff_id=sent.pk, question="Which school is it?")
    set_last_day(sent, 0)
    assert expire() == 0
    set_last_day(sent, -1)
    assert expire() == 1
    assert stored(sent).status == "expired"
    event = events("handoff.expired", sent)[0]
    assert event.facts == {}
    assert str(cast.caseworker.pk) in told("handoffs.tell_sender")
    assert str(cast.cyber_unit.pk) in told("handoffs.tell_desk")
    # A second run finds nothing.
    assert expire() == 0


def test_what_was_answered_does_not_expire(cast, story, sent):
    accept_handoff(actor=cast.partner, handoff_id=sent.pk)
    declined = send_handoff(cast.caseworker, story.case, cast.cyber_unit)
    decline_handoff(actor=cast.partner, handoff_id=declined.pk, reason="no_capacity")
    for handoff in (sent, declined):
        set_last_day(handoff, -1)
    assert expire() == 0
    assert (stored(sent).status, stored(declined).status) == ("accepted", "declined")


def test_after_its_last_day_nobody_takes_it_on_whether_the_clock_came_by_or_not(
    cast, sent, client_of
):
    set_last_day(sent, -1)
    with pytest.raises(PackageExpired):
        accept_handoff(actor=cast.partner, handoff_id=sent.pk)
    page = client_of(cast.partner).get(f"/handoffs/desk/{sent.pk}/").content.decode()
    assert "Its last day has passed" in page
    assert f"/handoffs/desk/{sent.pk}/accept/" not in page
    expire()
    for act in (
        lambda: accept_handoff(actor=cast.partner, handoff_id=sent.pk),
        lambda: reply_to_receiver(actor=cast.caseworker, handoff_id=sent.pk, reply="call_us"),
    ):
        with pytest.raises(InvalidTransition):
            act()
    theirs = client_of(cast.partner).get(f"/handoffs/desk/{sent.pk}/").content.decode()
    assert "Its last day has passed" in theirs
    ours = client_of(cast.caseworker).get(f"/handoffs/{sent.pk}/").content.decode()
    assert "Expired without an answer" in ours
    assert "The clock let the handoff expire: nobody had answered it by its last day" in ours
    assert sent.reference in (
        client_of(cast.partner).get("/handoffs/desk/?show=closed").content.decode()
    )


@pytest.mark.parametrize("who", ["caseworker", "partner", "keeper"])
def test_only_time_lets_it_expire(cast, sent, who):
    keeper = User.objects.get(pk=HOUSEKEEPER_ID)
    with pytest.raises(DatabaseError):
        as_application(
            keeper if who == "keeper" else getattr(cast, who),
            "UPDATE handoffs_handoff SET status = 'expired' WHERE id = %s",
            sent.pk,
        )
    assert stored(sent).status == "sent"
