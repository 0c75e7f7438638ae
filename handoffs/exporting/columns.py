"""Which kind of data each HTCDS field is, and whether it may leave the house in a file of many.

The names and codes are those of HTCDS 2.0 (IOM, CC BY 4.0, see NOTICE.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from handoffs.choices import Section
from handoffs.profiles import Profile
from referrals.htcds.fields import FIELDS

SUMMARY, ORIGIN = Section.CASE_SUMMARY, Section.CONTENT_ORIGIN
PEOPLE, NAMES, WORDS = Section.PEOPLE, Section.IDENTITIES, Section.NOTES

# Field → key of the identity. These alone leave the house of who somebody is: a street leads to a
# door (R-P8), and a survivor is reached by their safe contact, which a handoff carries (R-C1).
NAMED: Mapping[str, str] = {
    "prs_FirstName": "first_name",
    "prs_MiddleName": "middle_name",
    "prs_SecondName": "family_name",
    "prs_Birthdate": "birthdate",
    "prs_IdentityNumber": "identity_number",
    "prs_MailingState": "admin1",
    "prs_MailingCountry": "country",
}
# Coded, about one person.
_OF_PEOPLE = frozenset(
    {
        "prs_Gender",
        "prs_Deceased",
        "prs_MaritalStatus",
        "prs_NumberOfChildren",
        "prs_PrimaryLanguage",
        "prs_SecondaryLanguage",
        "prs_HighestLevelOfEducation",
        "prs_Citizenship",
    }
)
# Coded, about what was done.
_OF_HARM = frozenset(
    {
        "vic_TraffickingStatus",
        "vic_TraffickingStatusDecisionMakingOrg",
        "vic_RelationshipToTrafficker",
        "vic_AgeWhenTrafficked",
        "vic_RecruitmentWebsitesAndApps",
        "vic_MethodOfRecruitment",
        "vic_MethodsOfControl",
        "vic_TypeOfExploitation",
        "vic_ForcedLabourIndustry",
        "vic_TypeOfSexExploitation",
        "vic_ExploitationWebsitesAndApps",
    }
)
_OF_THE_CASE = frozenset(
    {"cas_Status", "cas_IncomingReferralDate", "cas_ReasonForIncomingReferral", "con_Consent"}
)


@dataclass(frozen=True)
class Column:
    """One field of the standard.

    Attributes:
        kind: the kind of data it is; a consent names the same.
        leaves: whether an agency outside may get it in a file of many. Free text, and what tells
            of staff or of others, goes by a handoff, case by case, or not at all.
    """

    name: str
    kind: str
    leaves: bool


def _column(name: str) -> Column:
    if name in _OF_PEOPLE:
        return Column(name, PEOPLE, True)
    if name in _OF_HARM:
        return Column(name, ORIGIN, True)
    if name in _OF_THE_CASE:
        return Column(name, SUMMARY, True)
    if name in NAMED:
        return Column(name, NAMES, True)
    return Column(name, NAMES if name.startswith("prs_") else WORDS, False)


COLUMNS: tuple[Column, ...] = tuple(_column(name) for name in FIELDS)


def columns_for(
    held: Collection[str], *, outside: bool, profile: Profile | None = None
) -> Iterator[str]:
    """The fields a file holds, in the standard's order; what may not be in it is no column at all.

    Args:
        held: kinds of data that may be in the file.
        outside: it goes to another agency.
        profile: what that kind of agency gets at most (R-D2).
    """
    for column in COLUMNS:
        if column.kind not in held or (outside and not column.leaves):
            continue
        key = NAMED.get(column.name)
        if profile is not None and key is not None and key not in profile.identity_keys:
            continue
        yield column.name
