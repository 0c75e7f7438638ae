"""Whoever meets a change is told who made it, wherever the log has it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import Case, CasePlan
from cases.services.cases import assess_risk, change_stage
from cases.services.closing import (
    close_case,
    reopen_case,
    request_closure,
    return_closure,
)
from cases.services.justice import move_justice_track
from cases.services.plans import add_goal, approve_plan, review_plan, submit_plan
from tests.factories import add_participant, open_case

LONG = "She called the desk again and asked for help."


@pytest.fixture
def case(cast):
    return open_case(cast.caseworker)


def version_now(case):
    return Case.objects.using("owner").get(pk=case.pk).version


def told(client, url, **typed):
    page = client.post(url, {"version": 1, **typed})
    assert page.status_code == 422
    return page.content.decode()


def test_of_a_case_also_who_asked_to_close_it_and_who_opened_it_again(cast, case, client_of):
    client = client_of(cast.second_caseworker)
    url = reverse("cases:assess_risk", args=[case.pk])
    assess_risk(actor=cast.second_caseworker, case_id=case.pk, risk="high", version=1)
    asked = {
        "actor": cast.caseworker,
        "case_id": case.pk,
        "reason": "survivor_choice",
        "summary": "She wants to stop here, and knows whom to call.",
        "contact_after": {},
    }
    closure = request_closure(**asked, version=2)
    assert "Ana Ilustre changed this" in told(client, url, risk="low")
    return_closure(actor=cast.supervisor, closure_id=closure.pk, version=closure.version, why=LONG)
    assert "Corazon Vera changed this" in told(client, url, risk="low")
    closure = request_closure(**asked, version=version_now(case))
    close_case(actor=cast.supervisor, closure_id=closure.pk, version=closure.version)
    move = {"actor": cast.legal, "case_id": case.pk, "to": "information_received"}
    move_justice_track(**move, version=version_now(case))
    assert "Fe Alonzo changed this" in told(client, url, risk="low")
    reopen_case(
        actor=cast.supervisor,
        case_id=case.pk,
        reason="came_back",
        words=LONG,
        version=version_now(case),
    )
    assert "Corazon Vera changed this" in told(client, url, risk="low")


def test_of_a_plan_also_who_added_a_goal_and_who_reviewed_it(cast, case, client_of):
    place = add_participant(cast.caseworker, case)
    goal = {"participant_id": place.pk, "words": "To go to school.", "whose_words": "their_own"}
    plan = add_goal(actor=cast.caseworker, **goal).plan
    today = timezone.localdate()

    def now():
        return CasePlan.objects.using("owner").get(pk=plan.pk)

    submit_plan(
        actor=cast.caseworker,
        plan_id=plan.pk,
        version=now().version,
        answer="agreed",
        review_on=today + timedelta(days=30),
    )
    approve_plan(actor=cast.supervisor, plan_id=plan.pk, version=now().version)
    review = {
        "took_part": "yes",
        "what_changed": "Nothing yet.",
        "next_on": today + timedelta(days=60),
    }
    review_plan(actor=cast.second_caseworker, plan_id=plan.pk, version=now().version, **review)
    client = client_of(cast.caseworker)
    url = reverse("cases:review_plan", args=[plan.pk])
    typed = review | {"next_on": review["next_on"].isoformat(), "held_on": today.isoformat()}
    assert "Berto Salonga changed this" in told(client, url, **typed)
    add_goal(actor=cast.supervisor, **goal)
    url = reverse("cases:submit_plan", args=[plan.pk])
    typed = {"answer": "agreed", "review_on": (today + timedelta(days=30)).isoformat()}
    assert "Corazon Vera changed this" in told(client, url, **typed)


def test_a_step_of_the_justice_track_that_is_taken_already_is_told_of(cast, case, client_of):
    """The stage one chose is none from where the track stands now: still, nothing is overwritten
    and one is told who moved it, not that the choice is unknown."""
    client = client_of(cast.legal)
    url = reverse("cases:move_justice_track", args=[case.pk])
    move = {"actor": cast.caseworker, "case_id": case.pk}
    move_justice_track(**move, version=1, to="information_received")
    page = told(client, url, to="information_received")
    assert "Ana Ilustre changed this" in page
    assert "Information received" in page
    assert 'name="version" value="2"' in page
    move_justice_track(**move, version=2, to="dormant", reason="at_large")
    again = client.post(url, {"version": 2, "to": "under_investigation", "reason": ""})
    assert again.status_code == 422
    stored = Case.objects.using("owner").get(pk=case.pk)
    assert (stored.justice_stage, stored.justice_reason) == ("dormant", "at_large")
    # What is no step from here is refused by its name.
    assert client.post(url, {"version": 3, "to": "concluded"}).status_code == 422
    assert (
        change_stage(actor=cast.caseworker, case_id=case.pk, to="assessment", version=3).version
        == 4
    )
