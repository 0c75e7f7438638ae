"""Notices: told inside, and by neutral mail, at once or once a day, never in quiet hours."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from smtplib import (
    SMTPDataError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from uuid import uuid4

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Notice, NoticeChoice
from accounts.services import notices
from accounts.services.directory import close_account
from accounts.services.notices import (
    choose_notices,
    mail_what_waits,
    mark_seen,
    tell_each_of_act,
    tell_of_act,
)
from audit.models import AuditEvent
from cases.services.emergency import break_glass
from cases.services.tasks import set_task
from core.errors import DomainError
from desk.views.notices import NoticesPage
from referrals.services.desk import start_triage
from tests.factories import log_referral, open_case, send_handoff
from tests.handoffs.conftest import write_as_owner

WORDS = "You have something new. Sign in."
NO_SUCH_BOX = SMTPRecipientsRefused({"x": (550, b"no such box")})


@pytest.fixture
def case(cast):
    return open_case(cast.supervisor)


def here(hour, minute=0, day=0):
    today = timezone.localtime() + timedelta(days=day)
    return today.replace(hour=hour, minute=minute, second=0, microsecond=0)


def a_task(cast, case):
    """A task that the supervisor gives the caseworker; its act."""
    set_task(
        actor=cast.supervisor,
        case_id=case.pk,
        what="Call the school",
        due_on=timezone.localdate(),
        assignee_id=cast.caseworker.pk,
    )
    return AuditEvent.objects.filter(verb="task.set").order_by("-id").first().act


def told(cast, act, at):
    return tell_of_act(cast.caseworker.pk, act, at)


def choose(cast, **over):
    values = {"actor": cast.caseworker, "by_mail": "at_once", "daily_at": time(8)}
    return choose_notices(**{**values, **over})


def test_whoever_chose_nothing_is_mailed_at_once_with_neutral_words(cast, case):
    act = a_task(cast, case)
    assert told(cast, act, here(3)) == 1
    (letter,) = mail.outbox
    assert letter.to == [cast.caseworker.email]
    assert (letter.subject, letter.body) == ("You have something new", WORDS)
    # The job may run twice.
    assert told(cast, act, here(3)) == 0
    assert Notice.objects.count() == 1


def test_in_quiet_hours_mail_waits_for_their_end(cast, case):
    choose(cast, quiet_from=time(21), quiet_until=time(6, 30))
    assert told(cast, a_task(cast, case), here(23, day=-1)) == 0
    assert mail_what_waits(here(5)) == 0
    assert mail.outbox == []
    assert mail_what_waits(here(6, 30)) == 1
    assert mail_what_waits(here(7)) == 0
    assert len(mail.outbox) == 1


def test_once_a_day_there_is_one_mail_for_all(cast, case):
    choose(cast, by_mail="daily", daily_at=time(8))
    for hour in (9, 10, 11):
        assert told(cast, a_task(cast, case), here(hour, day=-1)) == 0
    assert mail_what_waits(here(23, day=-1)) == 0
    assert mail_what_waits(here(8)) == 1
    assert len(mail.outbox) == 1
    assert mail_what_waits(here(9)) == 0


@pytest.mark.parametrize(("hour", "comes_at"), [(23, 6), (2, 6), (21, 6), (8, 8)])
def test_a_daily_hour_inside_the_quiet_hours_comes_when_they_end(cast, case, hour, comes_at):
    choose(cast, by_mail="daily", daily_at=time(hour), quiet_from=time(21), quiet_until=time(6))
    told(cast, a_task(cast, case), here(10, day=-1))
    for quiet in (here(22, day=-1), here(23, 55, day=-1), here(3), here(5, 55)):
        assert mail_what_waits(quiet) == 0
    sent = {moment: mail_what_waits(here(moment)) for moment in range(6, 10)}
    assert sent == {moment: int(moment == comes_at) for moment in range(6, 10)}


def _refusing(monkeypatch, error, address):
    """The mail server takes every letter but those to one address; to any address where it is
    None."""
    honest = notices.send_mail

    def send(subject, body, sender, to):
        if address in (None, *to):
            raise error
        return honest(subject, body, sender, to)

    monkeypatch.setattr(notices, "send_mail", send)


@pytest.mark.parametrize("how", ["refused", "no address"])
def test_an_address_that_is_refused_keeps_nobody_elses_mail_back(
    cast, case, monkeypatch, caplog, how
):
    people = [cast.caseworker, cast.second_caseworker, cast.supervisor]
    act = a_task(cast, case)
    if how == "refused":
        _refusing(monkeypatch, NO_SUCH_BOX, cast.caseworker.email)
    else:
        write_as_owner("UPDATE accounts_user SET email = 'né' WHERE id = %s", cast.caseworker.pk)
    assert tell_each_of_act([person.pk for person in people], act, here(9)) == 2
    assert cast.caseworker.email not in caplog.text
    for person in people:
        choose_notices(actor=person, by_mail="daily", daily_at=time(8))
    act = a_task(cast, case)
    assert tell_each_of_act([person.pk for person in people], act, here(9)) == 0
    assert mail_what_waits(here(8, day=1)) == 2
    monkeypatch.undo()
    write_as_owner(
        "UPDATE accounts_user SET email = %s WHERE id = %s",
        cast.caseworker.email,
        cast.caseworker.pk,
    )
    # Once it takes letters again, what waited for it comes.
    assert mail_what_waits(here(9, day=1)) == 1


@pytest.mark.parametrize(
    ("error", "of_whom", "left"),
    [
        (SMTPSenderRefused(550, b"who are you?", "us"), "everybody", 0),
        (NO_SUCH_BOX, "everybody", 0),
        (SMTPDataError(554, b"looks like junk"), "one", 2),
        (ValueError("a mistake of ours"), "one", 0),
    ],
)
def test_when_we_are_refused_and_not_an_address_it_is_an_error_that_people_hear_of(
    cast, case, monkeypatch, error, of_whom, left
):
    """Else nobody's mail would leave any more, and nobody would know."""
    people = [cast.caseworker, cast.second_caseworker, cast.supervisor]
    _refusing(monkeypatch, error, cast.caseworker.email if of_whom == "one" else None)
    with pytest.raises(type(error)):
        tell_each_of_act([person.pk for person in people], a_task(cast, case), here(9))
    assert len(mail.outbox) == left
    with pytest.raises(type(error)):
        mail_what_waits(here(9))
    monkeypatch.undo()
    assert mail_what_waits(here(9)) == Notice.objects.count() - left


