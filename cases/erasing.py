"""What an erasure erases: every app registers its steps, and a test finds what nobody registered.

A step is a function of what is being erased. It runs inside the act that erases, in which the actor
sees the person's cases; it clears what it can in place, and names the keys whose end makes the rest
unreadable in every copy. `covers` names the models it answers for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise

from cases.models import Case, Person
from core.actors import Actor
from vault.keys import Owner


@dataclass
class Erasing:
    """One person being erased.

    Attributes:
        case_ids: every case the person is in.
        whole_case: the cases themselves go too: nobody else in them is a child or survivor.
        keys: owners whose data keys are destroyed at the end; steps add theirs.
    """

    person: Person
    code: str
    case_ids: list[UUID]
    whole_case: bool
    actor: Actor
    at: datetime
    keys: set[Owner] = field(default_factory=set)


@dataclass(frozen=True)
class ErasureStep:
    """One step, named for the receipt; `erase` returns how many rows it cleared."""

    name: str
    label: str | Promise
    covers: tuple[str, ...]
    erase: Callable[[Erasing], int]


STEPS: list[ErasureStep] = []
# What speaks for keeping, beyond the case's own: (actor, case ids) → codes of `RetentionReason`.
Reason = Callable[[Actor, Iterable[UUID], datetime], Iterable[str]]
REASONS: list[Reason] = []


def register_erasure(step: ErasureStep) -> None:
    """Add a step. Called once by an app's `apps.py`."""
    STEPS.append(step)


def register_retention_reason(reason: Reason) -> None:
    """Add what speaks for keeping. Called once by an app's `apps.py`."""
    REASONS.append(reason)


def cases_of(person: Person) -> list[Case]:
    """The cases a person is in, as far as the database shows them to whoever acts."""
    return list(Case.objects.filter(participants__person=person).distinct().order_by("pk"))
