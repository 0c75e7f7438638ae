"""Declining: with a reason, and never by one person alone while a child is in danger."""

from __future__ import annotations

import pytest

from audit.models import AuditEvent
from cases.models import Case
from core.errors import Denied, DomainError, InvalidTransition
from referrals.models import Referral
from referrals.policies import SecondPersonNeeded
from referrals.services.deciding import decline_referral
from referrals.services.desk import start_triage
from tests.factories import log_referral


def _in_triage(cast, **over) -> Referral:
    referral = log_referral(cast.intake, **over)
    return start_triage(actor=cast.intake, referral_id=referral.pk)


def _kept(referral) -> Referral:
    return Referral.objects.using("owner").get(pk=referral.pk)


def test_declining_keeps_who_decided_and_why(cast):
    referral = _in_triage(cast)
    decline_referral(actor=cast.intake, referral_id=referral.pk, reason="out_of_scope")
    kept = _kept(referral)
    assert (kept.status, kept.decline_reason) == ("declined", "out_of_scope")
    assert kept.decided_by_id == cast.intake.pk
    assert kept.decided_at is not None
    assert not Case.objects.using("owner").exists()
    event = AuditEvent.objects.latest("id")
    assert (event.verb, event.facts) == ("referral.declined", {"reason": "out_of_scope"})


def test_a_child_in_danger_is_not_declined_by_whoever_started_the_triage(cast):
    referral = _in_triage(cast, immediate_danger="yes")
    events = AuditEvent.objects.count()
    with pytest.raises(SecondPersonNeeded) as refused:
        decline_referral(actor=cast.intake, referral_id=referral.pk, reason="out_of_scope")
    assert refused.value.code == "second_person_needed"
    kept = _kept(referral)
    assert (kept.status, kept.decline_reason, kept.decided_by_id) == ("in_triage", "", None)
    assert AuditEvent.objects.count() == events


def test_a_second_person_may_decline_it(cast):
    referral = _in_triage(cast, immediate_danger="yes")
    decline_referral(actor=cast.supervisor, referral_id=referral.pk, reason="handled_elsewhere")
    kept = _kept(referral)
    assert (kept.status, kept.decided_by_id) == ("declined", cast.supervisor.pk)
    assert kept.assigned_to_id == cast.intake.pk


@pytest.mark.parametrize("reason", ["", "not a reason"])
def test_a_reason_is_needed(cast, reason):
    referral = _in_triage(cast)
    with pytest.raises(DomainError) as refused:
        decline_referral(actor=cast.intake, referral_id=referral.pk, reason=reason)
    assert refused.value.field == "reason"
    assert _kept(referral).status == "in_triage"


def test_only_a_referral_in_triage_is_declined(cast):
    referral = log_referral(cast.intake)
    with pytest.raises(InvalidTransition):
        decline_referral(actor=cast.intake, referral_id=referral.pk, reason="out_of_scope")
    assert _kept(referral).status == "received"


def test_a_declined_referral_stays_declined(cast):
    referral = _in_triage(cast)
    decline_referral(actor=cast.intake, referral_id=referral.pk, reason="out_of_scope")
    with pytest.raises(InvalidTransition):
        decline_referral(actor=cast.supervisor, referral_id=referral.pk, reason="no_answer")
    assert _kept(referral).decline_reason == "out_of_scope"


def test_somebody_who_only_reads_referrals_cannot_decline(cast):
    referral = _in_triage(cast)
    with pytest.raises(Denied):
        decline_referral(actor=cast.liaison, referral_id=referral.pk, reason="out_of_scope")
    assert _kept(referral).status == "in_triage"
    assert AuditEvent.objects.latest("id").outcome == "refused"


def test_another_team_does_not_find_it(cast):
    referral = _in_triage(cast)
    with pytest.raises(Referral.DoesNotExist):
        decline_referral(
            actor=cast.south_caseworker, referral_id=referral.pk, reason="out_of_scope"
        )
    assert _kept(referral).status == "in_triage"
