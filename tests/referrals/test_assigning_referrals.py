"""Giving waiting referrals to a colleague: all or none, each an event of its own."""

from __future__ import annotations

import pytest

from audit.models import AuditEvent
from core.errors import DomainError, InvalidTransition
from referrals.models import Referral
from referrals.services.assigning import assign_referrals
from referrals.services.deciding import decline_referral
from referrals.services.desk import start_triage
from tests.factories import log_referral


def _owners() -> set:
    return set(Referral.objects.using("owner").values_list("assigned_to_id", flat=True))


def _give(cast, referrals, to=None):
    return assign_referrals(
        actor=cast.supervisor,
        referral_ids=[one.pk for one in referrals],
        to_id=(to or cast.intake).pk,
    )


def test_each_one_given_is_an_event(cast):
    _give(cast, [log_referral(cast.intake) for _one in range(3)])
    assert _owners() == {cast.intake.pk}
    assert AuditEvent.objects.filter(verb="referral.assigned").count() == 3


def test_only_somebody_of_the_team_who_decides_is_given_any(cast):
    waiting = [log_referral(cast.intake)]
    for other in (cast.south_caseworker, cast.liaison, cast.partner):
        with pytest.raises(DomainError) as refused:
            _give(cast, waiting, to=other)
        assert refused.value.field == "to"
    assert _owners() == {None}


def test_one_that_was_decided_meanwhile_keeps_all_from_being_given(cast):
    waiting, decided = log_referral(cast.intake), log_referral(cast.intake)
    start_triage(actor=cast.supervisor, referral_id=decided.pk)
    decline_referral(actor=cast.supervisor, referral_id=decided.pk, reason="out_of_scope")
    with pytest.raises(InvalidTransition):
        _give(cast, [waiting, decided])
    assert _owners() == {None, cast.supervisor.pk}


def test_what_another_team_works_on_is_not_found(cast):
    waiting = log_referral(cast.intake)
    with pytest.raises(Referral.DoesNotExist):
        assign_referrals(
            actor=cast.south_caseworker,
            referral_ids=[waiting.pk],
            to_id=cast.south_caseworker.pk,
        )
    assert _owners() == {None}


def test_the_page_gives_several_at_once(cast, client_of):
    waiting = [log_referral(cast.intake) for _one in range(2)]
    client = client_of(cast.supervisor)
    page = client.get("/referrals/assign/").content.decode()
    assert all(one.reference in page for one in waiting)
    nothing = client.post("/referrals/assign/", {"to": str(cast.intake.pk)})
    assert nothing.status_code == 422
    values = {"to": str(cast.intake.pk), "referrals": [str(one.pk) for one in waiting]}
    done = client.post("/referrals/assign/", values, follow=True)
    assert "They are given to your colleague" in done.content.decode()
    assert _owners() == {cast.intake.pk}
