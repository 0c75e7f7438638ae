"""Who may be in a file of many cases, with which kinds of data. Pure: facts in, answer out.

Asked of `cases.disclosure.may_disclose` case by case: when the file is made, and again each time
it is taken.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from accounts.models import Agency
from cases.choices import LegalBasis, Scope
from cases.disclosure import COUNTED, Asked, Facts, may_disclose
from handoffs.choices import ExportPurpose, Section, WhoSaidNo
from handoffs.disclosing import purposes_for
from handoffs.policies import TOLD_THE_ORIGIN
from handoffs.profiles import RESEARCH, profile_for

# Free text leaves by a handoff, one case at a time.
LEAVES_IN_BULK = frozenset(Section.values) - {Section.NOTES.value}


@dataclass(frozen=True)
class Terms:
    """What an export asks: for what, for whom, which kinds of data, from whom."""

    purpose: str
    sections: frozenset[str]
    who_said_no: str
    sender: Agency
    recipient: Agency | None


@dataclass(frozen=True)
class Carried:
    """Who is in the file, and the kinds of data it holds; the same of everybody."""

    places: frozenset[UUID]
    held: tuple[str, ...]


def most_for(purpose: str, recipient: Agency | None) -> frozenset[str]:
    """The kinds of data that an export for this purpose and agency may hold at most (R-D2)."""
    if recipient is None:
        return frozenset(Section.values)
    most = LEAVES_IN_BULK & profile_for(recipient.type).sections
    return most & RESEARCH.sections if purpose == ExportPurpose.RESEARCH else most


def asked_of(terms: Terms, on: date) -> Asked:
    """The question to `may_disclose`. It rests on consent alone: what the law lets out without it
    leaves case by case, with a reason and an approver."""
    if terms.recipient is None:
        return Asked(
            basis=LegalBasis.CONSENT, purposes=frozenset({Scope.CASE_MANAGEMENT.value}), on=on
        )
    purposes = purposes_for(terms.sender, terms.recipient)
    crossing = purposes & {Scope.CROSS_BORDER_TRANSFER.value}
    country = terms.recipient.country if crossing else ""
    if terms.purpose == ExportPurpose.RESEARCH:
        # Whoever agrees to research agrees to it without names, and names no agency either.
        return Asked(
            basis=LegalBasis.CONSENT,
            purposes=crossing | {Scope.RESEARCH.value},
            on=on,
            country=country,
        )
    return Asked(
        basis=LegalBasis.CONSENT,
        purposes=purposes,
        on=on,
        recipient_id=terms.recipient.pk,
        country=country,
        categories=terms.sections,
        to_investigators=terms.recipient.type in TOLD_THE_ORIGIN,
    )


def what_is_carried(
    terms: Terms,
    places: Mapping[UUID, tuple[UUID, UUID]],
    facts: Mapping[UUID, Facts],
    on: date,
) -> Carried:
    """Who may be in the file, and with what.

    Args:
        places: place → (case, person), of those who are asked about.
        facts: of each of those cases.
    """
    asked = asked_of(terms, on)
    verdicts = {case_id: may_disclose(asked, known) for case_id, known in facts.items()}
    kinds: dict[UUID, frozenset[str]] = {}
    for place_id, (case_id, person_id) in places.items():
        verdict = verdicts[case_id]
        if not asked.categories:
            # No kind of data is asked about, but the person is.
            kinds[place_id] = terms.sections if verdict.lets(COUNTED, person_id) else frozenset()
        else:
            kinds[place_id] = frozenset(
                section for section in terms.sections if verdict.lets(section, person_id)
            )
    if terms.who_said_no == WhoSaidNo.PEOPLE:
        whole = {place_id for place_id, given in kinds.items() if given == terms.sections}
        return Carried(frozenset(whole), _ordered(terms.sections if whole else ()))
    some = {place_id: given for place_id, given in kinds.items() if given}
    held = frozenset(terms.sections).intersection(*some.values()) if some else frozenset()
    return Carried(frozenset(some) if held else frozenset(), _ordered(held))


def _ordered(sections: Collection[str]) -> tuple[str, ...]:
    return tuple(section.value for section in Section if section in sections)