def test_a_mail_server_that_is_away_is_an_error_and_what_left_is_not_sent_twice(
    cast, case, monkeypatch
):
    people = [cast.second_caseworker.pk, cast.caseworker.pk]
    act = a_task(cast, case)
    _refusing(monkeypatch, SMTPServerDisconnected("gone"), cast.caseworker.email)
    with pytest.raises(SMTPServerDisconnected):
        tell_each_of_act(people, act, here(9))
    monkeypatch.undo()
    assert tell_each_of_act(people, act, here(9)) == 1
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted(
        [cast.caseworker.email, cast.second_caseworker.email]
    )


def test_what_was_seen_meanwhile_needs_no_mail(cast, case):
    choose(cast, by_mail="daily")
    told(cast, a_task(cast, case), here(9, day=-1))
    shown = [Notice.objects.get().pk]
    assert mark_seen(actor=cast.second_caseworker, notices=shown, at=here(10, day=-1)) == 0
    assert mark_seen(actor=cast.caseworker, notices=shown, at=here(10, day=-1)) == 1
    assert mail_what_waits(here(8)) == 0


def test_no_mail_is_a_choice_and_what_is_urgent_comes_all_the_same(cast, case):
    choose_notices(
        actor=cast.dpo,
        by_mail="never",
        daily_at=time(8),
        quiet_from=time(0),
        quiet_until=time(23, 59),
    )
    break_glass(
        actor=cast.south_caseworker,
        reference=case.reference,
        reason_code="danger_to_life",
        reason="The uncle is at the door of the shelter.",
        minutes=15,
        at=timezone.now(),
    )
    act = AuditEvent.objects.get(verb="glass.broken").act
    assert tell_of_act(cast.dpo.pk, act, here(3)) == 1
    choose(cast, by_mail="never")
    assert told(cast, a_task(cast, case), here(12)) == 0
    assert mail_what_waits(here(12)) == 0


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"by_mail": "pigeon"}, "by_mail"),
        ({"quiet_from": time(21)}, "quiet_until"),
        ({"quiet_until": time(6)}, "quiet_from"),
    ],
)
def test_a_choice_that_makes_no_sense_is_named_and_nothing_is_kept(cast, over, field):
    with pytest.raises(DomainError) as refused:
        choose(cast, **over)
    assert refused.value.field == field
    assert not NoticeChoice.objects.exists()


