"""One proceeding as its page shows it, and lists of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import Agency, User
from cases.choices import ALLEGED_OFFENDERS
from cases.models import CaseParticipant
from courts.choices import CHARGING, WITHOUT_JUDGMENT, ChargeStatus, ReachedBy, Stage
from courts.models import (
    GENERIC,
    Charge,
    ProcedureStep,
    Proceeding,
    StageChange,
    StepEdge,
    Verdict,
)
from courts.services.steps import takes_late_charges, takes_late_verdicts
from vault.opening import opened

FILTERS = ("pending", "concluded")


def proceedings_of(actor: User, *, over: bool | None = None) -> QuerySet[Any]:
    """Proceedings the actor sees, with what a row shows and without the sealed docket number.

    Args:
        over: those in which a court has nothing left to decide, or the others; None for all.
    """
    found = Proceeding.objects.visible_to(actor)
    if over is not None:
        found = found.over() if over else found.pending()
    listed: QuerySet[Any] = (
        found.select_related("case", "accused__person", "step")
        .prefetch_related("charges")
        .defer("docket_number")
        .order_by("-opened_on", "reference")
    )
    return listed


@dataclass(frozen=True)
class ShownChange:
    """One step taken, with the document that says so."""

    change: StageChange
    document: str


@dataclass
class ProceedingPage:
    """One proceeding with its steps and charges, and what may be done now."""

    proceeding: Proceeding
    docket_number: str
    charges: list[Charge]
    changes: list[ShownChange]
    next_steps: list[ProcedureStep]
    can: dict[str, bool]
    unreadable: list[tuple[Any, str]] = field(default_factory=list)


def proceeding_page(actor: User, proceeding: Proceeding, on: date) -> ProceedingPage:
    """What the page of one proceeding shows. The caller records the reading."""
    charges = list(proceeding.charges.all())
    ways = _ways_on(actor, proceeding, on)
    chosen = [step for step in ways if not step.reached_by]
    leads = {step.reached_by for step in ways}
    unreadable: list[tuple[Any, str]] = []

    def words(record: Any, name: str) -> str:
        part = opened(record, name)
        if not part.readable:
            unreadable.append((record, name))
        return str(part.value)

    changes = [
        ShownChange(change, words(change, "document"))
        for change in StageChange.objects.visible_to(actor)
        .filter(proceeding=proceeding)
        .select_related("from_step", "to_step", "recorded_by")
        .order_by("-number")
    ]
    late = takes_late_charges(proceeding)
    undecided = any(charge.status == ChargeStatus.FILED for charge in charges)
    may_charge = ReachedBy.CHARGE in leads or (
        proceeding.stage in CHARGING and proceeding.stage != Stage.PRE_CHARGE
    )
    return ProceedingPage(
        proceeding=proceeding,
        docket_number=words(proceeding, "docket_number"),
        charges=charges,
        changes=changes,
        next_steps=chosen,
        can={
            "file_charge": actor.may("courts.file_charge") and (may_charge or late),
            "amend_charge": actor.may("courts.amend_charge"),
            "enter_plea": actor.may("courts.enter_plea"),
            "record_verdict": actor.may("courts.record_verdict")
            and undecided
            and (late or not proceeding.is_over),
            "advance": actor.may("courts.advance_proceeding") and bool(chosen),
            "change": actor.may("courts.change_proceeding"),
        },
        unreadable=unreadable,
    )


def _ways_on(actor: User, proceeding: Proceeding, on: date) -> list[ProcedureStep]:
    """Where the procedure leads from here on some day between the last step and today."""
    ways = StepEdge.objects.visible_to(actor).filter(
        Q(valid_to=None) | Q(valid_to__gte=proceeding.reached_on),
        from_step_id=proceeding.step_id,
        valid_from__lte=on,
    )
    return list(
        ProcedureStep.objects.visible_to(actor)
        .filter(pk__in=ways.values("to_step"))
        .order_by("position")
    )


def verdict_choices(actor: User, proceeding: Proceeding, on: date) -> set[str]:
    """What a court can decide from where a proceeding stands."""
    judged = (
        proceeding.stage == Stage.VERDICT
        or takes_late_verdicts(proceeding)
        or any(step.reached_by == ReachedBy.VERDICT for step in _ways_on(actor, proceeding, on))
    )
    return {str(result) for result in WITHOUT_JUDGMENT} if not judged else set()


def one_proceeding(actor: User, proceeding_id: UUID) -> Proceeding:
    """A proceeding with everything its page shows. Raises Proceeding.DoesNotExist."""
    verdicts = Verdict.objects.visible_to(actor)
    charges = (
        Charge.objects.visible_to(actor)
        .select_related("law")
        .prefetch_related(Prefetch("verdicts", verdicts))
    )
    found: Proceeding = (
        Proceeding.objects.visible_to(actor)
        .select_related("case", "accused__person", "step", "prosecutor")
        .prefetch_related(Prefetch("charges", charges))
        .get(pk=proceeding_id)
    )
    return found


def possible_accused(actor: User, case_id: UUID) -> QuerySet[Any]:
    """The alleged offenders of a case the actor sees."""
    return (
        CaseParticipant.objects.visible_to(actor)
        .filter(case_id=case_id, role__in=ALLEGED_OFFENDERS)
        .select_related("person")
    )


def step_choices(actor: User) -> list[tuple[str, list[tuple[str, str]]]]:
    """All steps, by procedure, for a form: a code stands for the step of its procedure."""
    found: dict[str, list[tuple[str, str]]] = {}
    for step in ProcedureStep.objects.visible_to(actor).order_by("procedure", "position"):
        found.setdefault(step.procedure, []).append((step.code, step.label))
    return [
        ("General steps" if procedure == GENERIC else procedure, steps)
        for procedure, steps in found.items()
    ]


def agency_choices(actor: User, *, named: Iterable[UUID | None] = ()) -> list[tuple[UUID, str]]:
    """Agencies one may name, by name; those that are named already too, active or not."""
    seen = Agency.objects.visible_to(actor)
    known = seen.active() | seen.filter(pk__in=[pk for pk in named if pk is not None])
    return list(known.order_by("name").values_list("pk", "name"))


def codes_of(actor: User, procedure: str) -> frozenset[str]:
    """The codes of all steps of a procedure."""
    steps = ProcedureStep.objects.visible_to(actor).filter(procedure=procedure)
    return frozenset(steps.values_list("code", flat=True))
