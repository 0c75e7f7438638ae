"""Pure answers about handoffs, where a permission alone is not enough."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import Agency, AgencyType
from cases.choices import HOLDS_AT_ONCE, LegalBasis
from core.actors import Actor
from core.choices import Sensitivity
from handoffs.choices import Section
from handoffs.models import Handoff
from handoffs.profiles import profile_for

# A legal duty and somebody's life need no agreement (domain.md 3.2, Handoff, invariant 6).
NEEDS_NO_AGREEMENT = (
    LegalBasis.LEGAL_OBLIGATION,
    LegalBasis.VITAL_INTERESTS,
    LegalBasis.MANDATORY_REPORT,
)
# What holds any of these is restricted (L3): what was done, and who is said to have done it.
RESTRICTED_SECTIONS = (Section.CONTENT_ORIGIN, Section.PEOPLE, Section.IDENTITIES)
# Whoever investigates or prosecutes must know what kind of harm it is (R-K10).
TOLD_THE_ORIGIN = (AgencyType.LAW_ENFORCEMENT, AgencyType.PROSECUTION)


def needs_agreement(legal_basis: str) -> bool:
    """Whether a handoff on this basis stands only with an agreement between the two agencies."""
    return legal_basis not in NEEDS_NO_AGREEMENT


def needs_second_person(handoff: Handoff) -> bool:
    """Whether it leaves only once somebody who wrote nothing of it authorised it.

    From L3 up it does (domain.md 3.2, Handoff, invariant 5). A life in danger and a mandatory
    report do not wait: their legal basis is looked at afterwards by a second person.
    """
    return handoff.legal_basis not in HOLDS_AT_ONCE and not set(handoff.sections).isdisjoint(
        RESTRICTED_SECTIONS
    )


def sections_for(receiver: Agency, chosen: Iterable[str]) -> list[str]:
    """The chosen kinds of data that this receiver may get, with the one that investigators always
    get, in reading order."""
    wanted = set(chosen)
    if receiver.type in TOLD_THE_ORIGIN:
        wanted.add(Section.CONTENT_ORIGIN)
    wanted &= profile_for(receiver.type).sections
    return [section.value for section in Section if section in wanted]


def kept_from(receiver: Agency, chosen: Iterable[str]) -> list[Section]:
    """The chosen kinds of data that an agency of this kind never gets (R-D2)."""
    given = profile_for(receiver.type).sections
    return [section for section in Section if section in set(chosen) and section not in given]


def is_sender(actor: Actor, handoff: Handoff) -> bool:
    """Whether the handoff leaves from the actor's agency."""
    return bool(handoff.from_agency_id == actor.agency_id)


def is_receiver(actor: Actor, handoff: Handoff) -> bool:
    """Whether the handoff is addressed to the actor's agency."""
    return bool(handoff.to_agency_id == actor.agency_id)


def can_read_sent_package(actor: Actor, handoff: Handoff) -> bool:
    """Whether somebody of the sender may see what was sent: names and notes keep their bar."""
    return (
        is_sender(actor, handoff)
        and (Section.IDENTITIES not in handoff.sections or actor.may("cases.show_identity"))
        and (
            Section.NOTES not in handoff.sections
            or (actor.may("cases.read_note") and actor.clearance >= Sensitivity.CONFIDENTIAL)
        )
    )
