"""The plan with a survivor: their words, agreed, approved by a second person, reviewed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from audit.acting import acting
from audit.models import AuditEvent
from audit.reading import reading
from cases.models import CasePlan, CaseTask, PlanGoal, SupportService
from cases.services.plans import (
    add_goal,
    approve_plan,
    end_goal,
    review_plan,
    submit_plan,
)
from cases.services.support import ask_service, move_service
from cases.services.tasks import set_goal_task
from core.errors import Conflict, Denied, DomainError, InvalidTransition
from tests.factories import add_participant, open_case

WORDS = "I want to go to school again, and nobody shall know me there."


@pytest.fixture
def place(cast):
    return add_participant(cast.caseworker, open_case(cast.caseworker))


def day(days):
    return timezone.localdate() + timedelta(days=days)


def goal_of(cast, place, **over):
    values = {"participant_id": place.pk, "words": WORDS, "whose_words": "their_own"}
    return add_goal(actor=cast.caseworker, **{**values, **over})


def plan_now(actor, plan_id):
    with reading(actor):
        return CasePlan.objects.visible_to(actor).get(pk=plan_id)


def submitted(cast, goal, **over):
    plan = plan_now(cast.caseworker, goal.plan_id)
    values = {"version": plan.version, "answer": "agreed", "review_on": day(60)}
    return submit_plan(actor=cast.caseworker, plan_id=plan.pk, **{**values, **over})


def test_r_t2_a_goal_stands_in_the_survivors_words_and_nobody_rewrites_them(
    cast, place, client_of, superuser
):
    client, url = client_of(cast.caseworker), reverse("cases:plan", args=[place.pk])
    assert "No goal yet" in client.get(url).content.decode()
    add = reverse("cases:add_goal", args=[place.pk])
    bad = client.post(add, {"words": WORDS})
    assert bad.status_code == 422
    assert WORDS in bad.content.decode()
    added = client.post(add, {"words": WORDS, "whose_words": "their_own"})
    assert (added.status_code, added.headers["Location"]) == (302, url)
    page = client.get(url).content.decode()
    assert WORDS in page
    assert "Their own words" in page
    with reading(cast.caseworker):
        goal = PlanGoal.objects.visible_to(cast.caseworker).get()
    # Sealed under her key, absent from the log, and changed by nobody.
    row = superuser.execute("SELECT words FROM cases_plangoal").fetchone()[0]
    assert WORDS.encode() not in bytes(row)
    assert WORDS not in str([e.__dict__ for e in AuditEvent.objects.filter(object_id=goal.pk)])
    with pytest.raises(DatabaseError), acting(cast.caseworker) as act:
        act.authorise("cases.write_plan", goal)
        goal.words = "She wants to forget."
        goal.save(update_fields=["words"])
    with pytest.raises(Exception, match="their words stay"), superuser.transaction():
        superuser.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, true)")
        superuser.execute("UPDATE cases_plangoal SET whose_words = 'worker'")
    assert WORDS in client.get(url).content.decode()


def test_a_plan_is_agreed_with_the_survivor_and_approved_by_somebody_else(cast, place, client_of):
    goal = goal_of(cast, place)
    for wrong, field in (
        ({"answer": "no"}, "answer"),
        ({"review_on": day(0)}, "review_on"),
        ({"review_on": day(400)}, "review_on"),
    ):
        with pytest.raises(DomainError) as broken:
            submitted(cast, goal, **wrong)
        assert broken.value.field == field
    with pytest.raises(Conflict):
        submitted(cast, goal, version=99)
    plan = submitted(cast, goal)
    with pytest.raises(InvalidTransition):
        submitted(cast, goal)
    with pytest.raises(Denied):
        approve_plan(actor=cast.caseworker, plan_id=plan.pk, version=plan.version)
    supervisor = client_of(cast.supervisor)
    work = supervisor.get("/").content.decode()
    assert "Approve a plan" in work
    back = supervisor.post(
        reverse("cases:return_plan", args=[plan.pk]),
        {"version": plan.version, "reason": "Ask her about the aunt."},
    )
    assert back.status_code == 302
    page = client_of(cast.caseworker).get(reverse("cases:plan", args=[place.pk])).content.decode()
    assert "Ask her about the aunt." in page
    again = submitted(cast, goal)
    approved = approve_plan(actor=cast.supervisor, plan_id=plan.pk, version=again.version)
    assert (approved.status, approved.approved_by_id) == ("approved", cast.supervisor.pk)
    # A supervisor's own plan waits for another supervisor; so says the database too.
    other = add_participant(cast.caseworker, place.case)
    own = add_goal(
        actor=cast.supervisor, participant_id=other.pk, words=WORDS, whose_words="their_own"
    )
    waiting = submit_plan(
        actor=cast.supervisor,
        plan_id=own.plan_id,
        version=own.plan.version,
        answer="cannot_say",
        review_on=day(30),
    )
    with pytest.raises(Denied):
        approve_plan(actor=cast.supervisor, plan_id=waiting.pk, version=waiting.version)
    with pytest.raises(DatabaseError), acting(cast.supervisor) as act:
        act.authorise("cases.approve_plan", waiting)
        waiting.approve(by=cast.supervisor, at=timezone.now())
        waiting.save(update_fields=["status", "version", "approved_by", "approved_at"])
    # Another goal: agreed and approved anew.
    goal_of(cast, place, words="I want to see my brother.")
    assert plan_now(cast.caseworker, plan.pk).status == "draft"


def test_a_plan_is_reviewed_on_its_day_and_comes_back(cast, place, client_of):
    goal = goal_of(cast, place)
    plan = submitted(cast, goal, review_on=day(3))
    values = {"took_part": "yes", "what_changed": "She likes the new school.", "next_on": day(90)}
    with pytest.raises(InvalidTransition):
        review_plan(actor=cast.caseworker, plan_id=plan.pk, version=plan.version, **values)
    plan = approve_plan(actor=cast.supervisor, plan_id=plan.pk, version=plan.version)
    client = client_of(cast.caseworker)
    assert "Review a plan together" in client.get("/").content.decode()
    for wrong, field in (
        ({"took_part": "maybe"}, "took_part"),
        ({"what_changed": " "}, "what_changed"),
        ({"next_on": day(0)}, "next_on"),
        ({"held_on": day(1)}, "held_on"),
    ):
        with pytest.raises(DomainError) as broken:
            review_plan(
                actor=cast.caseworker,
                plan_id=plan.pk,
                version=plan.version,
                **{**values, **wrong},
            )
        assert broken.value.field == field
    done = client.post(
        reverse("cases:review_plan", args=[plan.pk]),
        {
            "version": plan.version,
            "held_on": day(0).isoformat(),
            **values,
            "next_on": day(90).isoformat(),
        },
    )
    assert (done.status_code, done.headers["Location"]) == (
        302,
        reverse("cases:plan", args=[place.pk]),
    )
    assert plan_now(cast.caseworker, plan.pk).review_on == day(90)
    assert "She likes the new school." in client.get(done.headers["Location"]).content.decode()
    assert "Review a plan together" not in client.get("/").content.decode()


def test_actions_towards_a_goal_are_tasks(cast, place, client_of):
    goal = goal_of(cast, place)
    client = client_of(cast.caseworker)
    page = client.post(
        reverse("cases:add_action", args=[goal.pk]),
        {
            "what": "Visit the school",
            "due_on": day(5).isoformat(),
            "assignee_id": str(cast.supervisor.pk),
        },
    )
    assert page.status_code == 302
    with reading(cast.caseworker):
        task = CaseTask.objects.visible_to(cast.caseworker).get()
    assert (task.goal_id, task.person_id, task.assignee_id) == (
        goal.pk,
        place.person_id,
        cast.supervisor.pk,
    )
    plan = client.get(reverse("cases:plan", args=[place.pk])).content.decode()
    assert "Visit the school" in plan
    end_goal(actor=cast.caseworker, goal_id=goal.pk, version=1, status="reached")
    with pytest.raises(DomainError):
        set_goal_task(actor=cast.caseworker, goal_id=goal.pk, what="More", due_on=day(1))
    with pytest.raises(InvalidTransition):
        end_goal(actor=cast.caseworker, goal_id=goal.pk, version=2, status="dropped")


def test_a_service_runs_from_asking_to_what_came_of_it(cast, place, client_of):
    goal = goal_of(cast, place)
    values = {"participant_id": place.pk, "type": "education", "goal_id": goal.pk}
    for wrong, field in (
        ({"type": "magic"}, "type"),
        ({"provider_id": cast.shelter.pk}, "provider_id"),
        ({"requested_on": day(1)}, "requested_on"),
    ):
        with pytest.raises(DomainError) as broken:
            ask_service(actor=cast.caseworker, **{**values, **wrong})
        assert broken.value.field == field
    other = add_participant(cast.caseworker, place.case)
    with pytest.raises(PlanGoal.DoesNotExist):
        ask_service(actor=cast.caseworker, **{**values, "participant_id": other.pk})
    with reading(cast.caseworker):
        assert not SupportService.objects.visible_to(cast.caseworker).exists()
    service = ask_service(
        actor=cast.caseworker, **values, provider_name="Hillside school", requested_on=day(-9)
    )
    move = {"actor": cast.caseworker, "service_id": service.pk}
    with pytest.raises(DomainError):
        move_service(**move, version=1, outcome="ongoing", on=day(-20))
    with pytest.raises(InvalidTransition):
        move_service(**move, version=1, outcome="requested", on=day(0))
    move_service(**move, version=1, outcome="ongoing", on=day(-5), sessions=2)
    client = client_of(cast.caseworker)
    ended = client.post(
        reverse("cases:move_service", args=[service.pk]),
        {"version": 2, "outcome": "delivered", "on": day(0).isoformat(), "sessions": "7"},
    )
    assert ended.status_code == 302
    page = client.get(reverse("cases:plan", args=[place.pk])).content.decode()
    for words in ("Hillside school", "Received", "7 sessions"):
        assert words in page
    with pytest.raises(InvalidTransition):
        move_service(**move, version=3, outcome="ended_early", on=day(0))


def test_only_who_works_with_survivors_reads_and_writes_plans(cast, place, client_of):
    goal = goal_of(cast, place)
    url = reverse("cases:plan", args=[place.pk])
    for who in ("supervisor", "clinician", "legal"):
        assert WORDS in client_of(getattr(cast, who)).get(url).content.decode()
    assert client_of(cast.intake).get(url).status_code == 403
    assert client_of(cast.south_caseworker).get(url).status_code == 404
    with pytest.raises(Denied):
        add_goal(actor=cast.legal, participant_id=place.pk, words="x", whose_words="worker")
    accused = add_participant(
        cast.caseworker, place.case, role="alleged_offender_source", legal_status="suspect"
    )
    with pytest.raises(DomainError):
        goal_of(cast, accused)
    missing = client_of(cast.caseworker).get(reverse("cases:plan", args=[accused.pk]))
    assert missing.status_code == 404
    with pytest.raises(PlanGoal.DoesNotExist):
        end_goal(actor=cast.south_caseworker, goal_id=goal.pk, version=1, status="reached")


def test_programs_plan_by_the_same_services(cast, place, client_of):
    client = client_of(cast.caseworker)

    def post(url, body, version=None, who=client):
        headers = {"If-Match": f'"{version}"'} if version else {}
        return who.post(url, body, content_type="application/json", headers=headers)

    made = post(
        "/api/v1/goals/",
        {"participant": str(place.pk), "words": WORDS, "whose_words": "interpreted"},
    )
    assert made.status_code == 201, made.content
    assert WORDS not in client.get("/api/v1/goals/").content.decode()
    assert client.get(f"/api/v1/goals/{made.json()['id']}/").json()["words"] == WORDS
    plan = f"/api/v1/plans/{made.json()['plan']}/"
    body = {"answer": "partly", "review_on": day(20).isoformat()}
    assert post(f"{plan}submit/", body).status_code == 428
    sent = post(f"{plan}submit/", body, 1)
    assert sent.json()["status"] == "submitted", sent.content
    assert post(f"{plan}approve/", {}, 2).status_code == 403
    approved = post(f"{plan}approve/", {}, 2, client_of(cast.supervisor))
    assert approved.json()["status"] == "approved"
    asked = post("/api/v1/services/", {"participant": str(place.pk), "type": "health_medical"})
    assert asked.status_code == 201, asked.content
    moved = post(
        f"/api/v1/services/{asked.json()['id']}/move/",
        {"outcome": "declined_by_survivor", "on": day(0).isoformat()},
        1,
    )
    assert moved.json()["outcome"] == "declined_by_survivor", moved.content
    assert client_of(cast.south_caseworker).get(plan).status_code == 404