@pytest.mark.parametrize(
    ("begins", "ends", "at", "quiet"),
    [
        (time(21), time(6), time(23), True),
        (time(21), time(6), time(5, 59), True),
        (time(21), time(6), time(6), False),
        (time(12), time(14), time(13), True),
        (time(12), time(14), time(14), False),
        (None, None, time(3), False),
        (time(8), time(8), time(8), False),
    ],
)
def test_quiet_hours_may_span_midnight(begins, ends, at, quiet):
    assert NoticeChoice(quiet_from=begins, quiet_until=ends).is_quiet(at) is quiet


def test_somebody_whose_account_is_closed_or_who_is_nobody_gets_no_mail(cast):
    close_account(actor=cast.admin, user_id=cast.second_caseworker.pk)
    assert tell_of_act(cast.second_caseworker.pk, uuid4(), timezone.now()) == 0
    assert tell_of_act(uuid4(), uuid4(), timezone.now()) == 0
    assert mail.outbox == []


def test_the_page_says_who_did_what_and_is_ones_own(cast, case, client_of):
    told(cast, a_task(cast, case), datetime.now(tz=timezone.get_current_timezone()))
    client = client_of(cast.caseworker)
    assert "1 new" in client.get("/").content.decode()
    page = client.get("/notices/").content.decode()
    assert cast.supervisor.name in page
    assert case.reference in page
    assert "Call the school" not in page
    assert f"/cases/{case.pk}/" in page
    assert "No notices yet" in client_of(cast.second_caseworker).get("/notices/").content.decode()
    assert client.post("/notices/seen/", {"shown": "all of them"}).status_code == 302
    assert "1 new" in client.get("/").content.decode()
    shown = re.search(r'name="shown" value="([^"]+)"', page)[1]
    # One more comes while the person reads: it stays new.
    told(cast, a_task(cast, case), timezone.now())
    assert client.post("/notices/seen/", {"shown": shown}).status_code == 302
    assert "1 new" in client.get("/").content.decode()
    assert Notice.objects.filter(seen_at=None).count() == 1
    shown = re.search(r'name="shown" value="([^"]+)"', client.get("/notices/").content.decode())[1]
    client.post("/notices/seen/", {"shown": shown})
    assert "1 new" not in client.get("/").content.decode()
    assert ">New<" not in client.get("/notices/").content.decode()


def test_only_ones_own_notices_of_the_page_are_marked_and_the_log_says_how_many(
    cast, case, client_of
):
    for person in (cast.caseworker, cast.second_caseworker):
        tell_of_act(person.pk, a_task(cast, case), timezone.now())
    mine = Notice.objects.get(user=cast.caseworker)
    theirs = Notice.objects.get(user=cast.second_caseworker)
    client = client_of(cast.caseworker)
    answer = client.post("/notices/seen/", {"shown": f"{mine.pk} {theirs.pk}"}, follow=True)
    assert "Marked as seen." in answer.content.decode()
    theirs.refresh_from_db()
    mine.refresh_from_db()
    assert (mine.seen_at is None, theirs.seen_at) == (False, None)
    assert AuditEvent.objects.get(verb="notices.seen").facts == {"count": 1}
    # A page that was sent twice, or with nothing on it, marks nothing more.
    client.post("/notices/seen/", {"shown": str(mine.pk)})
    for nothing in ({}, {"shown": ""}, {"shown": "x" * 3000}):
        answer = client.post("/notices/seen/", nothing, follow=True)
        assert "Nothing was marked" in answer.content.decode()
    counts = AuditEvent.objects.filter(verb="notices.seen").order_by("id")
    assert [event.facts["count"] for event in counts] == [1, 0]


