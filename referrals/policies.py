"""Answers that a role alone does not give."""

from __future__ import annotations

from accounts.second_person import Matter, Standing, second_person
from core.actors import Actor
from core.choices import Sensitivity
from core.errors import DomainError
from referrals.models import Referral


def can_read_summary(actor: Actor) -> bool:
    """The summary is L3: for those cleared for it, and for the desk that decides by it.

    Source: read matrix of domain.md 5, "intake officer: referral summary".
    """
    return actor.clearance >= Sensitivity.RESTRICTED or actor.may("referrals.start_triage")


def needs_second_person(actor: Actor, referral: Referral) -> bool:
    """Whether `actor` started the triage of a referral in danger, so that another must decide
    that it is not ours.

    Source: domain.md 3.2, two-person rule.
    """
    return not second_person_for(actor, referral).may


def second_person_for(actor: Actor, referral: Referral) -> Standing:
    """Who may decide about a child in danger; one of a small agency alone, to be looked at."""
    started = referral.triaged_by_id or referral.assigned_to_id
    first = started if referral.in_danger else None
    return second_person(actor, first_id=first, matter=Matter.DECIDE_IN_DANGER)


class KnownNumber(DomainError):
    """A desk of the actor's has a referral with this number of this kind of source."""

    code = "known_number"


class SecondPersonNeeded(DomainError):
    """One person alone may not decline a referral about a child in danger."""

    code = "second_person_needed"
