"""Pure answers about people and records, where a permission alone is not enough."""

from __future__ import annotations

from cases.choices import RESTRICTED_KINDS
from cases.models import Case
from core.actors import Actor
from core.choices import Sensitivity


def default_sensitivity(kind: str) -> int:
    """The level a note of this kind starts at (R-N4)."""
    return Sensitivity.RESTRICTED if kind in RESTRICTED_KINDS else Sensitivity.CONFIDENTIAL


def may_read_notes_of(person: Actor, case: Case) -> bool:
    """Whether somebody works on the case and reads notes, so that they may be named on one."""
    return person.may("cases.read_note") and bool(
        Case.objects.visible_to(person).filter(pk=case.pk).exists()
    )
