"""What speaks against clearing an alleged offender by hand (R-A6).

Whoever is called acquitted or discharged is sealed at once, and may speak for a child again. Like a
tab, a higher app registers what it knows in its `apps.py`: `register_clearing_guard(still_tried)`,
a function of the participant giving a sentence for whoever tries, or "" where nothing speaks
against it.
"""

from __future__ import annotations

from collections.abc import Callable

from cases.choices import CLEARED
from cases.models import CaseParticipant
from core.errors import DomainError

Guard = Callable[[CaseParticipant], str]
GUARDS: list[Guard] = []


def register_clearing_guard(guard: Guard) -> None:
    """Add what another app knows. Called once by its `apps.py`."""
    GUARDS.append(guard)


def check_clearing(place: CaseParticipant, to: str) -> None:
    """Ask every guard before somebody is cleared by hand.

    Raises:
        DomainError: somebody else has to say first how it ended.
    """
    if to not in CLEARED:
        return
    for guard in GUARDS:
        if sentence := guard(place):
            raise DomainError(sentence, code="not_cleared_yet", field="to")
