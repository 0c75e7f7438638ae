"""The facts a decision about disclosure is made from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from cases.choices import ConsentStatus
from cases.disclosure import ConsentFacts, Facts, GroundFacts, Subject
from cases.models import CaseParticipant, Consent, LegalGround


def disclosure_facts(case_id: UUID) -> Facts:
    """People, consents and grounds of a case the caller has found for their actor.

    Whoever decides must know of every no, so whoever may disclose reads consent as well. Somebody
    who was erased is in no package any more and asked nothing: a sibling's yes carries alone.
    """
    return facts_of_cases([case_id])[case_id]


def facts_of_cases(case_ids: Collection[UUID]) -> dict[UUID, Facts]:
    """The same of many cases, in three queries."""
    roles: dict[UUID, dict[tuple[UUID, str], set[str]]] = defaultdict(lambda: defaultdict(set))
    places = CaseParticipant.objects.filter(case_id__in=case_ids, person__erased_on=None)
    for case_id, person_id, code, role in places.values_list(
        "case_id", "person_id", "person__code", "role"
    ):
        roles[case_id][(person_id, code)].add(role)
    consents: dict[UUID, list[ConsentFacts]] = defaultdict(list)
    asked = Consent.objects.filter(case_id__in=case_ids).exclude(status=ConsentStatus.DRAFT)
    for consent in asked:
        consents[consent.case_id].append(consent_facts(consent))
    grounds: dict[UUID, list[GroundFacts]] = defaultdict(list)
    for ground in LegalGround.objects.filter(case_id__in=case_ids):
        grounds[ground.case_id].append(ground_facts(ground))
    return {
        case_id: Facts(
            people=tuple(
                Subject(person_id=person_id, roles=frozenset(held), code=code)
                for (person_id, code), held in sorted(
                    roles[case_id].items(), key=lambda item: item[0][1]
                )
            ),
            consents=tuple(consents[case_id]),
            grounds=tuple(grounds[case_id]),
        )
        for case_id in case_ids
    }


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
