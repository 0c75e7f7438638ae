"""The facts a decision about disclosure is made from."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from cases.choices import ConsentStatus
from cases.disclosure import ConsentFacts, Facts, GroundFacts, Subject
from cases.models import CaseParticipant, Consent, LegalGround


def disclosure_facts(case_id: UUID) -> Facts:
    """People, consents and grounds of a case the caller has found for their actor.

    Whoever decides must know of every no, so whoever may disclose reads consent as well. Somebody
    who was erased is in no package any more and asked nothing: a sibling's yes carries alone.
    """
    roles: dict[tuple[UUID, str], set[str]] = defaultdict(set)
    places = CaseParticipant.objects.filter(case_id=case_id, person__erased_on=None)
    for person_id, code, role in places.values_list("person_id", "person__code", "role"):
        roles[(person_id, code)].add(role)
    return Facts(
        people=tuple(
            Subject(person_id=person_id, roles=frozenset(held), code=code)
            for (person_id, code), held in sorted(roles.items(), key=lambda item: item[0][1])
        ),
        consents=tuple(
            consent_facts(consent)
            for consent in Consent.objects.filter(case_id=case_id).exclude(
                status=ConsentStatus.DRAFT
            )
        ),
        grounds=tuple(
            ground_facts(ground) for ground in LegalGround.objects.filter(case_id=case_id)
        ),
    )


def consent_facts(consent: Consent) -> ConsentFacts:
    """The coded part of a consent."""
    return ConsentFacts(
        id=consent.pk,
        person_id=consent.person_id,
        status=consent.status,
        child_assent=consent.child_assent,
        scopes=frozenset(consent.scopes),
        recipients=frozenset(consent.recipients),
        categories=frozenset(consent.categories),
        countries=frozenset(consent.countries),
        valid_from=consent.valid_from,
        valid_until=consent.valid_until,
    )


def ground_facts(ground: LegalGround) -> GroundFacts:
    """The coded part of a legal ground."""
    return GroundFacts(
        id=ground.pk,
        status=ground.status,
        basis=ground.basis,
        person_id=ground.person_id,
        purposes=frozenset(ground.purposes),
        recipient_id=ground.recipient_id,
        categories=frozenset(ground.categories),
        valid_from=ground.valid_from,
        valid_until=ground.valid_until,
    )
