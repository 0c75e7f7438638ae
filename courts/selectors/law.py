"""The law as its pages and forms show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from courts.models import GENERIC, ProcedureStep, Statute, StepEdge


def statutes(actor: User, jurisdiction: str = "") -> QuerySet[Any]:
    """The table of offences, of one country or all."""
    found: QuerySet[Any] = Statute.objects.visible_to(actor)
    return found.filter(jurisdiction=jurisdiction) if jurisdiction else found


def countries(actor: User) -> list[str]:
    """Countries that have offences in the table."""
    found = Statute.objects.visible_to(actor).order_by("jurisdiction")
    return list(dict.fromkeys(found.values_list("jurisdiction", flat=True)))


def law_choices(actor: User, jurisdiction: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Offences of one country for a form, by law, each with the days it was in force."""
    found: dict[str, list[tuple[str, str]]] = {}
    for law in statutes(actor, jurisdiction):
        days = f"{law.valid_from.year}–{law.valid_to.year if law.valid_to else ''}"
        words = f"{law.section} {law.description} ({days})".strip()
        found.setdefault(law.title, []).append((law.code, words))
    return list(found.items())


@dataclass(frozen=True)
class ShownStep:
    """A step, and where its procedure leads from it."""

    step: ProcedureStep
    ways: list[StepEdge]


@dataclass(frozen=True)
class ShownProcedure:
    """One procedure with its steps in order."""

    code: str
    is_generic: bool
    begins: list[StepEdge]
    steps: list[ShownStep]


def procedures(actor: User) -> list[ShownProcedure]:
    """Every procedure as data: steps, ways and their days."""
    ways: dict[Any, list[StepEdge]] = {}
    begins: dict[str, list[StepEdge]] = {}
    edges = StepEdge.objects.visible_to(actor).select_related("to_step")
    for edge in edges.order_by("to_step__position"):
        if edge.from_step_id is None:
            begins.setdefault(edge.to_step.procedure, []).append(edge)
        else:
            ways.setdefault(edge.from_step_id, []).append(edge)
    found: dict[str, list[ShownStep]] = {}
    for step in ProcedureStep.objects.visible_to(actor).order_by("procedure", "position"):
        found.setdefault(step.procedure, []).append(ShownStep(step, ways.get(step.pk, [])))
    return [
        ShownProcedure(code, code == GENERIC, begins.get(code, []), steps)
        for code, steps in sorted(found.items())
    ]
