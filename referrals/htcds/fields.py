"""The 84 fields of HTCDS 2.0 and what each may hold.

Source: `HTCDS Field Standards 2.0.ods` of UNMigration/HTCDS (IOM, CC BY 4.0, see NOTICE.md). Where
each field goes in Liwanag stands in `referrals/htcds/places.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from referrals.htcds import codes


class Kind(StrEnum):
    """How a cell of the field is read."""

    TEXT = "text"
    LONG_TEXT = "long text"
    DATE = "date"
    CHECKBOX = "checkbox"
    NUMBER = "number"
    COORDINATE = "coordinate"
    CHOICE = "one code"
    CHOICES = "codes"
    COUNTRY = "country"
    COUNTRIES = "countries"
    LANGUAGE = "language"
    PHONE = "phone"
    EMAIL = "email"


TEXT, LONG_TEXT, DATE, CHECKBOX = Kind.TEXT, Kind.LONG_TEXT, Kind.DATE, Kind.CHECKBOX
NUMBER, COORDINATE, CHOICE, CHOICES = Kind.NUMBER, Kind.COORDINATE, Kind.CHOICE, Kind.CHOICES
COUNTRY, COUNTRIES, LANGUAGE = Kind.COUNTRY, Kind.COUNTRIES, Kind.LANGUAGE
PHONE, EMAIL = Kind.PHONE, Kind.EMAIL


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One field of the standard.

    Attributes:
        name: its machine name, e.g. `prs_Birthdate`.
        label: its official label, e.g. `Birthdate`.
        kind: how its cells are read.
        codes: the codes it may hold, with their labels.
        core: in the standard's minimum set.
        deprecated: the standard replaces it.
        low, high: the range of a number.
        limit: the longest short text.
        may_be_future: a plan, not a fact.
    """

    name: str
    label: str
    kind: Kind
    codes: Mapping[str, str] = field(default_factory=dict)
    core: bool = False
    deprecated: bool = False
    low: int = 0
    limit: int = 255
    high: int = 0
    may_be_future: bool = False


