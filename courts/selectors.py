"""Page-shaped reads of the courts' part of a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from accounts.models import User
from cases.choices import ALLEGED_OFFENDERS
from cases.models import CaseParticipant
from courts.choices import ChargeStatus, Stage
from courts.models import STEPS, Charge, Proceeding

FILTERS = ("pending", "concluded")


def proceedings_of(actor: User) -> QuerySet[Any]:
    """Proceedings the actor sees, with what a row shows and without the sealed docket number."""
    return (
        Proceeding.objects.visible_to(actor)
        .select_related("case", "accused__person")
        .prefetch_related("charges")
        .defer("docket_number")
        .order_by("-opened_on", "reference")
    )


@dataclass(frozen=True)
class ProceedingPage:
    """One proceeding with its charges, and what may be done now."""

    proceeding: Proceeding
    charges: list[Charge]
    next_stages: list[tuple[str, str]]
    can: dict[str, bool]


def proceeding_page(actor: User, proceeding: Proceeding) -> ProceedingPage:
    """What the page of one proceeding shows."""
    charges = list(proceeding.charges.all())
    # Charged and verdict follow from charges and verdicts; they are not chosen.
    steps = [
        step
        for step in STEPS.get(proceeding.stage, ())
        if step not in (Stage.CHARGED, Stage.VERDICT)
    ]
    undecided = proceeding.stage in (Stage.PRE_CHARGE, Stage.CHARGED, Stage.PRE_TRIAL, Stage.TRIAL)
    return ProceedingPage(
        proceeding=proceeding,
        charges=charges,
        next_stages=[(step, str(Stage(step).label)) for step in steps],
        can={
            "file_charge": actor.may("courts.file_charge") and undecided,
            "record_verdict": actor.may("courts.record_verdict")
            and any(charge.status == ChargeStatus.FILED for charge in charges),
            "advance": actor.may("courts.advance_proceeding") and bool(steps),
        },
    )


def one_proceeding(actor: User, proceeding_id: UUID) -> Proceeding:
    """A proceeding with everything its page shows. Raises Proceeding.DoesNotExist."""
    charges = Charge.objects.visible_to(actor).select_related("verdict")
    return (
        Proceeding.objects.visible_to(actor)
        .select_related("case", "accused__person")
        .prefetch_related(Prefetch("charges", charges))
        .get(pk=proceeding_id)
    )


def possible_accused(actor: User, case_id: UUID) -> QuerySet[Any]:
    """The alleged offenders of a case the actor sees."""
    return (
        CaseParticipant.objects.visible_to(actor)
        .filter(case_id=case_id, role__in=ALLEGED_OFFENDERS)
        .select_related("person")
    )
