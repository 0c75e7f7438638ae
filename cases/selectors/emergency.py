"""Emergency access as pages show it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from core.actors import Actor


@dataclass(frozen=True)
class LiveEmergency:
    """Emergency access that is open now: the banner on every page while it is.

    `hidden` says that a conflict of interest, declared since, hides the case again.
    """

    id: UUID
    case_id: UUID
    reference: str
    minutes_left: int
    hidden: bool


def live_emergencies(actor: Actor, at: datetime) -> list[LiveEmergency]:
    """The actor's own, soonest to end first; empty outside a reading or an act."""
    if not actor.may("cases.break_glass") or not connection.in_atomic_block:
        return []
    if connection.needs_rollback:
        return []
    with connection.cursor() as cursor:
        # A function of the database's, for the one question: it knows no other actor.
        cursor.execute(
            "SELECT id, case_id, reference, until, "
            "case_id = ANY ((SELECT liwanag_hidden_cases())::uuid[]) FROM liwanag_my_emergencies()"
        )
        rows = cursor.fetchall()
    return [
        LiveEmergency(pk, case_id, reference, math.ceil((until - at).total_seconds() / 60), hidden)
        for pk, case_id, reference, until, hidden in rows
        if until > at
    ]