_ALL = (
    # Organisation
    Field("org_Name", "Organisation Name", TEXT),
    Field("org_ShippingCity", "Shipping City", TEXT),
    Field("org_ShippingCountry", "Shipping Country", COUNTRY),
    Field("org_ShippingState", "Shipping State/Province", TEXT),
    Field("org_ShippingStreet", "Shipping Street", TEXT),
    Field("org_ShippingPostalCode", "Shipping Zip/Postal Code", TEXT),
    Field("org_ShippingLongitude", "Longitude", COORDINATE, low=-180, high=180),
    Field("org_ShippingLatitude", "Latitude", COORDINATE, low=-90, high=90),
    Field("org_Phone", "Phone", PHONE),
    Field("org_Type", "Type", CHOICE, codes.ORGANISATION_TYPES),
    # Person
    Field("prs_Salutation", "Salutation", TEXT, core=True),
    Field("prs_FirstName", "First Name", TEXT, core=True),
    Field("prs_MiddleName", "Middle Name", TEXT),
    Field("prs_SecondName", "Second Name", TEXT, core=True),
    Field("prs_Birthdate", "Birthdate", DATE, core=True),
    Field("prs_Gender", "Gender", CHOICE, codes.GENDERS, core=True),
    Field("prs_Deceased", "Deceased", CHECKBOX),
    Field("prs_MaritalStatus", "Marital Status", CHOICE, codes.MARITAL_STATUSES),
    Field("prs_NumberOfChildren", "Number of Children", NUMBER, low=0, high=40),
    Field("prs_PrimaryLanguage", "Primary Language", LANGUAGE),
    Field("prs_SecondaryLanguage", "Secondary Language", LANGUAGE),
    Field(
        "prs_HighestLevelOfEducation",
        "Highest Level of Education",
        CHOICE,
        codes.EDUCATION_LEVELS,
    ),
    Field("prs_Citizenship", "Citizenship", COUNTRIES, core=True),
    Field("prs_IdentityNumber", "Identity Number", TEXT),
    Field("prs_Title", "Title", TEXT, core=True),
    Field("prs_Email", "Email", EMAIL, core=True),
    Field("prs_HomePhone", "Home Phone", PHONE, core=True),
    Field("prs_MobilePhone", "Mobile Phone", PHONE, core=True),
    Field("prs_MailingCity", "Mailing City", TEXT, core=True),
    Field("prs_MailingCountry", "Mailing Country", COUNTRY, core=True),
    Field("prs_MailingState", "Mailing State/Province", TEXT, core=True, limit=80),
    Field("prs_MailingStreet", "Mailing Street", TEXT, core=True),
    Field("prs_MailingPostalCode", "Mailing Zip/Postal Code", TEXT, core=True),
    Field("prs_MailingLongitude", "Longitude", COORDINATE, low=-180, high=180),
    Field("prs_MailingLatitude", "Latitude", COORDINATE, low=-90, high=90),
    # Person, victim context
    Field(
        "vic_AgreementToManagePersonalData",
        "Agreement to Manage Personal Data",
        CHECKBOX,
        deprecated=True,
    ),
    Field(
        "vic_TraffickingStatus",
        "Trafficking Status",
        CHOICE,
        codes.TRAFFICKING_STATUSES,
        core=True,
    ),
    Field(
        "vic_TraffickingStatusDecisionMakingOrg",
        "Trafficking Status Decision Making Organization",
        CHOICE,
        codes.DECISION_MAKERS,
        core=True,
    ),
    Field(
        "vic_RelationshipToTrafficker",
        "Relationship to Trafficker",
        CHOICE,
        codes.RELATIONSHIPS,
    ),
    Field("vic_AgeWhenTrafficked", "Age when Trafficked", NUMBER, low=0, high=120),
    Field(
        "vic_RecruitmentWebsitesAndApps",
        "Recruitment Websites and Apps",
        CHOICES,
        codes.PLATFORMS,
    ),
    Field(
        "vic_MethodOfRecruitment",
        "Method of Recruitment",
        CHOICES,
        codes.RECRUITMENT_METHODS,
        core=True,
    ),
    Field("vic_LocationOfRecruitment", "Location of Recruitment", TEXT, core=True),
    Field("vic_MethodsOfControl", "Methods of Control", CHOICES, codes.CONTROL_METHODS, core=True),
    Field(
        "vic_TypeOfExploitation",
        "Type of Exploitation",
        CHOICES,
        codes.EXPLOITATION_TYPES,
        core=True,
    ),
    Field(
        "vic_ForcedLabourIndustry",
        "Forced Labour Industry",
        CHOICES,
        codes.INDUSTRIES,
        core=True,
    ),
    Field(
        "vic_TypeOfSexExploitation",
        "Type of Sex Exploitation",
        CHOICES,
        codes.SEX_EXPLOITATION_TYPES,
        core=True,
    ),
    Field("vic_LocationOfExploitation", "Location of Exploitation", TEXT, core=True),
    Field(
        "vic_ExploitationWebsitesAndApps",
        "Exploitation Websites and Apps",
        CHOICES,
        codes.PLATFORMS,
    ),
    Field(
        "vic_Vulnerabilities",
        "Vulnerabilities",
        CHOICES,
        codes.VULNERABILITIES,
        core=True,
        deprecated=True,
    ),
    Field(
        "vic_DetailsOfVulnerabilities",
        "Details Of Vulnerabilities",
        LONG_TEXT,
        core=True,
        deprecated=True,
    ),
    # Person, perpetrator context. The standard left the third row unfinished: no label, no type.
    Field("per_RoleInProcess", "Role in Process", CHOICES, codes.PROCESS_ROLES),
    Field("per_RoleDetails", "Role Details", LONG_TEXT),
    Field("per_Organisation", "per_Organisation", TEXT),
    # Case
    Field("cas_Status", "Status", CHOICE, codes.CASE_STATUSES, core=True),
    Field("cas_ReasonForCaseClosure", "Reason for Case Closure", LONG_TEXT, core=True),
    Field("cas_CaseOwner", "Case Owner", TEXT, core=True),
    Field("cas_ReferringOrganisation", "Referring Organisation", TEXT, core=True, limit=200),
    Field("cas_IncomingReferralDate", "Incoming Referral Date", DATE, core=True),
    Field("cas_ReferringPrimaryCaseWorker", "Referring Primary Case Worker", TEXT, core=True),
    Field(
        "cas_ReasonForIncomingReferral",
        "Reason for Incoming Referral",
        CHOICE,
        codes.REFERRAL_REASONS,
        core=True,
    ),
    Field("cas_IncomingReferralDetails", "Incoming Referral Details", LONG_TEXT, core=True),
    Field("cas_ReferredOrganisation", "Referred Organisation", TEXT, core=True),
    Field("cas_ReferredPrimaryCaseWorker", "Referred Primary Case Worker", TEXT, core=True),
    Field(
        "cas_ReasonForOutgoingReferral",
        "Reason for Outgoing Referral",
        CHOICE,
        codes.REFERRAL_REASONS,
        core=True,
    ),
    Field("cas_OutgoingReferralDate", "Outgoing Referral Date", DATE, core=True),
    Field("cas_OutgoingReferralDetails", "Outgoing Referral Details", LONG_TEXT, core=True),
    # Case comment
    Field("cco_CaseComment", "Case Comment", LONG_TEXT),
    # Historic trafficking event
    Field("hte_Longitude", "Longitude", COORDINATE, low=-180, high=180),
    Field("hte_Latitude", "Latitude", COORDINATE, low=-90, high=90),
    Field("hte_City", "City", TEXT),
    Field("hte_Country", "Country", COUNTRY),
    Field("hte_State", "State", TEXT),
    Field("hte_Street", "Street", TEXT),
    Field("hte_PostalCode", "PostalCode", TEXT),
    Field("hte_Date", "Date", DATE),
    Field("hte_Type", "Type", CHOICE, codes.EVENT_TYPES),
    Field("hte_Description", "Description", LONG_TEXT),
    # Support plan
    Field("spl_Objectives", "Objectives", LONG_TEXT),
    Field("spl_ActionPlan", "Action Plan", LONG_TEXT),
    Field("spl_PlannedEndDate", "Planned End Date", DATE, may_be_future=True),
    Field("spl_ActualEndDate", "Actual End Date", DATE),
    Field("spl_Type", "Type", CHOICE, codes.SUPPORT_TYPES),
    # Consent
    Field("con_Consent", "Consent", CHECKBOX, core=True),
)

FIELDS: Mapping[str, Field] = MappingProxyType({one.name: one for one in _ALL})

# The five columns whose machine names and labels the official sheets put out of step.
ADDRESS = (
    "prs_MailingCity",
    "prs_MailingCountry",
    "prs_MailingState",
    "prs_MailingStreet",
    "prs_MailingPostalCode",
)
