"""Asking `cases.disclosure.may_disclose` on behalf of a handoff, at every moment it matters."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from accounts.models import Agency, AgencyType
from cases.choices import GroundStatus, Scope
from cases.disclosure import (
    BY_PERSON,
    Asked,
    ConsentFacts,
    Facts,
    GroundFacts,
    Subject,
    Verdict,
    may_disclose,
)
from cases.selectors.disclosure import disclosure_facts
from handoffs.choices import Section
from handoffs.models import Handoff
from handoffs.policies import TOLD_THE_ORIGIN

# What a survivor has to agree to before this kind of agency may be told anything.
PURPOSE_OF: dict[str, Scope] = {
    AgencyType.LAW_ENFORCEMENT: Scope.SHARE_WITH_LAW_ENFORCEMENT,
    AgencyType.PROSECUTION: Scope.USE_IN_PROSECUTION,
    AgencyType.COURT: Scope.USE_IN_PROSECUTION,
    AgencyType.RESEARCH: Scope.RESEARCH,
}


def purposes_for(sender: Agency, receiver: Agency) -> frozenset[str]:
    """The scopes that a handoff between two agencies needs, all of them."""
    purpose = PURPOSE_OF.get(receiver.type, Scope.SERVICE_REFERRAL)
    if _crosses(sender, receiver):
        return frozenset({purpose.value, Scope.CROSS_BORDER_TRANSFER.value})
    return frozenset({purpose.value})


def asked_of(handoff: Handoff, on: date) -> Asked:
    """What a handoff wants to disclose."""
    sender, receiver = handoff.from_agency, handoff.to_agency
    return Asked(
        basis=handoff.legal_basis,
        purposes=purposes_for(sender, receiver),
        on=on,
        recipient_id=receiver.pk,
        country=receiver.country if _crosses(sender, receiver) else "",
        categories=frozenset(handoff.sections),
        to_investigators=receiver.type in TOLD_THE_ORIGIN,
    )


def verdict_of(handoff: Handoff, on: date | None = None) -> Verdict:
    """May this handoff's sections leave today, by the case's facts? For the sender's side."""
    return may_disclose(
        asked_of(handoff, on or timezone.localdate()), disclosure_facts(handoff.case_id)
    )


def would_carry(handoff: Handoff) -> bool:
    """Whether everything the handoff asks could leave once what waits for approval is approved."""
    facts = disclosure_facts(handoff.case_id)
    approved = tuple(
        replace(ground, status=GroundStatus.APPROVED)
        if ground.status == GroundStatus.PROPOSED
        else ground
        for ground in facts.grounds
    )
    verdict = may_disclose(
        asked_of(handoff, timezone.localdate()), replace(facts, grounds=approved)
    )
    return verdict.allowed and not verdict.withheld


def what_leaves(handoff: Handoff, verdict: Verdict) -> list[str]:
    """The sections of which something may leave, in reading order."""
    people = disclosure_facts(handoff.case_id).people
    return [
        section.value
        for section in Section
        if section in handoff.sections
        and (
            any(verdict.lets(section, person.person_id) for person in people)
            if section in BY_PERSON
            else verdict.lets(section)
        )
    ]


def everybody_in(case_id: UUID) -> list[UUID]:
    """Ids of everybody in the case now: whose yes counted when something left."""
    return sorted(person.person_id for person in disclosure_facts(case_id).people)


def still_carried(handoff: Handoff, facts: Facts, on: date | None = None) -> bool:
    """Whether everything that left may still be seen by its receiver.

    Only those count who were in the case when it left: the package holds nobody else. Nothing is
    carried to an agency that was closed.
    """
    if not handoff.to_agency.is_active:
        return False
    known = frozenset(handoff.subject_ids)
    then = Facts(
        people=tuple(person for person in facts.people if person.person_id in known),
        consents=facts.consents,
        grounds=facts.grounds,
    )
    verdict = may_disclose(asked_of(handoff, on or timezone.localdate()), then)
    return verdict.allowed and {one.key for one in verdict.withheld} <= set(handoff.withheld)


def facts_for_receiver(handoff_id: UUID) -> Facts:
    """The facts behind an accepted handoff; none at all where the database does not answer."""
    return facts_behind(handoff_id) or Facts()


def facts_behind(handoff_id: UUID) -> Facts | None:
    """The coded facts behind a handoff, as an outsider's own connection may see them.

    Its receiver, who oversees what left without consent, and what stops it when time ends it see
    neither the case nor a consent; the database answers this one question, and them alone: None
    for anybody else.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT liwanag_disclosure_facts(%s)", [handoff_id])
        (answer,) = cursor.fetchone()
    if answer is None:
        return None
    found: dict[str, Any] = json.loads(answer) if isinstance(answer, str) else answer
    roles: dict[UUID, set[str]] = {}
    for place in found["people"]:
        roles.setdefault(UUID(place["person_id"]), set()).add(place["role"])
    return Facts(
        people=tuple(Subject(person_id, frozenset(held)) for person_id, held in roles.items()),
        consents=tuple(
            ConsentFacts(
                id=UUID(one["id"]),
                person_id=UUID(one["person_id"]),
                status=one["status"],
                child_assent=one["child_assent"],
                scopes=frozenset(one["scopes"]),
                recipients=frozenset(map(UUID, one["recipients"])),
                categories=frozenset(one["categories"]),
                countries=frozenset(one["countries"]),
                valid_from=_day(one["valid_from"]),
                valid_until=_day(one["valid_until"]),
            )
            for one in found["consents"]
        ),
        grounds=tuple(
            GroundFacts(
                id=UUID(one["id"]),
                status=one["status"],
                basis=one["basis"],
                person_id=UUID(one["person_id"]) if one["person_id"] else None,
                purposes=frozenset(one["purposes"]),
                recipient_id=UUID(one["recipient_id"]) if one["recipient_id"] else None,
                categories=frozenset(one["categories"]),
                valid_from=date.fromisoformat(one["valid_from"]),
                valid_until=_day(one["valid_until"]),
            )
            for one in found["grounds"]
        ),
    )


def _crosses(sender: Agency, receiver: Agency) -> bool:
    return bool(sender.country and receiver.country and sender.country != receiver.country)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
