"""A second person: who may decide about what somebody else asked for, in one place.

Every "somebody else has to decide" of the product asks here. In a small agency there may be nobody
else: under the small-agency profile the same person may decide, and somebody else looks at it
afterwards; an external approver, where one is named. Never so for what cannot be taken back or
leaves for everybody: `NEVER_ALONE`, which constraints of the tables hold as well, small or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from core.actors import Actor


class Matter(StrEnum):
    CLOSE_CASE = "close_case"
    WAIVE_DUTY = "waive_duty"
    APPROVE_GROUND = "approve_ground"
    AUTHORISE_HANDOFF = "authorise_handoff"
    DECIDE_IN_DANGER = "decide_in_danger"
    APPROVE_PLAN = "approve_plan"
    ERASE = "erase"
    PUBLISH = "publish"
    BULK_EXPORT = "bulk_export"
    RELEASE_COPY = "release_copy"


# A person's copy is read through for what others said in confidence; once handed over it is out.
NEVER_ALONE = frozenset({Matter.ERASE, Matter.PUBLISH, Matter.BULK_EXPORT, Matter.RELEASE_COPY})


@dataclass(frozen=True)
class Standing:
    """Whether the actor may decide, and whether they are then alone in it, to be looked at."""

    may: bool
    alone: bool = False


def second_person(actor: Actor, *, first_id: UUID | None, matter: Matter) -> Standing:
    """Whether `actor` may decide about what `first_id` asked for or began.

    Args:
        first_id: the person whose asking it is; None where nobody is on record.
        matter: what is decided.
    """
    if first_id != actor.pk:
        return Standing(may=True)
    if matter in NEVER_ALONE or not actor.works_in_small_agency:
        return Standing(may=False)
    return Standing(may=True, alone=True)
