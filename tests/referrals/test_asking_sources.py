"""Asking the source: what was asked and answered stays sealed, and the clock stands still."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from audit.reading import reading
from core.errors import Denied, DomainError, InvalidTransition
from referrals.models import Referral, SourceQuestion
from referrals.services.asking import acknowledge_referral, ask_source, chase_source, record_answer
from referrals.services.deciding import decline_referral
from referrals.services.desk import open_summary, start_triage
from tests.factories import log_referral

ASKED = "Which platform was it, and when did the call end?"


def _in_triage(cast, **over) -> Referral:
    referral = log_referral(cast.intake, **over)
    return start_triage(actor=cast.intake, referral_id=referral.pk)


def _ask(cast, referral) -> SourceQuestion:
    return ask_source(actor=cast.intake, referral_id=referral.pk, question=ASKED, way="portal")


def _kept(referral) -> Referral:
    return Referral.objects.using("owner").get(pk=referral.pk)


def test_a_question_stops_the_clock_and_its_answer_starts_it_again(cast, superuser):
    referral = _in_triage(cast)
    due = _kept(referral).triage_due
    asked = _ask(cast, referral)
    assert (_kept(referral).status, asked.chasers) == ("needs_information", 0)
    assert b"platform" not in bytes(
        superuser.execute("SELECT question FROM referrals_sourcequestion").fetchone()[0]
    )
    # A week passes without an answer.
    superuser.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, false)")
    superuser.execute("UPDATE referrals_referral SET waiting_since = waiting_since - interval '7d'")
    late = timezone.now() + timedelta(days=60)
    with reading(cast.intake):
        assert not Referral.objects.visible_to(cast.intake).overdue(late).exists()
        assert not _kept(referral).is_overdue(late)
    record_answer(actor=cast.intake, referral_id=referral.pk, answer="A video call on a phone.")
    kept = _kept(referral)
    assert (kept.status, kept.waiting_since) == ("in_triage", None)
    assert kept.waited >= timedelta(days=7)
    assert kept.triage_due >= due + timedelta(days=4)
    with reading(cast.intake):
        assert Referral.objects.visible_to(cast.intake).overdue(late).get() == kept
    opened = open_summary(actor=cast.intake, referral_id=referral.pk)
    assert [(one.question, one.answer) for one in opened.questions] == [
        (ASKED, "A video call on a phone.")
    ]
    verbs = AuditEvent.objects.order_by("id").values_list("verb", flat=True)
    assert {"referral.source_asked", "referral.source_answered"} <= set(verbs)


def test_a_silent_source_is_chased_and_only_then_declined_for_its_silence(cast):
    referral = _in_triage(cast)
    first = _ask(cast, referral).answer_due
    with pytest.raises(DomainError) as refused:
        decline_referral(actor=cast.intake, referral_id=referral.pk, reason="out_of_scope")
    assert refused.value.field == "reason"
    chased = chase_source(actor=cast.intake, referral_id=referral.pk, way="phone")
    assert (chased.chasers, chased.answer_due >= first) == (1, True)
    decline_referral(actor=cast.intake, referral_id=referral.pk, reason="no_answer")
    ended = SourceQuestion.objects.using("owner").get()
    assert (ended.end, ended.ended_by_id) == ("no_answer", cast.intake.pk)
    assert (_kept(referral).status, _kept(referral).waiting_since) == ("declined", None)


def test_one_question_is_open_at_a_time(cast, superuser):
    referral = _in_triage(cast)
    _ask(cast, referral)
    with pytest.raises(InvalidTransition):
        _ask(cast, referral)
    superuser.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, false)")
    with pytest.raises(Exception, match="one_open_question"):
        superuser.execute(
            "INSERT INTO referrals_sourcequestion SELECT gen_random_uuid(), created_at, asked_at, "
            'way, question, answer_due, chasers, chased_at, ended_at, "end", answer, asked_by_id,'
            " ended_by_id, referral_id FROM referrals_sourcequestion"
        )
    assert SourceQuestion.objects.using("owner").count() == 1


@pytest.mark.parametrize(
    ("question", "way", "field"),
    [
        ("", "portal", "question"),
        (ASKED, "pigeon", "way"),
        ("Look at https://example.org/x", "portal", "question"),
        ("a" * 2_001, "portal", "question"),
    ],
)
def test_a_question_that_may_not_be_kept_names_its_field(cast, question, way, field):
    referral = _in_triage(cast)
    with pytest.raises(DomainError) as refused:
        ask_source(actor=cast.intake, referral_id=referral.pk, question=question, way=way)
    assert refused.value.field == field
    assert _kept(referral).status == "in_triage"
    assert not SourceQuestion.objects.using("owner").exists()


def test_the_triage_is_not_started_again_while_the_source_is_asked(cast):
    referral = _in_triage(cast)
    _ask(cast, referral)
    with pytest.raises(InvalidTransition):
        start_triage(actor=cast.supervisor, referral_id=referral.pk)
    assert (_kept(referral).status, _kept(referral).triaged_by_id) == (
        "needs_information",
        cast.intake.pk,
    )


def test_who_only_reads_referrals_and_who_does_not_see_it_cannot_ask(cast):
    referral = _in_triage(cast)
    with pytest.raises(Denied):
        ask_source(actor=cast.liaison, referral_id=referral.pk, question=ASKED, way="portal")
    with pytest.raises(Referral.DoesNotExist):
        ask_source(
            actor=cast.south_caseworker, referral_id=referral.pk, question=ASKED, way="portal"
        )
    assert _kept(referral).status == "in_triage"


def test_an_ended_question_is_never_changed(cast, superuser):
    referral = _in_triage(cast)
    _ask(cast, referral)
    record_answer(actor=cast.intake, referral_id=referral.pk, answer="Nothing more is known.")
    with pytest.raises(InvalidTransition):
        record_answer(actor=cast.intake, referral_id=referral.pk, answer="Or is it?")
    superuser.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, false)")
    with pytest.raises(Exception, match="refused"):
        superuser.execute("UPDATE referrals_sourcequestion SET chasers = 9")


def test_the_source_is_told_once_that_its_referral_arrived(cast):
    referral = log_referral(cast.intake)
    with reading(cast.intake):
        assert Referral.objects.visible_to(cast.intake).unacknowledged().count() == 1
    acknowledge_referral(actor=cast.intake, referral_id=referral.pk, way="email")
    kept = _kept(referral)
    assert (kept.acknowledged_by_way_of, kept.status) == ("email", "received")
    with reading(cast.intake):
        assert not Referral.objects.visible_to(cast.intake).unacknowledged().exists()
    with pytest.raises(InvalidTransition):
        acknowledge_referral(actor=cast.intake, referral_id=referral.pk, way="email")


def test_starting_the_triage_tells_the_source_nothing(cast):
    assert _kept(_in_triage(cast)).acknowledged_at is None


def test_the_database_keeps_the_clock_and_the_state_together(cast, superuser):
    _in_triage(cast)
    superuser.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, false)")
    with pytest.raises(Exception, match="clock_stands_still"):
        superuser.execute("UPDATE referrals_referral SET waiting_since = now()")


def test_the_pages_of_asking_walk_from_the_question_to_the_answer(cast, client_of):
    referral = _in_triage(cast)
    client = client_of(cast.intake)
    base = f"/referrals/{referral.pk}/"
    assert "Ask the source" in client.get(base).content.decode()
    empty = client.post(f"{base}ask-source/", {"question": "", "way": "portal"})
    assert empty.status_code == 422
    asked = client.post(f"{base}ask-source/", {"question": ASKED, "way": "portal"}, follow=True)
    page = asked.content.decode()
    assert "the clock stands still" in page
    assert ASKED not in page
    assert "The source was asked" in client.get("/").content.decode()
    assert client.post(f"{base}chase-source/", {"way": "phone"}).status_code == 302
    answered = client.post(f"{base}record-answer/", {"answer": "On Friday."}, follow=True)
    assert "Decide when you know enough" in answered.content.decode()
    opened = client.post(f"{base}open-summary/").content.decode()
    assert ASKED in opened
    assert "On Friday." in opened


def test_programs_ask_and_answer_too(cast, client_of):
    referral = _in_triage(cast)
    client = client_of(cast.intake)
    url = f"/api/v1/referrals/{referral.pk}/"
    body = {"question": ASKED, "way": "portal"}
    asked = client.post(f"{url}ask-source/", body, content_type="application/json")
    assert (asked.status_code, asked.json()["status"]) == (200, "needs_information")
    assert ASKED not in asked.content.decode()
    body = {"answer": "On Friday."}
    answered = client.post(f"{url}record-answer/", body, content_type="application/json")
    assert answered.json()["status"] == "in_triage"
