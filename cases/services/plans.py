"""The case plan: goals in the survivor's words, services towards them, assessments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Agency
from audit.acting import Act, acting
from cases.choices import GoalStatus, PlanStatus, ServiceOutcome, ServiceType
from cases.instruments import INSTRUMENTS
from cases.models import (
    Assessment,
    Case,
    CaseParticipant,
    CasePlan,
    PlanGoal,
    SupportService,
)
from cases.text_rules import check_text
from core.actors import Actor
from core.errors import Conflict, DomainError

REVIEW_WITHIN = timedelta(days=366)
LONGEST_GOAL = 1_000


def add_goal(
    *, actor: Actor, case_id: UUID, person_id: UUID, words: str, what_we_do: str = ""
) -> PlanGoal:
    """Write down what a survivor wants, in their own words; the plan is made with the first goal.

    Raises:
        Case.DoesNotExist: not visible to the actor.
        DomainError: nothing said, or the person is not in the case.
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).get(pk=case_id)
        act.authorise("cases.work_plan", case)
        check_in_case(actor, case, person_id)
        words = check_text(words, field="words", most=LONGEST_GOAL)
        if not words:
            raise DomainError(_("Write down what they want, in their words."), field="words")
        plan = _open_plan(act, actor, case, person_id)
        goal = PlanGoal(
            plan=plan,
            case=case,
            person_id=person_id,
            words=words,
            what_we_do=check_text(what_we_do, field="what_we_do", most=LONGEST_GOAL),
        )
        goal.save(force_insert=True)
        act.record("goal.added", goal)
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
        act.authorise("cases.work_plan", goal)
        _check_version(goal.version, version)
        if status not in (GoalStatus.REACHED, GoalStatus.DROPPED):
            raise DomainError(_("Choose what came of it."), field="status")
        goal.end(status, on=timezone.localdate())
        goal.save(update_fields=["status", "version", "ended_on"])
        act.record("goal.ended", goal, fields=["status"], facts={"to": str(status)})
    return goal


def agree_plan(*, actor: Actor, plan_id: UUID, version: int, review_on: date) -> CasePlan:
    """The survivor said yes to the plan, or it was looked at again with them.

    Raises:
        CasePlan.DoesNotExist: not visible to the actor.
        Conflict: somebody changed it since `version`.
        InvalidTransition: it is closed.
        DomainError: no goal yet, or a day of review that is past or more than a year away.
    """
    today = timezone.localdate()
    with acting(actor) as act:
        plan: CasePlan = CasePlan.objects.visible_to(actor).locked().get(pk=plan_id)
        act.authorise("cases.work_plan", plan)
        _check_version(plan.version, version)
        if not PlanGoal.objects.visible_to(actor).filter(plan=plan).exists():
            raise DomainError(_("Write down a goal first, in the survivor’s words."))
        if not today < review_on <= today + REVIEW_WITHIN:
            raise DomainError(_("Choose a day within the next year."), field="review_on")
        plan.agree(on=today, review_on=review_on)
        plan.save(update_fields=["status", "version", "agreed_on", "review_on"])
        act.record("plan.agreed", plan, fields=["status", "review_on"])
    return plan


def ask_service(
    *,
    actor: Actor,
    case_id: UUID,
    person_id: UUID,
    type: str,
    provider_id: UUID | None = None,
    goal_id: UUID | None = None,
    requested_on: date | None = None,
    remark: str = "",
) -> SupportService:
    """Write down that a service was asked for. No service depends on any consent (R-K5).

    Raises:
        Case.DoesNotExist, PlanGoal.DoesNotExist: not visible to the actor.
        DomainError: an unknown type or agency, or the person is not in the case.
    """
    today = timezone.localdate()
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).get(pk=case_id)
        act.authorise("cases.work_plan", case)
        check_in_case(actor, case, person_id)
        if type not in ServiceType.values:
            raise DomainError(_("Choose what kind of service it is."), field="type")
        if provider_id and not Agency.objects.active().filter(pk=provider_id).exists():
            raise DomainError(_("Choose an agency from the list."), field="provider_id")
        day = requested_on or today
        if day > today:
            raise DomainError(_("This date is in the future."), field="requested_on")
        goal = None
        if goal_id is not None:
            goal = PlanGoal.objects.visible_to(actor).get(
                pk=goal_id, case=case, person_id=person_id
            )
        service = SupportService(
            case=case,
            person_id=person_id,
            goal=goal,
            type=type,
            provider_id=provider_id,
            requested_on=day,
            remark=check_text(remark, field="remark", most=LONGEST_GOAL),
            recorded_by_id=actor.pk,
        )
        service.save(force_insert=True)
        act.record("service.asked", service, facts={"type": str(type)})
    return service


