"""What follows when the ground under a disclosure moves: higher apps say what they stop.

`handoffs` registers in its `apps.py`, since imports run one way. Every consequence runs in the act
that moved the ground, so that a withdrawal is either whole or not made at all (R-K2).
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from audit.acting import Act

# Takes the open act and the case, stops what nothing carries any more, returns how much it was.
Consequence = Callable[[Act, UUID], int]
CONSEQUENCES: list[Consequence] = []


def register_consequence(consequence: Consequence) -> None:
    """Add a consequence. Called once by a higher app's `apps.py`."""
    CONSEQUENCES.append(consequence)


def stop_what_nothing_carries(act: Act, case_id: UUID) -> int:
    """Run every consequence for a case. Returns how many disclosures were stopped."""
    return sum(consequence(act, case_id) for consequence in CONSEQUENCES)
