"""Starting the triage, and when a referral is overdue."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from audit.models import AuditEvent
from audit.reading import reading
from core.errors import Denied, InvalidTransition
from referrals.models import Referral
from referrals.services.deciding import decline_referral
from referrals.services.desk import start_triage
from tests.factories import log_referral


def _kept(referral) -> Referral:
    return Referral.objects.using("owner").get(pk=referral.pk)


def test_starting_triage_takes_it_off_the_queue(cast):
    referral = log_referral(cast.intake)
    start_triage(actor=cast.caseworker, referral_id=referral.pk)
    kept = _kept(referral)
    assert (kept.status, kept.assigned_to_id) == ("in_triage", cast.caseworker.pk)
    assert kept.triaged_at is not None
    assert kept.triaged_by_id == cast.caseworker.pk
    assert kept.version == 2
    event = AuditEvent.objects.latest("id")
    assert (event.verb, event.object_id) == ("referral.triage_started", referral.pk)


def test_a_second_start_is_refused_and_the_first_person_keeps_it(cast):
    referral = log_referral(cast.intake)
    start_triage(actor=cast.caseworker, referral_id=referral.pk)
    events = AuditEvent.objects.count()
    with pytest.raises(InvalidTransition) as refused:
        start_triage(actor=cast.supervisor, referral_id=referral.pk)
    assert refused.value.field == "status"
    assert _kept(referral).assigned_to_id == cast.caseworker.pk
    assert AuditEvent.objects.count() == events


def test_somebody_who_only_reads_referrals_does_not_start_triage(cast):
    referral = log_referral(cast.intake)
    with pytest.raises(Denied):
        start_triage(actor=cast.liaison, referral_id=referral.pk)
    assert _kept(referral).status == "received"
    event = AuditEvent.objects.latest("id")
    assert (event.outcome, event.object_id) == ("refused", referral.pk)


def test_another_team_does_not_find_it(cast):
    referral = log_referral(cast.intake)
    with pytest.raises(Referral.DoesNotExist):
        start_triage(actor=cast.south_caseworker, referral_id=referral.pk)
    assert _kept(referral).status == "received"


def test_two_people_starting_at_once_gives_it_to_one_of_them(cast):
    referral = log_referral(cast.intake)
    people = [cast.caseworker, cast.supervisor]
    outcomes = {}
    ready = threading.Barrier(2)

    def start(person):
        ready.wait()
        try:
            start_triage(actor=person, referral_id=referral.pk)
            outcomes[person.pk] = "started"
        except InvalidTransition:
            outcomes[person.pk] = "refused"
        finally:
            connections.close_all()

    threads = [threading.Thread(target=start, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes.values()) == ["refused", "started"]
    winner = next(person for person, outcome in outcomes.items() if outcome == "started")
    assert _kept(referral).assigned_to_id == winner
    assert AuditEvent.objects.filter(verb="referral.triage_started").count() == 1


def test_overdue_is_after_three_working_days_or_an_hour_in_danger_until_it_is_decided(cast):
    now = timezone.now()
    ages = {
        "calm and fresh": ("no", timedelta(hours=71)),
        "calm and late": ("no", timedelta(days=20)),
        "danger and fresh": ("yes", timedelta(minutes=59)),
        "danger and late": ("yes", timedelta(minutes=61)),
        "unknown and fresh": ("unknown", timedelta(hours=2)),
    }
    logged = {
        name: log_referral(cast.intake, immediate_danger=danger, received_at=now - age)
        for name, (danger, age) in ages.items()
    }
    taken_up = log_referral(cast.intake, received_at=now - timedelta(days=20))
    start_triage(actor=cast.intake, referral_id=taken_up.pk)
    decided = log_referral(cast.intake, received_at=now - timedelta(days=20))
    start_triage(actor=cast.intake, referral_id=decided.pk)
    decline_referral(actor=cast.intake, referral_id=decided.pk, reason="out_of_scope")
    late = {logged["calm and late"].pk, logged["danger and late"].pk, taken_up.pk}
    with reading(cast.caseworker):
        visible = Referral.objects.visible_to(cast.caseworker)
        assert set(visible.overdue(now).values_list("pk", flat=True)) == late
        assert {one.pk for one in visible if one.is_overdue(now)} == late
