"""What leaves, cut to the kind of agency that receives it (R-D2).

On top of what the sender chose and what consents and bases let out. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from accounts.models import AgencyType
from cases.choices import NoteKind
from handoffs.choices import Section

EVERYTHING = frozenset(Section.values)
NAMES = frozenset({"first_name", "middle_name", "family_name", "other_names", "birthdate"})
PAPERS = frozenset({"identity_number"})
REACH = frozenset({"phones", "email"})
REGION = frozenset({"admin1", "country"})


@dataclass(frozen=True)
class Profile:
    """What one kind of receiver gets at most.

    Attributes:
        sections: kinds of data that may be in a package at all.
        identity_keys: of an identity.
        names_accused: whether alleged offenders are named.
        without_kinds: kinds of notes that stay.
        without_parts: parts of a note that stay.
        never: codes of what stays, for the package itself.
    """

    sections: frozenset[str] = EVERYTHING
    identity_keys: frozenset[str] = NAMES | PAPERS | REACH | REGION
    names_accused: bool = True
    without_kinds: frozenset[str] = frozenset()
    without_parts: frozenset[str] = frozenset()
    never: tuple[str, ...] = ()

    def takes_note(self, kind: str) -> bool:
        return kind not in self.without_kinds


INVESTIGATORS = Profile()
# A court is told what was said and seen; what to make of it is for the court.
COURT = Profile(
    identity_keys=NAMES | PAPERS | REGION,
    without_parts=frozenset({"professional_assessment", "actions"}),
    never=("assessments", "ways_of_contact"),
)
# Whoever cares for somebody needs to know them and how to reach them, and nothing of the trial.
SERVICES = Profile(
    identity_keys=NAMES | REACH | REGION,
    names_accused=False,
    without_kinds=frozenset(
        {NoteKind.LEGAL, NoteKind.SUPERVISION, NoteKind.CONFERENCE, NoteKind.FORENSIC_INTERVIEW}
    ),
    never=("identity_numbers", "names_of_alleged_offenders", "notes_of_the_law"),
)
# Who sent money to whom is found by name and number.
FOLLOWS_MONEY = Profile(
    sections=EVERYTHING - {Section.NOTES.value},
    identity_keys=NAMES | PAPERS | REGION,
    never=("notes", "ways_of_contact"),
)
RESEARCH = Profile(
    sections=frozenset(
        {Section.CASE_SUMMARY.value, Section.CONTENT_ORIGIN.value, Section.PEOPLE.value}
    ),
    never=("names", "notes"),
)
# Those who learn how harm is done, and to nobody whom.
PLATFORMS = Profile(
    sections=frozenset({Section.CASE_SUMMARY.value, Section.CONTENT_ORIGIN.value}),
    never=("names", "notes", "people"),
)
# A funder gets figures, by a release.
FIGURES_ALONE = Profile(sections=frozenset())

PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        AgencyType.LAW_ENFORCEMENT: INVESTIGATORS,
        AgencyType.PROSECUTION: INVESTIGATORS,
        AgencyType.COURT: COURT,
        AgencyType.FINANCIAL_INTELLIGENCE: FOLLOWS_MONEY,
        AgencyType.RESEARCH: RESEARCH,
        AgencyType.REGULATOR: PLATFORMS,
        AgencyType.FINANCIAL_INSTITUTION: PLATFORMS,
        AgencyType.TECH_PLATFORM: PLATFORMS,
        AgencyType.BUSINESS: PLATFORMS,
        AgencyType.FUNDER: FIGURES_ALONE,
    }
)


def profile_for(agency_type: str) -> Profile:
    """The profile of a kind of agency; whoever is in no list cares for somebody.

    A draft that has no receiver yet is shown whole, and goes nowhere.
    """
    return PROFILES.get(agency_type, SERVICES) if agency_type else INVESTIGATORS
