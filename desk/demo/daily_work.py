"""The fictional work on the case of the demonstration: what was reported, planned and agreed."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from accounts.models import Agency
from audit.reading import reading
from cases.instruments import OUTCOME
from cases.models import CaseParticipant
from cases.services.assessments import assess_survivor
from cases.services.conferences import Decided, hold_conference
from cases.services.duties import note_duty, report_duty
from cases.services.plans import add_goal, approve_plan, submit_plan
from cases.services.support import ask_service
from cases.services.tasks import set_goal_task, set_task
from desk.demo.people import person

CASEWORKER, SUPERVISOR = "caseworker@tanglaw.example", "supervisor@tanglaw.example"


def record_duties(case_id: UUID) -> str:
    """Tell social welfare in time, the police still to be told."""
    caseworker = person(CASEWORKER)
    now = timezone.now()
    told = note_duty(
        actor=caseworker,
        case_id=case_id,
        rule="social_welfare",
        trigger="abuse_disclosed",
        learned_at=now - timedelta(minutes=35),
    )
    report_duty(
        actor=caseworker,
        duty_id=told.pk,
        version=told.version,
        how="written",
        reported_at=now - timedelta(minutes=10),
        office="Social welfare office, Northern Province",
        receipt_number="SWO-2026-0311",
    )
    note_duty(
        actor=caseworker,
        case_id=case_id,
        rule="police",
        trigger="alleged_offender_known",
        learned_at=now - timedelta(minutes=20),
    )
    today = timezone.localdate()
    for what, days in (
        ("Ask the school whether both can stay until six", 0),
        ("Call the aunt about the visit, within the safe hours", 1),
        ("Look how the first week at the shelter went", 7),
    ):
        set_task(
            actor=caseworker,
            case_id=case_id,
            what=what,
            due_on=today + timedelta(days=days),
            kind="follow_up" if days == 7 else "task",
        )
    return "social welfare told within 48 hours, with receipt; the police still to be told"


def plan_with_the_children(case_id: UUID) -> str:
    """Each child says what they want; the plan is approved, and how they are doing is asked."""
    caseworker, supervisor = person(CASEWORKER), person(SUPERVISOR)
    today, now = timezone.localdate(), timezone.now()
    with reading(caseworker):
        children = list(
            CaseParticipant.objects.visible_to(caseworker)
            .filter(case_id=case_id, role="survivor")
            .order_by("created_at")
        )
    wants = ("I want to go to school again.", "I want to stay where my sister is.")
    for child, words in zip(children, wants, strict=False):
        goal = add_goal(
            actor=caseworker,
            participant_id=child.pk,
            words=words,
            whose_words="their_own",
            what_we_do="Ask the school and the shelter together.",
        )
        set_goal_task(
            actor=caseworker,
            goal_id=goal.pk,
            what="Visit the school with the aunt",
            due_on=today + timedelta(days=4),
        )
        ask_service(
            actor=caseworker,
            participant_id=child.pk,
            type="psychosocial",
            goal_id=goal.pk,
            provider_name="Counsellor of the shelter",
        )
        plan = submit_plan(
            actor=caseworker,
            plan_id=goal.plan_id,
            version=goal.plan.version,
            answer="agreed",
            review_on=today + timedelta(days=30),
        )
        approve_plan(actor=supervisor, plan_id=plan.pk, version=plan.version)
        for days, answer in ((60, 2), (30, 3), (0, 4)):
            assess_survivor(
                actor=caseworker,
                participant_id=child.pk,
                instrument=OUTCOME.code,
                scores=dict.fromkeys(OUTCOME.domains, answer)
                | {"economic": 0, "legal_protection": 2},
                assessed_on=today - timedelta(days=days),
            )
    hold_conference(
        actor=caseworker,
        case_id=case_id,
        held_at=now - timedelta(hours=3),
        agencies=[Agency.objects.get(short_code="NCRU").pk],
        colleagues=[supervisor.pk],
        others="duty officer",
        minutes="Both children stay at the shelter. The cyber unit looks for the devices first.",
        decisions=[
            Decided("Tell the shelter", assignee_id=supervisor.pk, due_on=today),
            Decided("Look for the devices", agency_id=Agency.objects.get(short_code="NCRU").pk),
        ],
    )
    return f"{len(children)} plans in the children’s own words approved, a conference held"
