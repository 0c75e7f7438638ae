"""The plan of a case as its tab shows it, and what is due on My work."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Agency, Membership
from accounts.roles import TABLE
from cases.choices import GoalStatus, PlanStatus, TaskStatus
from cases.disclosure import SUBJECTS
from cases.instruments import INSTRUMENTS, mean_of
from cases.models import (
    Assessment,
    Case,
    CaseConference,
    CaseGroupObjectPermission,
    CaseParticipant,
    CasePlan,
    CaseTask,
    ConferenceDecision,
    PlanGoal,
    SupportService,
)
from core.actors import Actor
from vault.keys import load_keys
from vault.opening import opened

MOST = 100


@dataclass(frozen=True)
class ShownGoal:
    """A goal in the survivor's words."""

    goal: PlanGoal
    words: str
    what_we_do: str

    @property
    def open(self) -> bool:
        return self.goal.status == GoalStatus.OPEN


@dataclass(frozen=True)
class ShownAssessment:
    """What an instrument showed: the domains in words, and the mean of what is known."""

    assessment: Assessment
    label: str
    domains: list[tuple[str, str]]
    mean: float | None
    summary: str
    late: bool


@dataclass
class PersonPlan:
    """All the work with one survivor."""

    place: CaseParticipant
    plan: CasePlan | None = None
    review_late: bool = False
    goals: list[ShownGoal] = field(default_factory=list)
    services: list[SupportService] = field(default_factory=list)
    assessments: list[ShownAssessment] = field(default_factory=list)


@dataclass(frozen=True)
class ShownTask:
    """A task with its words and whether its day has passed."""

    task: CaseTask
    what: str
    result: str
    late: bool


@dataclass(frozen=True)
class ShownConference:
    """A conference with its agencies and decisions in words."""

    conference: CaseConference
    agencies: str
    minutes: str
    decisions: list[tuple[str, str]]


def plans_of(actor: Actor, case: Case, on: date) -> list[PersonPlan]:
    """Survivors and children at risk of a visible case, each with their plan.

    Opens sealed text: the caller records the reading.
    """
    places: dict[UUID, CaseParticipant] = {}
    for place in (
        CaseParticipant.objects.visible_to(actor)
        .filter(case=case, role__in=SUBJECTS)
        .select_related("person")
        .order_by("person__code")
    ):
        places.setdefault(place.person_id, place)
    load_keys(("person", person_id) for person_id in places)
    rows = {person_id: PersonPlan(place=place) for person_id, place in places.items()}
    for plan in CasePlan.objects.visible_to(actor).filter(case=case).exclude(
        status=PlanStatus.CLOSED
    ):
        if plan.person_id in rows:
            rows[plan.person_id].plan = plan
            rows[plan.person_id].review_late = bool(plan.review_on and plan.review_on < on)
    for goal in PlanGoal.objects.visible_to(actor).filter(case=case):
        if goal.person_id in rows:
            rows[goal.person_id].goals.append(
                ShownGoal(
                    goal,
                    str(opened(goal, "words").value),
                    str(opened(goal, "what_we_do").value),
                )
            )
    services = SupportService.objects.visible_to(actor).filter(case=case)
    for service in services.select_related("provider")[:MOST]:
        if service.person_id in rows:
            rows[service.person_id].services.append(service)
    latest: dict[tuple[UUID, str], Assessment] = {}
    for one in Assessment.objects.visible_to(actor).filter(case=case).order_by("assessed_on"):
        latest[(one.person_id, one.instrument)] = one
    for (person_id, _instrument), one in sorted(
        latest.items(), key=lambda item: item[0][1], reverse=True
    ):
        if person_id in rows:
            rows[person_id].assessments.append(_shown(one, on))
    return list(rows.values())


def _shown(one: Assessment, on: date) -> ShownAssessment:
    instrument = INSTRUMENTS[one.instrument]
    domains = [
        (str(question), str(instrument.answers(one.scores.get(code, 0)).label))
        for code, question in instrument.domains.items()
    ]
    return ShownAssessment(
        assessment=one,
        label=str(instrument.label),
        domains=domains,
        mean=mean_of(one.scores),
        summary=str(opened(one, "summary").value),
        late=one.next_due < on,
    )


