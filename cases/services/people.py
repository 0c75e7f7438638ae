"""Adding people to a case, and opening who they are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.acting import acting
from cases.choices import (
    ALLEGED_OFFENDERS,
    Gender,
    IdentityPurpose,
    LegalStatus,
    ParticipantRole,
)
from cases.models import Case, CaseParticipant, Person, PersonIdentity
from cases.person_index import index_person
from cases.selectors.safety import contact_held_back, without_contact
from cases.services.cases import COUNTRY
from cases.text_rules import check_values
from core.actors import Actor
from core.errors import DomainError
from vault.commitments import commit
from vault.errors import CannotOpen
from vault.keys import make_keys

EARLIEST_BIRTH_YEAR = 1900
ADULT = 18
# Nobody is shown by a picture here (R-U6), under whatever name one might be sent.
PICTURE = re.compile(r"photo|picture|image|avatar|portrait|selfie|face", re.IGNORECASE)
IDENTITY_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")


def add_participant(
    *,
    actor: Actor,
    case_id: UUID,
    role: str,
    legal_status: str = LegalStatus.NOT_APPLICABLE,
    gender: str = Gender.UNKNOWN,
    birth_year: int | None = None,
    citizenships: Sequence[str] = (),
    identity: Mapping[str, Any] | None = None,
) -> CaseParticipant:
    """Add a person to a case under a fresh code; who they are is sealed under their own key.

    Args:
        legal_status: required for an alleged offender, and only for one.
        citizenships: ISO 3166 alpha-2 codes.
        identity: what is known of who they are: names, birthdate, phones, address …

    Raises:
        Case.DoesNotExist: not visible to the actor.
        DomainError: an unknown code, or a role and a legal status that do not go together.
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).get(pk=case_id)
        act.authorise("cases.add_participant", case)
        check_role(role, legal_status, birth_year=birth_year)
        known = checked_identity(identity)
        person = Person(
            gender=_one_of(gender, Gender.values, field="gender"),
            birth_year=_checked_year(birth_year),
            citizenships=_checked_countries(citizenships),
        )
        # In this order: row security shows a person through their place in a case.
        person.save(force_insert=True)
        make_keys([("person", person.pk)])
        participant = CaseParticipant(
            case=case, person=person, role=role, legal_status=legal_status
        )
        participant.save(force_insert=True)
        if known:
            PersonIdentity(person=person, details=known).save(force_insert=True)
            index_person(person.pk, known)
        act.record(
            "participant.added",
            participant,
            fields=sorted(known),
            facts={"role": str(role), "person": str(person.pk)},
            commitment=commit(
                act.id, "cases.caseparticipant", participant.pk, known, ("person", person.pk)
            )
            if known
            else None,
        )
    return participant


def show_identity(
    *, actor: Actor, person_id: UUID, purpose: str, session_mark: str = ""
) -> dict[str, Any]:
    """Open who somebody is. The event is in the log before anything is handed back.

    Args:
        purpose: one of `IdentityPurpose`; it stands in the log.
        session_mark: of the session in which the safe-contact instructions were acknowledged.

    Returns:
        The details as they were given; empty when none were. Telephone numbers, addresses and the
        like of a survivor or somebody close to one are left out until the instructions were
        acknowledged in this session (R-C1).

    Raises:
        Person.DoesNotExist: not visible to the actor.
        DomainError: no purpose was chosen.
        vault.errors.CannotOpen: the details do not open. That was reported and stays recorded.
    """
    closed: CannotOpen | None = None
    details: dict[str, Any] = {}
    with acting(actor) as act:
        person = Person.objects.visible_to(actor).get(pk=person_id)
        act.authorise("cases.show_identity", person)
        if purpose not in IdentityPurpose.values:
            raise DomainError(_("Choose why you need to see this."), field="purpose")
        if person.erased_on is not None:
            raise DomainError(_("This person was erased. Nothing is left to show."))
        identity = PersonIdentity.objects.visible_to(actor).filter(person=person).first()
        try:
            details = identity.details if identity else {}
        except CannotOpen as unreadable:
            closed = unreadable
        if contact_held_back(actor, person_id, session_mark):
            details = without_contact(details)
        places = CaseParticipant.objects.visible_to(actor).filter(person=person)
        # One event for every case the person is seen in: each case's own history shows it.
        for case_id in sorted(set(places.values_list("case_id", flat=True))):
            if closed:
                act.record("text.unreadable", identity, fields=["details"], case_id=case_id)
            else:
                act.record(
                    "identity.shown",
                    person,
                    fields=sorted(details),
                    purpose=purpose,
                    case_id=case_id,
                    commitment=commit(
                        act.id, "cases.person", person.pk, details, ("person", person.pk)
                    ),
                )
    if closed:
        raise closed
    return details


def check_role(role: str, legal_status: str, *, birth_year: int | None = None) -> None:
    """Whether a role, a legal status and an age go together.

    Raises:
        DomainError: they do not. A child is never put among alleged offenders (R-A7).
    """
    _one_of(role, ParticipantRole.values, field="role")
    _one_of(legal_status, LegalStatus.values, field="legal_status")
    alleged = role in ALLEGED_OFFENDERS
    if alleged and legal_status == LegalStatus.NOT_APPLICABLE:
        raise DomainError(
            _("Say where the law stands with this person, such as “person of interest”."),
            field="legal_status",
        )
    if alleged and birth_year is not None and timezone.localdate().year - birth_year < ADULT:
        raise DomainError(
            _("A child is never listed with alleged offenders. Choose “%(role)s”.")
            % {"role": ParticipantRole.CHILD_DISPLAYING_HSB.label},
            field="role",
        )
    if not alleged and legal_status != LegalStatus.NOT_APPLICABLE:
        raise DomainError(
            _("Only an alleged offender has a legal status. Choose “Not applicable”."),
            field="legal_status",
        )


def _one_of(code: str, codes: Sequence[str], *, field: str) -> str:
    if code not in codes:
        raise DomainError(_("Choose one of the answers."), field=field)
    return code


def _checked_year(year: int | None) -> int | None:
    latest = timezone.localdate().year
    if year is not None and not EARLIEST_BIRTH_YEAR <= year <= latest:
        raise DomainError(
            _("Give a year from %(first)d to %(last)d.")
            % {"first": EARLIEST_BIRTH_YEAR, "last": latest},
            field="birth_year",
        )
    return year


def _checked_countries(countries: Sequence[str]) -> list[str]:
    codes = [country.strip().upper() for country in countries]
    if not all(COUNTRY.fullmatch(code) for code in codes):
        raise DomainError(_("Give each country as two letters, such as PH."), field="citizenships")
    return list(dict.fromkeys(codes))


def checked_identity(identity: Mapping[str, Any] | None) -> dict[str, Any]:
    """What was filled in, ready to be sealed: text, numbers and lists; dates as ISO text."""
    known: dict[str, Any] = {}
    for key, value in (identity or {}).items():
        if not IDENTITY_KEY.fullmatch(key):
            raise DomainError(_("One of the details has no proper name."), field="identity")
        if PICTURE.search(key):
            raise DomainError(
                _("Pictures of people are not kept here, and nobody is matched by their face."),
                code="picture_refused",
                field="identity",
            )
        if value in (None, "", [], {}):
            continue
        known[key] = value.isoformat() if isinstance(value, date) else value
    check_values(known, field="identity")
    return known
