"""The ends of a referral: redirected, told before, taken back; told, closed, reopened."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Agency
from audit.models import AuditEvent
from core.errors import Denied, DomainError, InvalidTransition
from referrals.models import Referral, SourceFeedback
from referrals.policies import SecondPersonNeeded
from referrals.services.assigning import assign_referrals
from referrals.services.closing import (
    close_referral,
    give_feedback,
    reopen_referral,
    unlink_referral,
)
from referrals.services.deciding import (
    decline_referral,
    mark_duplicate,
    redirect_referral,
    withdraw_referral,
)
from referrals.services.desk import accept_referral, open_summary, start_triage
from tests.factories import log_referral

WHY = "The child lives in their district."


def _in_triage(cast, **over) -> Referral:
    referral = log_referral(cast.intake, **over)
    return start_triage(actor=cast.intake, referral_id=referral.pk)


def _kept(referral) -> Referral:
    return Referral.objects.using("owner").get(pk=referral.pk)


def _tell(cast, referral, **over) -> SourceFeedback:
    values = {"outcome": "passed_on", "way": "portal", **over}
    return give_feedback(actor=cast.intake, referral_id=referral.pk, **values)


def _redirect(cast, referral, actor=None, **over) -> Referral:
    values = {"agency_name": "District welfare office", "note": WHY, **over}
    return redirect_referral(actor=actor or cast.intake, referral_id=referral.pk, **values)


def test_a_redirected_referral_says_where_it_went_and_why_to_whoever_opens_it(cast):
    referral = _redirect(cast, _in_triage(cast))
    kept = _kept(referral)
    assert (kept.status, kept.redirected_to_name) == ("redirected", "District welfare office")
    assert open_summary(actor=cast.intake, referral_id=referral.pk).decision_note == WHY
    assert AuditEvent.objects.filter(verb="referral.redirected").count() == 1


def test_a_partner_of_the_list_or_a_name_and_not_both(cast):
    referral = _in_triage(cast)
    partner = Agency.objects.using("owner").get(short_code="NCRU")
    for over in (
        {"agency_name": ""},
        {"agency_id": partner.pk},
        {"agency_name": "", "agency_id": referral.pk},
    ):
        with pytest.raises(DomainError) as refused:
            _redirect(cast, referral, **over)
        assert refused.value.field == "agency"
    assert _kept(referral).status == "in_triage"
    _redirect(cast, referral, agency_id=partner.pk, agency_name="")
    assert _kept(referral).redirected_to_id == partner.pk


def test_a_child_in_danger_is_not_redirected_by_one_person_even_after_giving_it_away(cast):

    referral = _in_triage(cast, immediate_danger="yes")
    assign_referrals(actor=cast.intake, referral_ids=[referral.pk], to_id=cast.supervisor.pk)
    with pytest.raises(SecondPersonNeeded):
        _redirect(cast, referral)
    with pytest.raises(SecondPersonNeeded):
        decline_referral(actor=cast.intake, referral_id=referral.pk, reason="out_of_scope")
    earlier = log_referral(cast.intake)
    with pytest.raises(SecondPersonNeeded):
        mark_duplicate(actor=cast.intake, referral_id=referral.pk, reference=earlier.reference)
    assert _kept(referral).status == "in_triage"
    _redirect(cast, referral, actor=cast.supervisor)
    assert _kept(referral).decided_by_id == cast.supervisor.pk


def test_a_name_that_is_too_long_is_refused_and_not_cut(cast):
    referral = _in_triage(cast)
    with pytest.raises(DomainError) as refused:
        _redirect(cast, referral, agency_name="a" * 201)
    assert refused.value.field == "agency_name"
    assert _kept(referral).status == "in_triage"


def test_a_repetition_points_to_the_first_that_told_it(cast):
    first, second, third = (_in_triage(cast) for _one in range(3))
    mark_duplicate(actor=cast.intake, referral_id=second.pk, reference=first.reference.lower())
    mark_duplicate(actor=cast.intake, referral_id=third.pk, reference=second.reference)
    assert _kept(third).duplicate_of_id == first.pk
    with pytest.raises(DomainError) as refused:
        mark_duplicate(actor=cast.intake, referral_id=first.pk, reference=third.reference)
    assert refused.value.field == "reference"
    with pytest.raises(DomainError):
        mark_duplicate(actor=cast.intake, referral_id=first.pk, reference="R-NONE-NONE")
    assert _kept(first).status == "in_triage"


def test_what_was_not_told_before_after_all_is_back_in_triage_with_a_fresh_clock(cast, client_of):
    first, second = _in_triage(cast), _in_triage(cast)
    mark_duplicate(actor=cast.intake, referral_id=second.pk, reference=first.reference)
    page = client_of(cast.supervisor).get(f"/referrals/{first.pk}/").content.decode()
    assert "Told again in:" in page
    assert second.reference in page
    with pytest.raises(Denied):
        unlink_referral(actor=cast.intake, referral_id=second.pk, note=WHY)
    with pytest.raises(DomainError) as refused:
        unlink_referral(actor=cast.supervisor, referral_id=second.pk, note=" ")
    assert refused.value.field == "note"
    with pytest.raises(InvalidTransition):
        unlink_referral(actor=cast.supervisor, referral_id=first.pk, note=WHY)
    client, url = client_of(cast.supervisor), f"/referrals/{second.pk}/"
    assert "It was not told before after all" in client.get(url).content.decode()
    done = client.post(f"{url}unlink/", {"note": WHY}, follow=True)
    assert "stands by itself again" in done.content.decode()
    kept = _kept(second)
    assert (kept.status, kept.duplicate_of_id, kept.decided_at) == ("in_triage", None, None)
    assert not kept.is_overdue(timezone.now())
    event = AuditEvent.objects.get(verb="referral.unlinked")
    assert event.facts == {"of": str(first.pk)}
    mark_duplicate(actor=cast.supervisor, referral_id=second.pk, reference=first.reference)
    again = client.post(
        f"/api/v1/referrals/{second.pk}/unlink/",
        json.dumps({"note": WHY}),
        content_type="application/json",
    )
    assert again.json()["status"] == "in_triage"


def test_a_source_takes_its_referral_back_but_never_a_child_in_danger(cast):
    referral = log_referral(cast.intake)
    withdraw_referral(actor=cast.intake, referral_id=referral.pk, note="Sent by mistake.")
    assert _kept(referral).status == "withdrawn"
    danger = log_referral(cast.intake, immediate_danger="yes")
    with pytest.raises(DomainError):
        withdraw_referral(actor=cast.intake, referral_id=danger.pk, note="Sent by mistake.")
    assert _kept(danger).status == "received"


def test_nothing_is_closed_before_its_source_was_told_or_may_not_be(cast):
    referral = _redirect(cast, _in_triage(cast))
    with pytest.raises(DomainError):
        close_referral(actor=cast.intake, referral_id=referral.pk)
    assert _kept(referral).status == "redirected"
    _tell(cast, referral)
    close_referral(actor=cast.intake, referral_id=referral.pk)
    kept = _kept(referral)
    assert (kept.status, kept.outcome, kept.closed_by_id) == ("closed", "passed_on", cast.intake.pk)


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"outcome": "whatever"}, "outcome"),
        ({"way": ""}, "way"),
        ({"not_permitted": "would_endanger"}, "way"),
        ({"way": "", "not_permitted": "no reason"}, "not_permitted"),
    ],
)
def test_feedback_that_says_too_little_names_its_field(cast, over, field):
    referral = _redirect(cast, _in_triage(cast))
    with pytest.raises(DomainError) as refused:
        _tell(cast, referral, **over)
    assert refused.value.field == field
    assert not SourceFeedback.objects.using("owner").exists()


def test_nobody_is_told_the_end_before_there_is_one(cast):
    referral = _in_triage(cast)
    with pytest.raises(InvalidTransition):
        _tell(cast, referral)


def test_an_accepted_referral_is_closed_and_reopened_in_its_case(cast):
    referral = _in_triage(cast)
    case_id = accept_referral(actor=cast.intake, referral_id=referral.pk).case_id
    _tell(cast, referral, outcome="in_case_work", way="", not_permitted="would_endanger")
    close_referral(actor=cast.intake, referral_id=referral.pk)
    with pytest.raises(Denied):
        reopen_referral(actor=cast.intake, referral_id=referral.pk, note="New facts.")
    reopen_referral(actor=cast.supervisor, referral_id=referral.pk, note="New facts.")
    kept = _kept(referral)
    assert (kept.status, kept.case_id) == ("linked_to_case", case_id)


def test_a_reopened_referral_is_decided_anew_with_a_fresh_clock_and_fresh_feedback(cast):
    referral = _redirect(cast, _in_triage(cast, received_at=timezone.now() - timedelta(days=40)))
    _tell(cast, referral)
    close_referral(actor=cast.intake, referral_id=referral.pk)
    reopen_referral(actor=cast.supervisor, referral_id=referral.pk, note="They sent it back.")
    kept = _kept(referral)
    assert (kept.status, kept.redirected_to_name, kept.decided_at) == ("in_triage", "", None)
    assert kept.triage_due > timezone.now() + timedelta(days=2)
    decline_referral(actor=cast.supervisor, referral_id=referral.pk, reason="out_of_scope")
    # What they were told then was the end of then.
    with pytest.raises(DomainError):
        close_referral(actor=cast.supervisor, referral_id=referral.pk)
    with pytest.raises(InvalidTransition):
        reopen_referral(actor=cast.supervisor, referral_id=referral.pk, note="Again.")


def test_the_pages_walk_from_the_decision_to_the_end_and_back(cast, client_of):
    referral = _in_triage(cast)
    client, base = client_of(cast.intake), f"/referrals/{referral.pk}/"
    wrong = client.post(f"{base}redirect/", {"agency": "", "agency_name": "", "note": WHY})
    assert wrong.status_code == 422
    assert WHY in wrong.content.decode()
    values = {"agency": "", "agency_name": "District welfare office", "note": WHY}
    done = client.post(f"{base}redirect/", values, follow=True).content.decode()
    assert "It was redirected to: District welfare office" in done
    assert WHY not in done
    assert "Tell the source what came of it" in client.get("/").content.decode()
    half = client.post(f"{base}give-feedback/", {"outcome": "passed_on", "told": "not_told"})
    assert "Choose why they may not be told." in half.content.decode()
    values = {"outcome": "passed_on", "told": "told", "way": "portal", "words": "Thank you."}
    told = client.post(f"{base}give-feedback/", values, follow=True).content.decode()
    assert "Close the referral" in told
    closed = client.post(f"{base}close/", follow=True).content.decode()
    assert "It is closed: It was passed on" in closed
    assert referral.reference in client.get("/referrals/?show=closed").content.decode()
    again = client_of(cast.supervisor).post(f"{base}reopen/", {"note": WHY}, follow=True)
    assert "In triage" in again.content.decode()


def test_programs_end_a_referral_too(cast, client_of):
    referral = _in_triage(cast)
    client, url = client_of(cast.intake), f"/api/v1/referrals/{referral.pk}/"

    def post(name, **body):
        return client.post(f"{url}{name}/", body, content_type="application/json")

    assert (
        post("redirect", agency_name="District office", note=WHY).json()["status"] == "redirected"
    )
    assert post("close").status_code == 400
    assert post("give-feedback", outcome="passed_on", way="portal").status_code == 200
    assert post("close").json()["outcome"] == "passed_on"
    assert post("reopen", note=WHY).status_code == 403
