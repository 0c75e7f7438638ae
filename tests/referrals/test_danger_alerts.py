"""A child in danger reaches a person, at night too: on call first, then more, then everybody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from accounts.models import User
from accounts.service_accounts import HOUSEKEEPER_ID
from audit.models import AuditEvent, OutboxMessage
from audit.reading import reading
from cases.tasks import tell
from core.errors import Denied, DomainError, InvalidTransition
from referrals.models import DangerAlert, OnCallShift, Referral
from referrals.services.desk import start_triage
from referrals.services.oncall import end_on_call, escalate_danger, set_on_call
from referrals.tasks import escalate_danger as escalate_job
from tests.factories import log_referral

CANARY = "Canary words of the source"


def _on_call(cast, person, place=1, **over) -> OnCallShift:
    now = timezone.now()
    values = {
        "team_id": cast.north.pk,
        "person_id": person.pk,
        "place": place,
        "starts_at": now - timedelta(hours=1),
        "ends_at": now + timedelta(hours=9),
    }
    return set_on_call(actor=cast.supervisor, **{**values, **over})


def _told(step: int) -> set:
    alerts = DangerAlert.objects.using("owner").filter(step=step)
    return set(alerts.values_list("person_id", flat=True))


def _later(cast, minutes: int) -> int:
    keeper = User.objects.using("owner").get(pk=HOUSEKEEPER_ID)
    return escalate_danger(actor=keeper, at=timezone.now() + timedelta(minutes=minutes))


def test_danger_calls_whoever_is_on_call_then_more_then_the_whole_desk(cast):
    _on_call(cast, cast.second_caseworker)
    _on_call(cast, cast.intake, place=2)
    log_referral(cast.caseworker, immediate_danger="yes", summary=CANARY)
    assert _told(1) == {cast.second_caseworker.pk}
    assert _later(cast, 5) == 0
    assert _later(cast, 16) == 1
    assert _told(2) == {cast.intake.pk, cast.supervisor.pk}
    assert _later(cast, 20) == 0
    assert _later(cast, 40) == 1
    assert {cast.caseworker.pk, cast.intake.pk, cast.supervisor.pk} <= _told(3)
    assert cast.liaison.pk not in _told(3)
    assert _later(cast, 400) == 0
    events = AuditEvent.objects.filter(verb="referral.danger_alerted").order_by("id")
    assert [event.facts["step"] for event in events] == [1, 2, 3]


def test_the_message_says_nothing_but_come_and_look(cast):
    _on_call(cast, cast.second_caseworker)
    referral = log_referral(cast.caseworker, immediate_danger="yes", summary=CANARY)
    message = OutboxMessage.objects.using("owner").get(task="cases.tell")
    assert message.ids == [str(cast.second_caseworker.pk)]
    mail.outbox.clear()
    assert tell(*message.ids) == 1
    (sent,) = mail.outbox
    assert sent.to == [cast.second_caseworker.email]
    for words in (CANARY, referral.reference, "danger", "child"):
        assert words not in sent.body + sent.subject


def test_where_nobody_is_on_call_the_whole_desk_is_told_at_once(cast):
    log_referral(cast.caseworker, immediate_danger="yes")
    assert {cast.caseworker.pk, cast.intake.pk, cast.supervisor.pk} <= _told(3)
    assert cast.south_caseworker.pk not in _told(3)


def test_nobody_is_called_once_somebody_took_it_up_or_where_there_is_no_danger(cast):
    log_referral(cast.caseworker, immediate_danger="unknown")
    assert not DangerAlert.objects.using("owner").exists()
    _on_call(cast, cast.second_caseworker)
    referral = log_referral(cast.caseworker, immediate_danger="yes")
    start_triage(actor=cast.second_caseworker, referral_id=referral.pk)
    assert _later(cast, 60) == 0
    assert _told(2) == set()


def test_the_clock_service_sees_children_in_danger_and_nothing_else(cast):
    log_referral(cast.intake)
    danger = log_referral(cast.intake, immediate_danger="yes")
    keeper = User.objects.using("owner").get(pk=HOUSEKEEPER_ID)
    with reading(keeper):
        assert list(Referral.objects.visible_to(keeper)) == [danger]
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM referrals_referral")
            assert cursor.fetchone()[0] == 1


def test_the_job_may_run_twice(cast, superuser):
    _on_call(cast, cast.second_caseworker)
    log_referral(cast.caseworker, immediate_danger="yes")
    superuser.execute("ALTER TABLE referrals_dangeralert DISABLE TRIGGER ALL")
    superuser.execute("UPDATE referrals_dangeralert SET sent_at = sent_at - interval '16 minutes'")
    assert (escalate_job(), escalate_job()) == (1, 0)
    assert _told(2) == {cast.supervisor.pk}


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"place": 7}, "place"),
        ({"ends_at": timezone.now() - timedelta(hours=2)}, "ends_at"),
        ({"ends_at": timezone.now() + timedelta(days=60)}, "ends_at"),
        ({"ends_at": datetime(9999, 12, 31, tzinfo=UTC)}, "ends_at"),
        ({"starts_at": datetime(1, 1, 1, tzinfo=UTC)}, "starts_at"),
    ],
)
def test_a_time_on_call_that_cannot_be_names_its_field(cast, over, field):
    with pytest.raises(DomainError) as refused:
        _on_call(cast, cast.intake, **over)
    assert refused.value.field == field
    assert not OnCallShift.objects.using("owner").exists()


def test_only_people_of_the_team_who_decide_are_put_on_call_by_a_supervisor(cast):
    for other in (cast.liaison, cast.south_caseworker):
        with pytest.raises(DomainError) as refused:
            _on_call(cast, other)
        assert refused.value.field == "person"
    with pytest.raises(DomainError) as refused:
        _on_call(cast, cast.intake, team_id=cast.south.pk)
    assert refused.value.field == "team"
    now = timezone.now()
    with pytest.raises(Denied):
        set_on_call(
            actor=cast.intake,
            team_id=cast.north.pk,
            person_id=cast.intake.pk,
            place=1,
            starts_at=now,
            ends_at=now + timedelta(hours=8),
        )
    assert not OnCallShift.objects.using("owner").exists()


def test_the_page_puts_somebody_on_call_and_ends_it(cast, client_of):
    client = client_of(cast.supervisor)
    assert "Nobody is on call now" in client.get("/referrals/on-call/").content.decode()
    local = timezone.localtime(timezone.now())
    values = {
        "team": str(cast.north.pk),
        "person": str(cast.intake.pk),
        "place": "1",
        "starts_at": (local - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
        "ends_at": (local + timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M"),
    }
    wrong = client.post("/referrals/on-call/", {**values, "ends_at": values["starts_at"]})
    assert wrong.status_code == 422
    done = client.post("/referrals/on-call/", values, follow=True).content.decode()
    assert "Dino Magsino" in done
    assert "Nobody is on call now" not in done
    reader = client_of(cast.caseworker).get("/referrals/on-call/").content.decode()
    assert "Dino Magsino" in reader
    assert "Put on call" not in reader
    shift = OnCallShift.objects.using("owner").get()
    client.post(f"/referrals/on-call/{shift.pk}/end/")
    assert "Nobody is on call now" in client.get("/referrals/on-call/").content.decode()
    with pytest.raises(InvalidTransition):
        end_on_call(actor=cast.supervisor, shift_id=shift.pk)


def test_the_referral_shows_who_was_called(cast, client_of):
    _on_call(cast, cast.second_caseworker)
    referral = log_referral(cast.caseworker, immediate_danger="yes")
    page = client_of(cast.intake).get(f"/referrals/{referral.pk}/").content.decode()
    assert "Berto Salonga" in page