def move_service(
    *,
    actor: Actor,
    service_id: UUID,
    version: int,
    outcome: str,
    on: date,
    sessions: int | None = None,
) -> SupportService:
    """Write down that a service began, goes on, or how it ended.

    Raises:
        SupportService.DoesNotExist: not visible to the actor.
        Conflict: somebody changed it since `version`.
        InvalidTransition: it has ended.
        DomainError: an unknown outcome, or a day in the future or before it was asked for.
    """
    with acting(actor) as act:
        service: SupportService = (
            SupportService.objects.visible_to(actor).locked().get(pk=service_id)
        )
        act.authorise("cases.work_plan", service)
        _check_version(service.version, version)
        if outcome not in ServiceOutcome.values:
            raise DomainError(_("Choose how it stands."), field="outcome")
        if not (service.started_on or service.requested_on) <= on <= timezone.localdate():
            raise DomainError(_("Choose a day from when it was asked for until today."), field="on")
        service.move(outcome, on=on, sessions=sessions)
        service.save()
        act.record("service.moved", service, fields=["outcome"], facts={"to": str(outcome)})
    return service


def assess(
    *,
    actor: Actor,
    case_id: UUID,
    person_id: UUID,
    instrument: str,
    scores: Mapping[str, int],
    assessed_on: date | None = None,
    summary: str = "",
) -> Assessment:
    """Write down what an instrument showed; it sets the day of the next one.

    Args:
        scores: domain → answer, of every domain; 0 where it is not known.

    Raises:
        Case.DoesNotExist: not visible to the actor.
        DomainError: an unknown instrument, a missing or unknown answer, or nothing known at all.
    """
    today = timezone.localdate()
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).get(pk=case_id)
        act.authorise("cases.work_plan", case)
        check_in_case(actor, case, person_id)
        if instrument not in INSTRUMENTS:
            raise DomainError(_("Choose an instrument."), field="instrument")
        form = INSTRUMENTS[instrument]
        for domain in form.domains:
            if scores.get(domain) not in form.answers.values:
                raise DomainError(_("Answer this, or say that it is not known."), field=domain)
        if set(scores) - set(form.domains):
            raise DomainError(_("There is no such question."), field="scores")
        if not any(scores.values()):
            raise DomainError(_("Nothing is known yet. Assess it when something is."))
        day = assessed_on or today
        if day > today:
            raise DomainError(_("This date is in the future."), field="assessed_on")
        assessment = Assessment(
            case=case,
            person_id=person_id,
            instrument=form.code,
            instrument_version=form.version,
            scores={domain: int(scores[domain]) for domain in form.domains},
            assessed_on=day,
            next_due=day + timedelta(days=form.again_in_days),
            assessor_id=actor.pk,
            summary=check_text(summary, field="summary", most=4_000),
        )
        assessment.save(force_insert=True)
        act.record("assessment.made", assessment, facts={"instrument": form.code})
    return assessment


def check_in_case(actor: Actor, case: Case, person_id: UUID) -> None:
    """The person takes part in the case. Raises DomainError."""
    places = CaseParticipant.objects.visible_to(actor).filter(case=case, person_id=person_id)
    if not places.exists():
        raise DomainError(_("Choose a person of this case."), field="person_id")


def _open_plan(act: Act, actor: Actor, case: Case, person_id: UUID) -> CasePlan:
    """The person's open plan; made with the first goal."""
    plan: CasePlan | None = (
        CasePlan.objects.visible_to(actor)
        .filter(case=case, person_id=person_id)
        .exclude(status=PlanStatus.CLOSED)
        .first()
    )
    if plan is None:
        plan = CasePlan(case=case, person_id=person_id, made_by_id=actor.pk)
        plan.save(force_insert=True)
        act.record("plan.made", plan)
    return plan


def _check_version(held: int, seen: int) -> None:
    if held != seen:
        raise Conflict(
            _("Somebody changed this meanwhile. Look at what it says now, then try again.")
        )