def test_a_full_page_of_notices_is_marked_at_once(cast, case, client_of):
    for _each in range(NoticesPage.per_page + 3):
        told(cast, a_task(cast, case), timezone.now())
    client = client_of(cast.caseworker)
    page = client.get("/notices/").content.decode()
    shown = re.search(r'name="shown" value="([^"]+)"', page)[1]
    client.post("/notices/seen/", {"shown": shown})
    assert Notice.objects.filter(seen_at=None).count() == 3


def test_whoever_sees_the_case_no_more_reads_no_code_of_it(cast, case, client_of):
    act = a_task(cast, case)
    tell_of_act(cast.south_caseworker.pk, act, timezone.now())
    page = client_of(cast.south_caseworker).get("/notices/").content.decode()
    assert case.reference not in page
    assert str(case.pk) not in page


def test_of_an_act_with_several_entries_the_urgent_one_is_told(cast, client_of):
    referral = log_referral(cast.intake, immediate_danger="yes")
    start_triage(actor=cast.intake, referral_id=referral.pk)
    alert = AuditEvent.objects.get(verb="referral.danger_alerted")
    assert AuditEvent.objects.filter(act=alert.act).order_by("id").first().verb != alert.verb
    tell_of_act(cast.intake.pk, alert.act, timezone.now())
    page = client_of(cast.intake).get("/notices/").content.decode()
    assert f"had people called about {referral.reference}: a child in danger" in page


def test_r_a5_a_desk_reads_of_its_handoff_and_of_nothing_else_in_the_senders_act(
    cast, case, client_of
):
    handoff = send_handoff(cast.caseworker, case, cast.cyber_unit)
    act = AuditEvent.objects.get(verb="handoff.sent").act
    tell_of_act(cast.partner.pk, act, timezone.now())
    tell_of_act(cast.partner.pk, a_task(cast, case), timezone.now())
    # Not even that there was danger.
    referral = log_referral(cast.intake, immediate_danger="yes")
    alert = AuditEvent.objects.get(verb="referral.danger_alerted")
    tell_of_act(cast.partner.pk, alert.act, timezone.now())
    page = client_of(cast.partner).get("/notices/").content.decode()
    assert f"sent the handoff {handoff.reference}" in page
    assert f"/handoffs/desk/{handoff.pk}/" in page or str(handoff.pk) in page
    told = re.search(r'id="list">(.*?)</main>', page, re.S)[1]
    assert told.count("You were told of something you see no more") == 2
    secrets = (cast.supervisor, cast.caseworker, cast.intake)
    for secret in (*(who.name for who in secrets), case.reference, referral.reference, "danger"):
        assert secret not in told


def test_the_form_keeps_what_was_chosen(cast, client_of):
    client = client_of(cast.caseworker)
    wrong = client.post(
        "/notices/how/", {"by_mail": "daily", "daily_at": "07:30", "quiet_from": "21:00"}
    )
    assert wrong.status_code == 422
    assert 'value="21:00"' in wrong.content.decode()
    right = client.post(
        "/notices/how/",
        {
            "by_mail": "daily",
            "daily_at": "07:30",
            "quiet_from": "21:00",
            "quiet_until": "06:00",
        },
    )
    assert right.status_code == 302
    choice = NoticeChoice.objects.get()
    assert (choice.by_mail, choice.daily_at, choice.quiet_until) == ("daily", time(7, 30), time(6))
    page = client.get("/notices/how/").content.decode()
    assert 'value="07:30"' in page
    assert AuditEvent.objects.filter(verb="notices.chosen").get().facts == {
        "by_mail": "daily",
        "quiet_hours": True,
    }