def tasks_of(actor: Actor, case: Case, on: date) -> list[ShownTask]:
    """Tasks of a visible case: open ones by day, then the latest that ended."""
    load_keys([("case", case.pk)])
    tasks = (
        CaseTask.objects.visible_to(actor).filter(case=case).select_related("assignee", "ended_by")
    )
    waiting = list(tasks.open()[:MOST])
    ended = list(tasks.exclude(status=TaskStatus.OPEN).order_by("-ended_at")[:10])
    return [show_task(task, on) for task in [*waiting, *ended]]


def show_task(task: CaseTask, on: date) -> ShownTask:
    """One task in words."""
    return ShownTask(
        task=task,
        what=str(opened(task, "what").value),
        result=str(opened(task, "result").value),
        late=task.status == TaskStatus.OPEN and task.due_on < on,
    )


def conferences_of(actor: Actor, case: Case) -> list[ShownConference]:
    """Conferences of a visible case, newest first, with their decisions."""
    load_keys([("case", case.pk)])
    conferences = list(CaseConference.objects.visible_to(actor).filter(case=case)[:MOST])
    decisions: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    for decision in (
        ConferenceDecision.objects.visible_to(actor)
        .filter(case=case)
        .select_related("agency", "task__assignee")
    ):
        who = ""
        if decision.task is not None:
            who = f"{decision.task.assignee.name}, {decision.task.due_on:%-d %b %Y}"
        elif decision.agency is not None:
            who = decision.agency.name
        decisions[decision.conference_id].append((str(opened(decision, "what").value), who))
    wanted = {agency_id for one in conferences for agency_id in one.agencies}
    names = dict(Agency.objects.filter(pk__in=wanted).values_list("pk", "name"))
    return [
        ShownConference(
            conference=one,
            agencies=", ".join(names[agency_id] for agency_id in one.agencies),
            minutes=str(opened(one, "minutes").value),
            decisions=decisions[one.pk],
        )
        for one in conferences
    ]


def assignees(actor: Actor, case: Case) -> list[tuple[UUID, str]]:
    """Those of the actor's agency who see the case and work with plans, the actor first."""
    now = timezone.now()
    groups = CaseGroupObjectPermission.objects.live(now).filter(content_object=case)
    members = Membership.objects.live(now).filter(
        team__group_id__in=groups.values("group_id"),
        role__in=[role for role, (may, _level) in TABLE.items() if "cases.read_plan" in may],
        user__agency_id=actor.agency_id,
        user__is_active=True,
        user__kind="person",
    )
    found = dict(members.order_by("user__name").values_list("user_id", "user__name"))
    order = sorted(found, key=lambda user_id: (user_id != actor.pk, found[user_id]))
    return [(user_id, found[user_id]) for user_id in order]


def goal_choices(actor: Actor, case: Case) -> list[tuple[UUID, str]]:
    """Open goals of a visible case, by whose they are and when they were set."""
    goals = (
        PlanGoal.objects.visible_to(actor)
        .filter(case=case, status=GoalStatus.OPEN)
        .select_related("person")
    )
    return [
        (
            goal.pk,
            _("%(code)s: %(words)s")
            % {"code": goal.person.code, "words": str(opened(goal, "words").value)[:60]},
        )
        for goal in goals
    ]


def my_tasks(actor: Actor) -> QuerySet[CaseTask]:
    """Open tasks given to `actor`, by day."""
    found: QuerySet[CaseTask] = (
        CaseTask.objects.visible_to(actor)
        .open()
        .filter(assignee_id=actor.pk)
        .select_related("case")
        .order_by("due_on")
    )
    return found


def due_reviews(actor: Actor, on: date) -> QuerySet[CasePlan]:
    """Agreed plans of open cases whose day of review has come."""
    found: QuerySet[CasePlan] = (
        CasePlan.objects.visible_to(actor)
        .filter(status=PlanStatus.ACTIVE, review_on__lte=on, case__in=Case.objects.open())
        .select_related("case", "person")
        .order_by("review_on")
    )
    return found


def due_assessments(actor: Actor, on: date) -> list[Assessment]:
    """The newest assessment of each survivor and instrument of open cases, where it is due."""
    newest = (
        Assessment.objects.visible_to(actor)
        .filter(case__in=Case.objects.open())
        .order_by("case_id", "person_id", "instrument", "-assessed_on", "-created_at")
        .distinct("case_id", "person_id", "instrument")
        .values("pk")
    )
    found: Any = (
        Assessment.objects.visible_to(actor)
        .filter(pk__in=newest, next_due__lte=on)
        .select_related("case", "person")
        .order_by("next_due")
    )
    return list(found[:MOST])
