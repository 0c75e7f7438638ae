"""Operations of a case as their pages show them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import Agency, User
from cases.models import Case, CaseParticipant
from cases.selectors.access import assignees_of
from core.ui.dates import spell
from courts.choices import NgoSupport, OperationResult, PlanStatus
from courts.models import (
    Operation,
    OperationOutcome,
    PlannedOperation,
    PlannedOperationMember,
)
from courts.services.outcomes import fitting
from vault.opening import opened


@dataclass(frozen=True)
class ShownOutcome:
    """What an operation is for one person now, and what was written down before."""

    row: OperationOutcome
    before: list[OperationOutcome]


@dataclass(frozen=True)
class ShownVersion:
    """What an operation's record said until it was put right, of what was changed then."""

    until: datetime
    said: list[tuple[str, str]]


@dataclass
class OperationPage:
    """One operation with the people it was for."""

    operation: Operation
    supporting: list[str]
    support: list[str]
    outcomes: list[ShownOutcome]
    before: list[ShownVersion]
    can: dict[str, bool]


@dataclass
class PlannedPage:
    """One planned operation, for those who know of it."""

    planned: PlannedOperation
    plan: str
    members: list[str]
    can: dict[str, bool]
    unreadable: list[tuple[Any, str]] = field(default_factory=list)


def operations_of(actor: User, case_id: UUID) -> list[Operation]:
    """What was conducted in a visible case, the newest first."""
    found = Operation.objects.visible_to(actor).filter(case_id=case_id)
    return list(found.select_related("lead_agency").prefetch_related("outcomes__replaced_by"))


def planned_of(actor: User, case_id: UUID) -> list[PlannedOperation]:
    """What the actor knows to be planned for a case."""
    found = PlannedOperation.objects.visible_to(actor).filter(
        about_id=case_id, status=PlanStatus.PLANNED
    )
    return list(found.defer("plan").select_related("lead_agency"))


def operation_page(actor: User, operation: Operation) -> OperationPage:
    """What the page of one visible operation shows."""
    rows = list(
        OperationOutcome.objects.visible_to(actor)
        .filter(operation=operation)
        .select_related("participant__person", "recorded_by")
        .order_by("decided_on", "created_at")
    )
    by_id = {row.pk: row for row in rows}
    replaced = {row.replaces_id for row in rows}
    shown = []
    for row in rows:
        if row.pk in replaced:
            continue
        before, at = [], row.replaces_id
        while at is not None:
            before.append(by_id[at])
            at = by_id[at].replaces_id
        shown.append(ShownOutcome(row, before))
    versions = list(
        Operation.pgh_event_model.objects.visible_to(actor)  # type: ignore[attr-defined]
        .filter(id=operation.pk)
        .select_related("lead_agency")
        .order_by("-pgh_id")
    )
    supporters = {pk for one in (operation, *versions) for pk in one.supporting_agencies}
    names = dict(
        Agency.objects.visible_to(actor).filter(pk__in=supporters).values_list("pk", "name")
    )
    labels = dict(NgoSupport.choices)
    return OperationPage(
        operation=operation,
        supporting=[names[pk] for pk in operation.supporting_agencies if pk in names],
        support=[str(labels[code]) for code in operation.ngo_support],
        outcomes=shown,
        before=[
            ShownVersion(newer.pgh_created_at, said)
            for newer, older in pairwise(versions)
            if (said := _said_before(older, newer, names))
        ],
        can={
            "change": actor.may("courts.record_operation"),
            "outcome": actor.may("courts.record_outcome"),
        },
    )


def _said_before(older: Any, newer: Any, names: dict[UUID, str]) -> list[tuple[str, str]]:
    """What the older version said where the newer one says something else."""
    labels = dict(NgoSupport.choices)
    told = [
        ("type", _("Kind"), older.get_type_display()),
        ("happened_on", _("Day"), spell(older.happened_on)),
        ("country", _("Country"), older.country),
        ("admin1", _("Region"), older.admin1),
        ("lead_agency_id", _("Who led it"), older.lead_agency.name),
        (
            "supporting_agencies",
            _("Who supported it"),
            ", ".join(names[pk] for pk in older.supporting_agencies if pk in names),
        ),
        ("coalition", _("Coalition"), older.coalition),
        (
            "ngo_support",
            _("What our side did"),
            ", ".join(str(labels[code]) for code in older.ngo_support),
        ),
        (
            "social_worker_present",
            _("Social worker there"),
            older.get_social_worker_present_display(),
        ),
        (
            "devices_seized",
            _("Devices seized"),
            "" if older.devices_seized is None else str(older.devices_seized),
        ),
    ]
    return [
        (str(label), str(words or _("Nothing")))
        for name, label, words in told
        if getattr(older, name) != getattr(newer, name)
    ]


def planned_page(actor: User, planned: PlannedOperation) -> PlannedPage:
    """What the page of one planned operation shows. The caller records the reading."""
    plan = opened(planned, "plan")
    members = (
        PlannedOperationMember.objects.visible_to(actor)
        .filter(operation=planned)
        .select_related("user")
    )
    return PlannedPage(
        planned=planned,
        plan=str(plan.value),
        members=[planned.made_by.name, *(member.user.name for member in members)],
        can={
            "plan": actor.may("courts.plan_operation") and planned.status == PlanStatus.PLANNED,
            "record": actor.may("courts.record_operation") and planned.status == PlanStatus.PLANNED,
        },
        unreadable=[] if plan.readable else [(planned, "plan")],
    )


def people_without_outcome(actor: User, operation: Operation) -> list[tuple[str, str]]:
    """People of the case for whom nothing is recorded yet, by code and label."""
    known = OperationOutcome.objects.visible_to(actor).filter(operation=operation)
    places = (
        CaseParticipant.objects.visible_to(actor)
        .filter(case_id=operation.case_id)
        .exclude(person_id__in=known.values("participant__person_id"))
        .select_related("person")
        .order_by("role", "person__code")
    )
    return [(str(place.pk), f"{place.person.code}, {place.label}") for place in places]


def other_outcomes(row: OperationOutcome) -> list[tuple[str, str]]:
    """The values an outcome may be given instead."""
    labels = dict(OperationResult.choices)
    return [
        (code, str(labels[code]))  # type: ignore[index]
        for code in fitting(row.participant.role)
        if code != row.outcome
    ]


def member_choices(actor: User, case: Case) -> list[tuple[UUID, str]]:
    """Colleagues of the case who may be named to know of what is planned."""
    people = dict(assignees_of(actor, case))
    known = User.objects.filter(pk__in=[pk for pk in people if pk != actor.pk])
    return [(user.pk, user.name) for user in known if user.may("courts.read_operation")]
