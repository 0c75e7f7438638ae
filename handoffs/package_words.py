"""A package in words: codes become labels, dates become dates. Pure; what is not known stays as
it is written, so that a package of another day still reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Role
from cases.choices import (
    ContactChannel,
    Gender,
    LegalBasis,
    LegalStatus,
    NoteKind,
    ParticipantRole,
    ProtectionStage,
    Risk,
    Weekday,
)
from core.ui.dates import spell
from handoffs.choices import Kind, Reach, Section, Urgency
from handoffs.kept_back import KeptBack, kept_back
from referrals.choices import ContentOrigin, HarmType

Pairs = list[tuple[str, Any]]
IDENTITY_WORDS: dict[str, str | Promise] = {
    "first_name": gettext_lazy("First name"),
    "middle_name": gettext_lazy("Middle name"),
    "family_name": gettext_lazy("Family name"),
    "other_names": gettext_lazy("Other names"),
    "birthdate": gettext_lazy("Birth date"),
    "identity_number": gettext_lazy("Identity number"),
    "phones": gettext_lazy("Telephone"),
    "email": gettext_lazy("E-mail"),
    "admin1": gettext_lazy("Region or province"),
    "country": gettext_lazy("Country"),
}
PART_WORDS: dict[str, str | Promise] = {
    "facts_reported": gettext_lazy("What was said"),
    "observations": gettext_lazy("What was seen"),
    "professional_assessment": gettext_lazy("Professional assessment"),
    "actions": gettext_lazy("What was done"),
}
NUMBER = gettext_lazy("Number or address")


@dataclass(frozen=True)
class Entry:
    """One person, identity or note."""

    title: str
    sub: str = ""
    facts: Pairs = field(default_factory=list)
    texts: Pairs = field(default_factory=list)


@dataclass(frozen=True)
class ShownSection:
    """One kind of data."""

    code: str
    title: str
    facts: Pairs = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    empty: str = ""


@dataclass(frozen=True)
class ShownPackage:
    """The outside as pairs, then the sections in reading order."""

    reference: str
    outside: Pairs
    sections: list[ShownSection]
    # What is not in it, and why where that may be said (`handoffs.kept_back`).
    kept_back: list[KeptBack] = field(default_factory=list)


def in_words(package: Mapping[str, Any]) -> ShownPackage:
    """The package as a page shows it."""
    content = package["content"]
    makers: dict[Section, Callable[[Any], ShownSection]] = {
        Section.CASE_SUMMARY: _summary,
        Section.CONTENT_ORIGIN: _origin,
        Section.PEOPLE: _people,
        Section.IDENTITIES: _identities,
        Section.NOTES: _notes,
    }
    return ShownPackage(
        reference=package["reference"],
        outside=_outside(package),
        sections=[makers[section](content[section]) for section in Section if section in content],
        kept_back=kept_back(package),
    )


def section_labels(codes: list[str]) -> list[str]:
    """The words of sections, in reading order."""
    return [str(section.label) for section in Section if section in codes]


def _outside(package: Mapping[str, Any]) -> Pairs:
    basis = _label(LegalBasis, package["legal_basis"])
    if package["agreement"]:
        basis = _("%(basis)s, under agreement %(agreement)s") % {
            "basis": basis,
            "agreement": package["agreement"],
        }
    pairs: Pairs = [
        (_("From"), package["sender"]),
        (_("To"), package["receiver"]),
        (_("Kind"), _label(Kind, package["kind"])),
        (_("Purpose"), package["purpose"]),
        (_("Legal basis"), basis),
        (_("Urgency"), _label(Urgency, package["urgency"])),
        (_("Answer by"), _day(package["answer_by"])),
    ]
    # Only while somebody is composing: a package that left has an answer everywhere.
    pairs = [(label, value or _("Not chosen yet")) for label, value in pairs]
    if package["sent_at"]:
        pairs.append((_("Sent"), _moment(package["sent_at"])))
    pairs.append((_("Passing it on"), _("Not allowed. Ask the sender first.")))
    return pairs


def _summary(part: Mapping[str, Any]) -> ShownSection:
    return ShownSection(
        code=Section.CASE_SUMMARY,
        title=str(Section.CASE_SUMMARY.label),
        facts=[
            (_("Case"), part["case"]),
            (_("Opened"), _day(part["opened_on"])),
            (_("Stage"), _label(ProtectionStage, part["stage"])),
            (_("Risk"), _label(Risk, part["risk"])),
            (_("Region or province"), part["admin1"]),
            (_("Country"), part["country"]),
        ],
    )


def _origin(part: Mapping[str, Any]) -> ShownSection:
    return ShownSection(
        code=Section.CONTENT_ORIGIN,
        title=str(Section.CONTENT_ORIGIN.label),
        facts=[
            (_("Kind of harm"), _labels(HarmType, part["harm_types"])),
            (_("Origin of material"), _labels(ContentOrigin, part["content_origin"])),
        ],
    )


def _people(part: list[Mapping[str, Any]]) -> ShownSection:
    return ShownSection(
        code=Section.PEOPLE,
        title=str(Section.PEOPLE.label),
        entries=[
            Entry(
                title=person["code"],
                # An alleged offender is called what the law calls them now.
                sub=_label(ParticipantRole, person["role"])
                if person["legal_status"] == LegalStatus.NOT_APPLICABLE
                else _label(LegalStatus, person["legal_status"]),
                facts=[
                    (_("Gender"), _label(Gender, person["gender"])),
                    (_("Year of birth"), str(person["birth_year"] or "")),
                    (_("Citizenship"), ", ".join(person["citizenships"])),
                ],
            )
            for person in part
        ],
        empty=_("Nobody has been added to the case yet."),
    )


def _identities(part: list[Mapping[str, Any]]) -> ShownSection:
    return ShownSection(
        code=Section.IDENTITIES,
        title=str(Section.IDENTITIES.label),
        entries=[
            Entry(
                title=one["code"],
                facts=[
                    (words, _day(value) if key == "birthdate" else _listed(value))
                    for key, words, value in _in_order(IDENTITY_WORDS, one["details"])
                ]
                + _reach(one.get("contact")),
            )
            for one in part
        ],
        empty=_("No names are recorded."),
    )


def _reach(contact: Mapping[str, Any] | None) -> Pairs:
    """How to reach somebody: what keeps it safe first, the number last."""
    if contact is None:
        return []
    pairs: Pairs = [(_("Reaching them"), _label(Reach, contact["state"]))]
    if contact["state"] != Reach.AS_SAID:
        return pairs
    days = ", ".join(_label(Weekday, day) for day in contact["days"]) or _("Any day")
    if contact["from_hour"] and contact["until_hour"]:
        days = f"{days}, {contact['from_hour']} – {contact['until_hour']}"
    yes, no = _("Allowed"), _("Never")
    pairs += [
        (_("How"), _label(ContactChannel, contact["channel"])),
        (_("When"), days),
        (_("Who answers"), contact["answered_by"] or _("Only they themselves")),
        (_("Never speak to"), contact["never_speak_to"]),
        (_("Words to use"), contact["phrase"]),
        (_("Remarks"), contact["remarks"]),
        (_("Interpreter"), contact["interpreter"]),
        (_("Voicemail"), yes if contact["voicemail"] else no),
        (_("Text messages"), yes if contact["text"] else no),
        (_("E-mail"), yes if contact["email"] else no),
        (_("Confirmed"), _moment(contact["confirmed_at"])),
        (str(NUMBER), contact["number"]),
    ]
    return [(label, value) for label, value in pairs if value]


def _notes(part: list[Mapping[str, Any]]) -> ShownSection:
    return ShownSection(
        code=Section.NOTES,
        title=str(Section.NOTES.label),
        entries=[
            Entry(
                title=_label(NoteKind, note["kind"]),
                sub=" · ".join(
                    filter(
                        None,
                        (
                            _moment(note["occurred_at"]),
                            ", ".join(_label(Role, role) for role in note["author_roles"]),
                            _("addendum") if note["is_addendum"] else "",
                        ),
                    )
                ),
                texts=[
                    (words, text) for _name, words, text in _in_order(PART_WORDS, note["parts"])
                ],
            )
            for note in part
        ],
        empty=_("There is no note up to level 2."),
    )


def _in_order(
    words: Mapping[str, str | Promise], values: Mapping[str, Any]
) -> list[tuple[str, str, Any]]:
    """(key, words, value) in the order people read; keys that are not known come last."""
    known = [key for key in words if key in values]
    others = sorted(key for key in values if key not in words)
    return [(key, str(words.get(key, key)), values[key]) for key in (*known, *others)]


def _label(choices: Any, code: str) -> str:
    return str(choices(code).label) if code in choices.values else code


def _labels(choices: Any, codes: list[str]) -> str:
    return ", ".join(_label(choices, code) for code in codes)


def _listed(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def _day(text: str | None) -> str:
    """A day in words; what is no day (a year, a covered value) stays as it is."""
    try:
        day: date | None = parse_date(text) if text else None
    except ValueError:
        day = None
    return spell(day) if day else text or ""


def _moment(text: str) -> str:
    at: datetime | None = parse_datetime(text)
    return spell(at) if at else text
