"""The package: what the receiver gets to see, made from a page-shaped read and nothing else.

Pure functions. What is not put in by name stays out: identities by an allow-list of their keys,
notes by their level and their author's role, people without anything that names staff.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import rfc8785

from accounts.roles import Role
from cases.choices import ALLEGED_OFFENDERS, LegalStatus
from core.choices import Sensitivity
from handoffs.choices import Section
from handoffs.profiles import Profile, profile_for

FORMAT = "liwanag.handoff/1"
ONWARD_SHARING = "not allowed"
# Said in every package, whatever the case holds, so that it betrays nothing about this one.
NEVER_INSIDE = ("clinical_notes", "notes_above_level_2", "exact_addresses", "names_of_staff")
HIGHEST_LEVEL = Sensitivity.CONFIDENTIAL
# Of an identity only this leaves. Street, town and what a source told beside it are L4 (R-P8).
IDENTITY_KEYS = (
    "first_name",
    "middle_name",
    "family_name",
    "other_names",
    "birthdate",
    "identity_number",
    "phones",
    "email",
    "admin1",
    "country",
)
# Somebody the court cleared is not named to anybody any more (R-A6).
CLEARED = (LegalStatus.ACQUITTED, LegalStatus.DISCHARGED)
# Of whoever has to be reached safely these never leave; their safe contact does (R-C1).
WAYS_OF_CONTACT = ("phones", "email")
MASK = "••••"


@dataclass(frozen=True)
class PersonRead:
    """A participant as the case has them."""

    code: str
    role: str
    legal_status: str
    gender: str
    birth_year: int | None
    citizenships: Sequence[str]
    identity: Mapping[str, Any] = field(default_factory=dict)
    # Whether the list of people may name them; an identity that may not leave is not read at all.
    listed: bool = True
    # How to reach a survivor, or somebody close to one (`handoffs.reaching`); None for others.
    reach: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class NoteRead:
    """A note with the roles its author held when it was written."""

    kind: str
    level: int
    occurred_at: datetime
    author_roles: Sequence[str]
    is_addendum: bool
    parts: Mapping[str, str]


@dataclass(frozen=True)
class CaseRead:
    """What the chosen sections may draw on; what was not chosen was not read."""

    reference: str
    opened_on: date
    stage: str
    risk: str
    country: str
    admin1: str
    harm_types: Sequence[str] = ()
    content_origins: Sequence[str] = ()
    people: Sequence[PersonRead] = ()
    notes: Sequence[NoteRead] = ()


@dataclass(frozen=True)
class Terms:
    """The outside of the package: who hands what to whom, for what, on what ground."""

    reference: str
    kind: str
    purpose: str
    legal_basis: str
    agreement: str | None
    urgency: str
    answer_by: date | None
    sender: str
    receiver: str
    sections: Sequence[str]
    # What kind of agency receives it: what it gets is cut to that (R-D2).
    receiver_type: str = ""
    # Kinds of data of which a part stays with the sender: what, never whose and never why.
    withheld: Sequence[str] = ()
    sent_at: datetime | None = None


def build_package(terms: Terms, read: CaseRead) -> dict[str, Any]:
    """The package as plain JSON values. The same arguments give the same bytes."""
    profile = profile_for(terms.receiver_type)
    read = cut_to(profile, read)
    sections = [s for s in Section if s in terms.sections and s in profile.sections]
    makers = {
        Section.CASE_SUMMARY: _summary,
        Section.CONTENT_ORIGIN: _origin,
        Section.PEOPLE: _people,
        Section.IDENTITIES: _identities,
        Section.NOTES: _notes,
    }
    return {
        "format": FORMAT,
        "reference": terms.reference,
        "kind": str(terms.kind),
        "purpose": terms.purpose,
        "legal_basis": str(terms.legal_basis),
        "agreement": terms.agreement,
        "urgency": str(terms.urgency),
        "answer_by": terms.answer_by.isoformat() if terms.answer_by else None,
        "sender": terms.sender,
        "receiver": terms.receiver,
        "sent_at": terms.sent_at.isoformat() if terms.sent_at else None,
        "onward_sharing": ONWARD_SHARING,
        "never_inside": [*NEVER_INSIDE, *profile.never],
        # The receiver must not take a part for the whole.
        "withheld": list(terms.withheld),
        "sections": [section.value for section in sections],
        "content": {section.value: makers[section](read) for section in sections},
    }


def cut_to(profile: Profile, read: CaseRead) -> CaseRead:
    """What is read of a case, less what this kind of receiver does not get (R-D2)."""
    # Somebody with two places in the case is no less accused by the other one.
    accused = {person.code for person in read.people if person.role in ALLEGED_OFFENDERS}
    people = [
        replace(
            person,
            identity={}
            if person.code in accused and not profile.names_accused
            else {key: of for key, of in person.identity.items() if key in profile.identity_keys},
            reach=person.reach if "phones" in profile.identity_keys else None,
        )
        for person in read.people
    ]
    notes = [
        replace(
            note,
            parts={
                part: of for part, of in note.parts.items() if part not in profile.without_parts
            },
        )
        for note in read.notes
        if profile.takes_note(note.kind)
    ]
    return replace(read, people=people, notes=[note for note in notes if note.parts])


def canonical(package: Any) -> bytes:
    """The bytes that are hashed: RFC 8785."""
    return rfc8785.dumps(package)


def digest_of(package: Any) -> bytes:
    """SHA-256 of the canonical form."""
    return hashlib.sha256(canonical(package)).digest()


def counts(package: Mapping[str, Any]) -> dict[str, Any]:
    """What the log may know of a package: sections and numbers, never their content."""
    content = package["content"]
    return {
        "sections": list(package["sections"]),
        "identities": len(content.get(Section.IDENTITIES, ())),
        "notes": len(content.get(Section.NOTES, ())),
    }


def cover_numbers(package: dict[str, Any], read: Collection[str] | None) -> dict[str, Any]:
    """The same package with the numbers covered of whoever's instructions were not read (R-C1).

    Args:
        read: codes of those whose instructions were read; None for everybody's.
    """
    identities = package["content"].get(Section.IDENTITIES)
    if read is None or not identities:
        return package
    covered = [
        {**one, "contact": {**one["contact"], "number": MASK}}
        if one.get("contact", {}).get("number") and one["code"] not in read
        else one
        for one in identities
    ]
    return {**package, "content": {**package["content"], Section.IDENTITIES.value: covered}}


def numbers_covered(package: Mapping[str, Any]) -> bool:
    """Whether a number of somebody is covered, since their instructions were not read yet."""
    return any(
        one.get("contact", {}).get("number") == MASK
        for one in package["content"].get(Section.IDENTITIES, ())
    )


def masked(package: dict[str, Any]) -> dict[str, Any]:
    """The same package with names and ways of contact covered; which of them go out stays seen."""
    identities = package["content"].get(Section.IDENTITIES)
    if not identities:
        return package
    covered = [
        {"code": one["code"], "details": dict.fromkeys(one["details"], MASK)}
        | ({"contact": _masked_contact(one["contact"])} if "contact" in one else {})
        for one in identities
    ]
    return {**package, "content": {**package["content"], Section.IDENTITIES.value: covered}}


def _masked_contact(contact: Mapping[str, Any]) -> dict[str, Any]:
    """What is said about reaching somebody, less the words and the number."""
    words = ("number", "phrase", "never_speak_to", "remarks")
    return {name: MASK if name in words and value else value for name, value in contact.items()}


def _summary(read: CaseRead) -> dict[str, Any]:
    # The justice track stays out: a planned operation is L4.
    return {
        "case": read.reference,
        "opened_on": read.opened_on.isoformat(),
        "stage": str(read.stage),
        "risk": str(read.risk),
        "country": read.country,
        "admin1": read.admin1,
    }


def _origin(read: CaseRead) -> dict[str, Any]:
    return {
        "harm_types": sorted({str(code) for code in read.harm_types}),
        # "unknown" is an answer: the receiver must not take silence for one.
        "content_origin": sorted({str(code) for code in read.content_origins}) or ["unknown"],
    }


def _people(read: CaseRead) -> list[dict[str, Any]]:
    return [
        {
            "code": person.code,
            "role": str(person.role),
            "legal_status": str(person.legal_status),
            "gender": str(person.gender),
            "birth_year": person.birth_year,
            "citizenships": sorted(person.citizenships),
        }
        for person in sorted(read.people, key=lambda person: (person.role, person.code))
        if person.listed
    ]


def _identities(read: CaseRead) -> list[dict[str, Any]]:
    cleared = {person.code for person in read.people if person.legal_status in CLEARED}
    known: dict[str, dict[str, Any]] = {}
    for person in read.people:
        keys = [key for key in IDENTITY_KEYS if person.identity.get(key)]
        if person.reach is not None:
            keys = [key for key in keys if key not in WAYS_OF_CONTACT]
        details = {key: _plain(person.identity[key]) for key in keys}
        if person.code in cleared or not (details or person.reach):
            continue
        known[person.code] = {"code": person.code, "details": details}
        if person.reach is not None:
            known[person.code]["contact"] = dict(person.reach)
    return [known[code] for code in sorted(known)]


def _plain(value: Any) -> str | list[str]:
    """Text or a list of texts: a number of a source would not read the same everywhere."""
    return [str(part) for part in value] if isinstance(value, list | tuple) else str(value)


def _notes(read: CaseRead) -> list[dict[str, Any]]:
    leaving = [
        note
        for note in read.notes
        if note.level <= HIGHEST_LEVEL and Role.CLINICIAN not in note.author_roles
    ]
    return [
        {
            "kind": str(note.kind),
            "level": int(note.level),
            "occurred_at": note.occurred_at.isoformat(),
            "author_roles": sorted(str(role) for role in note.author_roles),
            "is_addendum": note.is_addendum,
            "parts": dict(note.parts),
        }
        for note in sorted(leaving, key=lambda note: (note.occurred_at, sorted(note.parts.items())))
    ]
