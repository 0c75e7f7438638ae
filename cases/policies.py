"""Pure answers about people and records, where a permission alone is not enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.second_person import Matter, second_person
from cases.choices import OTHER_END, RESTRICTED_KINDS, Kinship, ParticipantRole
from cases.models import CaseParticipant, Person, RelationshipLink, SafeContact, SubjectCopy
from cases.querysets import kinds_at_l3
from core.actors import Actor
from core.choices import Sensitivity


def default_sensitivity(kind: str) -> int:
    """The level a note of this kind starts at (R-N4)."""
    return Sensitivity.RESTRICTED if kind in RESTRICTED_KINDS else Sensitivity.CONFIDENTIAL


def may_read_note(person: Actor, kind: str, level: int) -> bool:
    """Whether somebody's role opens a note of this kind and level in a case they see."""
    return person.may("cases.read_note") and (
        level <= person.clearance
        or (level == Sensitivity.RESTRICTED and kind in kinds_at_l3(person))
    )


@dataclass(frozen=True)
class Answer:
    """Yes, or no with the reason in words for the person who asked."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


def may_decide_on_copy(actor: Actor, copy: SubjectCopy) -> bool:
    """Whether somebody reads a person's copy through and releases it: a second person, whoever
    they are; nobody is alone, small agency or not."""
    second = second_person(actor, first_id=copy.asked_by_id, matter=Matter.RELEASE_COPY)
    return actor.may("cases.release_copy") and second.may


def is_accused(person_id: UUID) -> bool:
    """Whether a person is an alleged offender, not cleared, in any case.

    Cases that the asker does not see count too: the database answers for a person they see.
    """
    return _ask("SELECT liwanag_is_accused(%s)", [person_id])


def lives_with_accused(person_id: UUID, on: date) -> bool:
    """Whether a person may have shared a household with an alleged offender on a day."""
    return _ask("SELECT liwanag_lives_with_accused(%s, %s)", [person_id, on])


def may_speak_for(person: Person, survivor: Person, at: date | None = None) -> Answer:
    """Whether a person may be contact, emergency contact, interpreter or consent giver (R-C5).

    Args:
        at: the day it is about; today when left out.

    Returns:
        No, with the reason, for an alleged offender, a child displaying harmful sexual behaviour,
        and anybody who shares a household with an alleged offender, as far as is known. What is
        not known about dates counts against. A survivor always speaks for themselves.
    """
    if person.pk == survivor.pk:
        return Answer(True)
    if is_accused(person.pk):
        return Answer(
            False,
            _("This person is an alleged offender and cannot speak for the survivor."),
        )
    harmful = CaseParticipant.objects.filter(
        person_id=person.pk, role=ParticipantRole.CHILD_DISPLAYING_HSB
    )
    if harmful.exists():
        return Answer(
            False, _("A child whose behaviour harmed others cannot speak for a survivor.")
        )
    if lives_with_accused(person.pk, at or timezone.localdate()):
        return Answer(
            False,
            _(
                "This person shares a household with an alleged offender and cannot speak for the "
                "survivor. Choose somebody else, or record when they moved out."
            ),
        )
    return Answer(True)


# Who would speak for a child, if nothing spoke against them.
PARENTS = (Kinship.PARENT, Kinship.STEP_PARENT)
LOOKS_AFTER = (*PARENTS, Kinship.GRANDPARENT, Kinship.CAREGIVER_NOT_RELATED)
GUARDIAN_ROLES = (ParticipantRole.LEGAL_GUARDIAN, ParticipantRole.PROTECTIVE_CAREGIVER)


def is_to(person_id: UUID, of_person_id: UUID, case_id: UUID, kinds: Sequence[str]) -> bool:
    """Whether a case records that one person is to another what one of `kinds` says."""
    links = RelationshipLink.objects.filter(case_id=case_id)
    other_ends = [OTHER_END[kind] for kind in kinds if kind in OTHER_END]
    return bool(
        links.filter(person=person_id, of_person=of_person_id, detail__in=kinds).exists()
        or links.filter(person=of_person_id, of_person=person_id, detail__in=other_ends).exists()
    )


def guardian_is_implicated(survivor: Person, case_id: UUID) -> bool:
    """Whether somebody of the case who would speak for a child may not (R-K4): then a guardian of
    the state or a best-interest determination is needed."""
    others = CaseParticipant.objects.filter(case_id=case_id).exclude(person=survivor)
    return any(
        (place.role in GUARDIAN_ROLES or is_to(place.person_id, survivor.pk, case_id, LOOKS_AFTER))
        and not may_speak_for(place.person, survivor)
        for place in others.select_related("person")
    )


def who_answers_may(contact: SafeContact) -> Answer:
    """Whether everybody named in safe-contact instructions may still speak for the survivor (R-C5).

    Somebody who became an alleged offender, or moved in with one, since the instructions were
    recorded is called by nobody on their account.
    """
    for other in (contact.answered_by, contact.interpreter):
        if other is not None and not (answer := may_speak_for(other, contact.person)):
            return answer
    return Answer(True)


def _ask(query: str, values: list[Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return bool(cursor.fetchone()[0])
