"""What the world of the walks holds of the work on a case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from cases.instruments import OUTCOME
from cases.services.assessments import assess_survivor
from cases.services.conferences import Decided, hold_conference
from cases.services.duties import note_duty
from cases.services.flags import raise_flag
from cases.services.plans import add_goal, approve_plan, review_plan, submit_plan
from cases.services.support import ask_service
from cases.services.tasks import set_task
from handoffs.services.export_files import build_export
from handoffs.services.exports import request_export
from referrals.services.duties import note_referral_duty


def add_work(world: Any) -> None:
    """Duties to report (the waiting referral's is overdue), a task, a plan, a conference."""
    worker, now = world.cast.caseworker, timezone.now()
    world.waiting_duty = note_referral_duty(
        actor=world.cast.intake,
        referral_id=world.waiting.pk,
        rule="social_welfare",
        trigger="abuse_disclosed",
        learned_at=now - timedelta(hours=50),
    )
    world.duty = note_duty(
        actor=worker,
        case_id=world.case_id,
        rule="social_welfare",
        trigger="immediate_danger",
        learned_at=now - timedelta(hours=1),
    )
    world.flag = raise_flag(
        actor=worker,
        case_id=world.case_id,
        kind="check",
        why="The uncle asks at the school",
        review_on=timezone.localdate() + timedelta(days=1),
        person_id=world.survivor.person_id,
    )
    world.task = set_task(
        actor=worker,
        case_id=world.case_id,
        what="Ask the school about Monday",
        due_on=timezone.localdate(),
        person_id=world.survivor.person_id,
    )
    add_plan(world)
    add_assessment(world)
    world.conference = hold_conference(
        actor=worker,
        case_id=world.case_id,
        held_at=now - timedelta(hours=2),
        agencies=[world.cast.cyber_unit.pk],
        colleagues=[world.cast.supervisor.pk],
        others="duty officer",
        minutes="The place is known.",
        decisions=[
            Decided("Call the school", assignee_id=worker.pk, due_on=timezone.localdate()),
            Decided("Look for the device", agency_id=world.cast.cyber_unit.pk),
        ],
    )


def add_plan(world: Any) -> None:
    """A goal, agreed, approved and reviewed; a service towards it."""
    worker, survivor, today = world.cast.caseworker, world.survivor.pk, timezone.localdate()
    world.goal = add_goal(
        actor=worker,
        participant_id=survivor,
        words="I want to go to school again.",
        whose_words="their_own",
    )
    plan = submit_plan(
        actor=worker,
        plan_id=world.goal.plan_id,
        version=world.goal.plan.version,
        answer="agreed",
        review_on=today + timedelta(days=60),
    )
    plan = approve_plan(actor=world.cast.supervisor, plan_id=plan.pk, version=plan.version)
    review_plan(
        actor=worker,
        plan_id=plan.pk,
        version=plan.version,
        took_part="yes",
        what_changed="Nothing yet.",
        next_on=today + timedelta(days=90),
    )
    world.case_plan = plan
    world.service = ask_service(
        actor=worker, participant_id=survivor, type="education", goal_id=world.goal.pk
    )


def add_assessment(world: Any) -> None:
    """How the survivor is doing, twice, so that something changed."""
    world.instrument = OUTCOME.code
    for days, answer in ((40, 2), (0, 4)):
        world.assessment = assess_survivor(
            actor=world.cast.caseworker,
            participant_id=world.survivor.pk,
            instrument=OUTCOME.code,
            scores=dict.fromkeys(OUTCOME.domains, answer) | {"economic": 0, "safety": 3},
            assessed_on=timezone.localdate() - timedelta(days=days),
            conclusion="She sleeps through the night.",
        )


def add_exports(world: Any) -> None:
    """One ready for whoever asked, and one for an agency outside that waits for somebody else."""
    worker, now = world.cast.caseworker, timezone.now()
    asking = {"actor": worker, "format": "htcds_csv", "reason": "The books move.", "at": now}
    made = request_export(
        **asking, purpose="own_use", sections=["case_summary", "people", "identities"]
    )
    world.export = build_export(actor=worker, export_id=made.pk)
    world.export_asked = request_export(
        **asking,
        purpose="another_agency",
        recipient_id=world.cast.cyber_unit.pk,
        sections=["people"],
    )
