"""What follows when the ground under a disclosure moves: higher apps say what they stop.

`handoffs` registers in its `apps.py`, since imports run one way. Every consequence runs in the act
that moved the ground, so that a withdrawal is either whole or not made at all (R-K2).
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db import connection

from audit.acting import Act

# Takes the open act and the case, stops what nothing carries any more, returns how much it was.
Consequence = Callable[[Act, UUID], int]
CONSEQUENCES: list[Consequence] = []
# First of the two numbers of the lock; the second is the case's.
DISCLOSURES = 1207


def register_consequence(consequence: Consequence) -> None:
    """Add a consequence. Called once by a higher app's `apps.py`."""
    CONSEQUENCES.append(consequence)


def hold_disclosures(case_id: UUID) -> None:
    """Let nobody else decide about this case's disclosures until the act ends.

    Taken first by whatever lets something leave and by whatever moves the ground under it: a
    handoff sent in the very moment of a withdrawal is either refused or stopped, never missed.
    Not the row of the case, which a data protection officer does not see.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [DISCLOSURES, str(case_id)]
        )


def stop_what_nothing_carries(act: Act, case_id: UUID) -> int:
    """Run every consequence for a case. Returns how many disclosures were stopped."""
    hold_disclosures(case_id)
    return sum(consequence(act, case_id) for consequence in CONSEQUENCES)
