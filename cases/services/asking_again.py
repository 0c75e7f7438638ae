"""Consents that something learnt later has undone: they cover nothing until asked again.

What is learnt of a person counts in every case there is. The database looks, and sets the step,
where the actor does not see; what rested on it in such a case is stopped by the next round of
`handoffs.stop_uncovered`, and opens to nobody meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from audit.acting import Act
from cases.choices import FOR_A_CHILD, AskAgain, ChildAssent
from cases.jurisdictions import capacity_in
from cases.majority import day_of_age
from cases.models import Consent, Person
from cases.services.consequences import hold_disclosures, stop_what_nothing_carries


@dataclass(frozen=True)
class InForce:
    """The coded part of a consent in force, of any case, that a person is in."""

    id: UUID
    case_id: UUID
    country: str
    given_by: str
    child_assent: str
    valid_until: date
    recorded_by_id: UUID
    is_theirs: bool
    in_conflict: bool


def ask_again_by_age(act: Act, person: Person, details: Mapping[str, Any]) -> int:
    """A birth date was corrected: who decides may have changed (R-K3, R-K6).

    A guardian's consent that would outlive the 18th birthday, and what somebody agreed to alone
    who turns out to be a child, cover nothing from now on. Part of the act that corrects it.

    Returns:
        How many are to be asked again.
    """
    today = timezone.localdate()

    def why(consent: InForce) -> str:
        if not consent.is_theirs:
            return ""
        capacity = capacity_in(consent.country)
        adult = day_of_age(capacity.adult_at, details, person.birth_year)
        if adult is None:
            return ""
        by_guardian = consent.given_by in FOR_A_CHILD
        for_a_child = by_guardian or consent.child_assent != ChildAssent.NOT_APPLICABLE
        if for_a_child and consent.valid_until >= adult:
            return AskAgain.TURNED_18
        if by_guardian or today >= adult:
            return ""
        # Given as a child, with a named decision-maker: old enough for that still?
        alone = day_of_age(capacity.alone_from, details, person.birth_year)
        decided = consent.child_assent == ChildAssent.GIVEN
        return "" if decided and alone and today >= alone else AskAgain.IS_A_CHILD

    return _ask_again(act, person.pk, why)


def ask_again_where_conflict(act: Act, person_id: UUID) -> int:
    """A person became an alleged offender, or a household changed: whoever answered or interpreted
    may not any more (R-C5, R-K4). Part of the act that records it.

    Returns:
        How many are to be asked again.
    """
    return _ask_again(act, person_id, lambda one: AskAgain.CONFLICT if one.in_conflict else "")


def _ask_again(act: Act, person_id: UUID, why: Callable[[InForce], str]) -> int:
    done = 0
    for consent in _in_force(person_id):
        because = why(consent)
        if not because:
            continue
        hold_disclosures(consent.case_id)
        if not _step(consent.id, because):
            # Taken back or replaced a moment ago.
            continue
        stopped = stop_what_nothing_carries(act, consent.case_id)
        act.record(
            "consent.to_ask_again",
            Consent(pk=consent.id, case_id=consent.case_id),
            fields=["status"],
            facts={"because": str(because), "handoffs_stopped": stopped},
        )
        act.after_commit("cases.tell", str(consent.recorded_by_id))
        done += 1
    return done


def _in_force(person_id: UUID) -> list[InForce]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM liwanag_consents_undone_by(%s)", [person_id])
        return [InForce(*row) for row in cursor.fetchall()]


def _step(consent_id: UUID, because: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT liwanag_ask_consent_again(%s, %s)", [consent_id, str(because)])
        return bool(cursor.fetchone()[0])
