"""The plan of one survivor as its page shows it, and what is due of plans on My work."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Agency
from cases.choices import SURVIVOR_ROLES, GoalStatus
from cases.models import (
    Case,
    CaseParticipant,
    CasePlan,
    CaseTask,
    PlanGoal,
    PlanReview,
    SupportService,
)
from cases.selectors.task import ShownTask, show_tasks
from core.actors import Actor
from vault.keys import load_keys
from vault.opening import opened

# (record, name of the sealed field that did not open): whoever shows the page writes each down.
Unreadable = list[tuple[Any, str]]


@dataclass(frozen=True)
class ShownGoal:
    """A goal in the survivor's words, with what is done towards it."""

    goal: PlanGoal
    words: str
    what_we_do: str
    actions: list[ShownTask]

    @property
    def is_open(self) -> bool:
        return bool(self.goal.status == GoalStatus.OPEN)


@dataclass(frozen=True)
class ShownService:
    """A service with whoever gives it."""

    service: SupportService
    provider: str
    remark: str


@dataclass(frozen=True)
class ShownReview:
    """A review of the plan, and what changed by it."""

    review: PlanReview
    what_changed: str


@dataclass
class PersonPlan:
    """All that is planned with one survivor."""

    place: CaseParticipant
    plan: CasePlan | None = None
    review_due: bool = False
    why_returned: str = ""
    goals: list[ShownGoal] = field(default_factory=list)
    services: list[ShownService] = field(default_factory=list)
    reviews: list[ShownReview] = field(default_factory=list)
    unreadable: Unreadable = field(default_factory=list)


def plan_of_person(actor: Actor, place: CaseParticipant, on: date) -> PersonPlan:
    """The plan of a visible survivor, opened. The caller records the reading."""
    load_keys([("person", place.person_id)])
    about = {"case_id": place.case_id, "person_id": place.person_id}
    plans = CasePlan.objects.visible_to(actor).select_related("approved_by", "submitted_by")
    plan: CasePlan | None = plans.filter(**about).first()
    shown = PersonPlan(place=place, plan=plan)

    def words(record: Any, name: str) -> str:
        part = opened(record, name)
        if not part.readable:
            shown.unreadable.append((record, name))
        return str(part.value)

    if plan is not None:
        shown.review_due = plan.is_review_due(on)
        shown.why_returned = words(plan, "why_returned")
    actions = _actions(actor, about, on)
    for task in (one for group in actions.values() for one in group):
        shown.unreadable += [(task.task, name) for name in task.unreadable]
    for goal in PlanGoal.objects.visible_to(actor).filter(**about):
        shown.goals.append(
            ShownGoal(goal, words(goal, "words"), words(goal, "what_we_do"), actions[goal.pk])
        )
    for service in (
        SupportService.objects.visible_to(actor).filter(**about).select_related("provider", "goal")
    ):
        name = service.provider.name if service.provider else words(service, "provider_name")
        shown.services.append(ShownService(service, name, words(service, "remark")))
    for review in PlanReview.objects.visible_to(actor).filter(**about).select_related("held_by"):
        shown.reviews.append(ShownReview(review, words(review, "what_changed")))
    return shown


def _actions(actor: Actor, about: dict[str, Any], on: date) -> dict[UUID, list[ShownTask]]:
    tasks = (
        CaseTask.objects.visible_to(actor)
        .filter(**about, goal__isnull=False)
        .select_related("assignee", "ended_by", "person")
        .order_by("due_on", "created_at")
    )
    found: dict[UUID, list[ShownTask]] = defaultdict(list)
    for shown in show_tasks(list(tasks), on):
        if shown.task.goal_id is not None:
            found[shown.task.goal_id].append(shown)
    return found


@dataclass(frozen=True)
class PlanRow:
    """One survivor of a case and how their plan stands; nothing sealed."""

    place: CaseParticipant
    plan: CasePlan | None
    review_due: bool


def plan_rows(actor: Actor, case: Case, on: date) -> list[PlanRow]:
    """The survivors and children at risk of a visible case, each with their plan."""
    places: dict[UUID, CaseParticipant] = {}
    for place in (
        CaseParticipant.objects.visible_to(actor)
        .filter(case=case, role__in=SURVIVOR_ROLES)
        .select_related("person")
        .order_by("person__code", "created_at")
    ):
        places.setdefault(place.person_id, place)
    plans = CasePlan.objects.visible_to(actor).filter(case=case).defer("why_returned")
    by_person = {plan.person_id: plan for plan in plans}
    return [
        PlanRow(place, plan, bool(plan and plan.is_review_due(on)))
        for person_id, place in places.items()
        for plan in [by_person.get(person_id)]
    ]


def plans_to_approve(actor: Actor) -> QuerySet[CasePlan]:
    """Plans that wait for a supervisor who did not submit them, or works in a small agency."""
    found: QuerySet[CasePlan] = CasePlan.objects.visible_to(actor).waiting()
    if not actor.works_in_small_agency:
        found = found.exclude(submitted_by_id=actor.pk)
    return (
        found.select_related("case", "person", "submitted_by")
        .defer("why_returned")
        .order_by("agreed_on")
    )


def plans_to_review(actor: Actor, until: date) -> QuerySet[CasePlan]:
    """The actor's own plans of open cases whose day of review comes by then."""
    found: QuerySet[CasePlan] = CasePlan.objects.visible_to(actor).to_review(until)
    return (
        found.filter(made_by_id=actor.pk, case__in=Case.objects.visible_to(actor).open())
        .select_related("case", "person")
        .defer("why_returned")
        .order_by("review_on")
    )


def place_of(actor: Actor, case_id: UUID, person_id: UUID) -> CaseParticipant:
    """The survivor's place in a case that plans of theirs lead back to."""
    places = CaseParticipant.objects.visible_to(actor).filter(
        case_id=case_id, person_id=person_id, role__in=SURVIVOR_ROLES
    )
    found: CaseParticipant = places.select_related("person", "case").order_by("created_at")[0]
    return found


def provider_choices(actor: Actor) -> list[tuple[UUID, str]]:
    """Agencies that one may name as giving a service, by name."""
    known = Agency.objects.visible_to(actor).active().order_by("name")
    return list(known.values_list("pk", "name"))


def goal_choices(actor: Actor, place: CaseParticipant) -> list[tuple[UUID, str]]:
    """Open goals of a survivor, by the beginning of their words."""
    goals = PlanGoal.objects.visible_to(actor).filter(
        case_id=place.case_id, person_id=place.person_id, status=GoalStatus.OPEN
    )
    return [(goal.pk, str(opened(goal, "words").value)[:60]) for goal in goals]
