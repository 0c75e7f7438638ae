"""The case plan: goals in the survivor's words, agreed with them, approved, reviewed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.second_person import Matter, Standing, second_person
from accounts.services.second_person import look_afterwards
from audit.acting import Act, acting
from cases.choices import (
    SURVIVOR_ROLES,
    CasePlanStatus,
    GoalStatus,
    PlanAnswer,
    TookPart,
    WhoseWords,
)
from cases.models import CaseParticipant, CasePlan, PlanGoal, PlanReview
from cases.selectors.access import teams_seeing
from cases.text_rules import check_text
from core.actors import Actor
from core.errors import DomainError

# A plan nobody looks at for half a year is paper.
LATEST_REVIEW = timedelta(days=184)
LONGEST_GOAL = 1_000
LONGEST_REVIEW = 4_000
APPROVED = (
    "status",
    "version",
    "approved_by",
    "approved_at",
    "why_returned",
    "decided_alone",
)


def add_goal(
    *,
    actor: Actor,
    participant_id: UUID,
    words: str,
    whose_words: str,
    what_we_do: str = "",
) -> PlanGoal:
    """Write down what a survivor wants, in their own words; the plan is made with the first goal.

    A goal added to a plan that was agreed or approved makes it a draft again.

    Raises:
        CaseParticipant.DoesNotExist: not visible to the actor.
        DomainError: nothing said, or not a survivor or child at risk.
    """
    with acting(actor) as act:
        place = survivor_place(act, actor, participant_id)
        said = check_text(words, field="words", most=LONGEST_GOAL)
        if not said:
            raise DomainError(_("Write down what they want, in their words."), field="words")
        if whose_words not in WhoseWords.values:
            raise DomainError(_("Say whose words these are."), field="whose_words")
        plan = _plan_of(act, actor, place)
        plan.change()
        plan.save(update_fields=["status", "version"])
        goal = PlanGoal(
            plan=plan,
            case_id=place.case_id,
            person_id=place.person_id,
            words=said,
            whose_words=whose_words,
            what_we_do=check_text(what_we_do, field="what_we_do", most=LONGEST_GOAL),
            added_by_id=actor.pk,
        )
        goal.save(force_insert=True)
        act.record("goal.added", goal, facts={"whose": str(whose_words)})
    return goal


def end_goal(*, actor: Actor, goal_id: UUID, version: int, status: str) -> PlanGoal:
    """Write down that a goal is reached, or no longer wanted.

    Raises:
        PlanGoal.DoesNotExist: not visible to the actor.
        Conflict: somebody changed it since `version`.
        InvalidTransition: it has ended.
        DomainError: neither of the two.
    """
    with acting(actor) as act:
        goal: PlanGoal = PlanGoal.objects.visible_to(actor).locked().get(pk=goal_id)
        act.authorise("cases.write_plan", goal)
        goal.check_seen(version)
        if status not in (GoalStatus.REACHED, GoalStatus.DROPPED):
            raise DomainError(_("Choose what came of it."), field="status")
        goal.end(status, on=timezone.localdate())
        goal.save(update_fields=["status", "version", "ended_on"])
        act.record("goal.ended", goal, fields=["status"], facts={"to": str(status)})
    return goal


def submit_plan(
    *, actor: Actor, plan_id: UUID, version: int, answer: str, review_on: date
) -> CasePlan:
    """The survivor answered to the plan; a supervisor is asked to approve it.

    Raises:
        CasePlan.DoesNotExist: not visible to the actor.
        Conflict: somebody changed it since `version`.
        InvalidTransition: it was submitted before.
        DomainError: no goal, no answer of the survivor, or a review too late.
    """
    with acting(actor) as act:
        plan = _found(act, actor, plan_id, version)
        goals = PlanGoal.objects.visible_to(actor).filter(plan=plan, status=GoalStatus.OPEN)
        if not goals.exists():
            raise DomainError(_("Write down a goal first, in the survivor’s words."))
        if answer not in PlanAnswer.values:
            raise DomainError(_("Say what the survivor answered."), field="answer")
        _check_review(review_on, "review_on")
        plan.submit(by=actor, answer=answer, on=timezone.localdate(), review_on=review_on)
        plan.save(
            update_fields=["status", "version", "submitted_by", "answer", "agreed_on", "review_on"]
        )
        act.record("plan.submitted", plan, fields=["status"], facts={"answer": str(answer)})
    return plan


def approve_plan(
    *, actor: Actor, plan_id: UUID, version: int, at: datetime | None = None
) -> CasePlan:
    """A supervisor who did not submit it stands behind the plan.

    Raises:
        CasePlan.DoesNotExist: not visible to the actor.
        Denied: not the role's to do, or the actor submitted it and their agency is not a small one.
        Conflict, InvalidTransition: as `submit_plan`.
    """
    with acting(actor) as act:
        plan = _for_approval(act, actor, plan_id, version)
        standing = standing_about(actor, plan)
        plan.approve(by=actor, at=at or timezone.now())
        plan.decided_alone = standing.alone
        plan.save(update_fields=APPROVED)
        act.record("plan.approved", plan, fields=["status"])
        teams = teams_seeing(plan.case_id)
        look_afterwards(act, standing, matter=Matter.APPROVE_PLAN, about=plan, team_ids=teams)
        act.after_commit("cases.tell", str(plan.submitted_by_id))
    return plan


def return_plan(*, actor: Actor, plan_id: UUID, version: int, reason: str) -> CasePlan:
    """A supervisor asks for a change first.

    Raises:
        CasePlan.DoesNotExist, Denied, Conflict, InvalidTransition: as `approve_plan`.
        DomainError: without words.
    """
    with acting(actor) as act:
        plan = _for_approval(act, actor, plan_id, version)
        why = check_text(reason, field="reason", most=LONGEST_GOAL)
        if not why:
            raise DomainError(_("Say what should be changed."), field="reason")
        plan.send_back(why=why)
        plan.save(update_fields=["status", "version", "why_returned"])
        act.record("plan.returned", plan, fields=["status"])
        act.after_commit("cases.tell", str(plan.submitted_by_id))
    return plan


def review_plan(
    *,
    actor: Actor,
    plan_id: UUID,
    version: int,
    took_part: str,
    what_changed: str,
    next_on: date,
    held_on: date | None = None,
) -> PlanReview:
    """The plan was looked at again, together with the survivor where they wanted to.

    Raises:
        CasePlan.DoesNotExist: not visible to the actor.
        Conflict: somebody changed it since `version`.
        InvalidTransition: it is not approved.
        DomainError: a day in the future, a next review too late, or nothing said.
    """
    with acting(actor) as act:
        plan = _found(act, actor, plan_id, version)
        if took_part not in TookPart.values:
            raise DomainError(_("Say whether the survivor took part."), field="took_part")
        day = held_on or timezone.localdate()
        if day > timezone.localdate():
            raise DomainError(_("This date is in the future."), field="held_on")
        _check_review(next_on, "next_on")
        said = check_text(what_changed, field="what_changed", most=LONGEST_REVIEW)
        if not said:
            raise DomainError(_("Say what changed, or that nothing did."), field="what_changed")
        plan.reviewed(next_on=next_on)
        plan.save(update_fields=["review_on", "version"])
        review = PlanReview(
            plan=plan,
            case_id=plan.case_id,
            person_id=plan.person_id,
            held_on=day,
            held_by_id=actor.pk,
            took_part=took_part,
            what_changed=said,
            next_on=next_on,
        )
        review.save(force_insert=True)
        act.record("plan.reviewed", review, facts={"took_part": str(took_part)})
    return review


def survivor_place(act: Act, actor: Actor, participant_id: UUID) -> CaseParticipant:
    """The place of a survivor or child at risk; asks whether the actor may plan with them."""
    place: CaseParticipant = CaseParticipant.objects.visible_to(actor).get(pk=participant_id)
    act.authorise("cases.write_plan", place)
    if place.role not in SURVIVOR_ROLES:
        raise DomainError(_("A plan is made with a survivor or a child at risk."))
    return place


def _plan_of(act: Act, actor: Actor, place: CaseParticipant) -> CasePlan:
    """The person's plan in this case, locked; made with the first goal."""
    plans = CasePlan.objects.visible_to(actor).locked()
    plan: CasePlan | None = plans.filter(case_id=place.case_id, person_id=place.person_id).first()
    if plan is None:
        plan = CasePlan(case_id=place.case_id, person_id=place.person_id, made_by_id=actor.pk)
        plan.save(force_insert=True)
        act.record("plan.made", plan)
    return plan


def _found(act: Act, actor: Actor, plan_id: UUID, version: int) -> CasePlan:
    plan: CasePlan = CasePlan.objects.visible_to(actor).locked().get(pk=plan_id)
    act.authorise("cases.write_plan", plan)
    plan.check_seen(version)
    return plan


def _for_approval(act: Act, actor: Actor, plan_id: UUID, version: int) -> CasePlan:
    plan: CasePlan = CasePlan.objects.visible_to(actor).locked().get(pk=plan_id)
    submitted = plan.status == CasePlanStatus.SUBMITTED
    act.authorise(
        "cases.approve_plan", plan, verdict=not submitted or standing_about(actor, plan).may
    )
    plan.check_seen(version)
    return plan


def standing_about(actor: Actor, plan: CasePlan) -> Standing:
    """Whether somebody may decide about a plan that was submitted, and whether alone."""
    return second_person(actor, first_id=plan.submitted_by_id, matter=Matter.APPROVE_PLAN)


def _check_review(day: date, field: str) -> None:
    today = timezone.localdate()
    if not today < day <= today + LATEST_REVIEW:
        raise DomainError(_("Choose a day within the next six months."), field=field)
