"""The people of a case, in circles around the child."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.choices import ALLEGED_OFFENDERS, ParticipantRole, PersonNeed
from cases.models import Case, CaseParticipant, IdentityCorrection, PersonIdentity
from cases.selectors.safety import without_contact
from core.actors import Actor
from core.languages import name_of
from core.ui.dates import spell
from vault.opening import opened

DAY = re.compile(r"\d{4}-\d\d-\d\d")
# Children who display harmful behaviour never stand beside adult alleged offenders (R-A7).
CIRCLES: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (
        gettext_lazy("Survivors and children at risk"),
        (ParticipantRole.SURVIVOR, ParticipantRole.AT_RISK_CHILD),
    ),
    (
        gettext_lazy("Children displaying harmful sexual behaviour"),
        (ParticipantRole.CHILD_DISPLAYING_HSB,),
    ),
    (
        gettext_lazy("Family, support and witnesses"),
        (
            ParticipantRole.PROTECTIVE_CAREGIVER,
            ParticipantRole.LEGAL_GUARDIAN,
            ParticipantRole.SUPPORT_PERSON,
            ParticipantRole.HOUSEHOLD_MEMBER,
            ParticipantRole.WITNESS,
            ParticipantRole.REPORTER,
        ),
    ),
    (gettext_lazy("Alleged offenders"), ALLEGED_OFFENDERS),
)


@dataclass(frozen=True)
class Circle:
    """People of a case who stand in a like place to it."""

    title: str
    places: list[CaseParticipant]


def people_of(actor: Actor, case: Case) -> list[Circle]:
    """The people of a visible case by code, in circles; empty circles are left out.

    Each place has `has_identity`: whether who the person is has been recorded.
    """
    places = list(
        CaseParticipant.objects.visible_to(actor)
        .filter(case=case)
        .select_related("person")
        .annotate(
            has_identity=Exists(PersonIdentity.objects.filter(person_id=OuterRef("person_id")))
        )
        .order_by("person__code")
    )
    circles = [
        Circle(str(title), [place for place in places if place.role in roles])
        for title, roles in CIRCLES
    ]
    return [circle for circle in circles if circle.places]


def people_to_name(actor: Actor, case: Case) -> list[tuple[Any, str]]:
    """(person id, code and place) of the people of a visible case, to choose from.

    Nothing is written about somebody who was erased.
    """
    places = (
        CaseParticipant.objects.visible_to(actor)
        .filter(case=case, person__erased_on=None)
        .select_related("person")
        .order_by("person__code")
    )
    return [(place.person_id, f"{place.person.code} · {place.label}") for place in places]


def person_facts(place: CaseParticipant) -> list[tuple[str, Any]]:
    """What stands in clear about a person: codes and years, never who they are."""
    person = place.person
    return [
        (_("Gender"), person.get_gender_display()),
        (_("Year of birth"), str(person.birth_year or "")),
        (_("Citizenship"), ", ".join(person.citizenships)),
        (_("Languages"), ", ".join(name_of(code) for code in person.languages)),
        (_("Interpreter needed"), person.get_interpreter_needed_display()),
        (_("Disability"), person.get_disability_display()),
        (
            _("What helps"),
            "; ".join(str(need.label) for need in PersonNeed if need in person.needs),
        ),
    ]


IDENTITY_LABELS: dict[str, str | Promise] = {
    "first_name": gettext_lazy("First name"),
    "middle_name": gettext_lazy("Middle name"),
    "family_name": gettext_lazy("Family name"),
    "birthdate": gettext_lazy("Date of birth"),
    "phones": gettext_lazy("Telephone numbers"),
    "email": gettext_lazy("E-mail address"),
    "street": gettext_lazy("Street"),
    "city": gettext_lazy("City"),
    "admin1": gettext_lazy("Region or province"),
    "postal_code": gettext_lazy("Postal code"),
    "country": gettext_lazy("Country"),
    "identity_number": gettext_lazy("Identity number"),
}


# Labels of further names, which a higher app puts into an identity.
FURTHER_LABELS: dict[str, str] = {}


def register_identity_labels(labels: Mapping[str, str]) -> None:
    """Add what further names of an identity are called. Called once by a higher app's `apps.py`."""
    FURTHER_LABELS.update(labels)


def label_of(name: str) -> str:
    """What a name in a sealed identity is called in words."""
    label = IDENTITY_LABELS.get(name) or FURTHER_LABELS.get(name)
    return str(label or name.replace("_", " ").capitalize())


def known_details(actor: Actor, person_id: UUID) -> tuple[int, list[tuple[str, str]]]:
    """(version, names of what is known of who somebody is, in words); 0 where nothing is.

    Opens the identity for its names alone: the caller records the reading.
    """
    identity = PersonIdentity.objects.visible_to(actor).filter(person_id=person_id).first()
    if identity is None:
        return 0, []
    found = opened(identity, "details")
    details = found.value if found.readable else {}
    order = {name: place for place, name in enumerate(IDENTITY_LABELS)}
    names = sorted(details, key=lambda name: (order.get(name, len(order)), name))
    return identity.version, [(name, label_of(name)) for name in names]


@dataclass(frozen=True)
class Corrected:
    """A correction in words: what stood before, and how one knew better."""

    at: datetime
    by: str
    before: list[tuple[str, str]]
    reason: str


def corrections_of(actor: Actor, person_id: UUID, *, held_back: bool) -> list[Corrected]:
    """What an identity said before, newest first, for whoever has just opened it.

    Args:
        held_back: leave out what leads to the person's telephone or door (R-C1).
    """
    told = []
    for correction in (
        IdentityCorrection.objects.visible_to(actor)
        .filter(person_id=person_id)
        .select_related("corrected_by")
    ):
        before, reason = opened(correction, "before"), opened(correction, "reason")
        details = before.value if before.readable else {}
        shown = without_contact(details) if held_back else details
        told.append(
            Corrected(
                at=correction.created_at,
                by=correction.corrected_by.name,
                before=identity_facts(shown),
                reason=str(reason.value),
            )
        )
    return told


def identity_facts(details: dict[str, Any]) -> list[tuple[str, str]]:
    """(label, value) of an opened identity: the known details in order, then whatever else is."""
    order = {name: place for place, name in enumerate(IDENTITY_LABELS)}
    names = sorted(details, key=lambda name: (order.get(name, len(order)), name))
    facts: list[tuple[str, str]] = []
    for name in names:
        value = details[name]
        if isinstance(value, dict):
            facts.extend(identity_facts(value))
            continue
        text = ", ".join(map(str, value)) if isinstance(value, list) else _in_words(value)
        facts.append((label_of(name), text))
    return facts


def _in_words(value: Any) -> str:
    """A day as people write it; anything else as it stands."""
    text = str(value)
    try:
        return spell(date.fromisoformat(text)) if DAY.fullmatch(text) else text
    except ValueError:
        return text
