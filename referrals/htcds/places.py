"""Where each field of HTCDS 2.0 goes in Liwanag. The table of docs/htcds.md is made from this.

    python -m referrals.htcds.places

prints the table; a test compares it with the page, and its claims with the code.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from referrals.htcds.fields import FIELDS


class State(StrEnum):
    """How far Liwanag uses a field."""

    USED = "used"
    SEALED = "kept sealed"
    NOT_USED = "kept sealed, not used"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field goes.

    Attributes:
        state: how far it is used.
        where: columns and sealed values it fills when a sheet is imported.
        note: what becomes of it later, or why it is not used.
    """

    state: State
    where: str
    note: str = ""


SUBJECT = "`Referral.subject`"
IDENTITY = "the person's sealed identity when the referral becomes a case"
REPORTED = "stands with the identity as reported when the referral becomes a case"


def _identity(key: str) -> Place:
    return Place(State.USED, SUBJECT, f"`{key}` of {IDENTITY}")


def _sealed(note: str = "") -> Place:
    return Place(State.SEALED, SUBJECT, note or REPORTED)


def _not_used(why: str) -> Place:
    return Place(State.NOT_USED, SUBJECT, why)


_CONTEXT = "for the survivor's context of the case file"
_EVENT = "for dated events of the case file; a place finer than a province is never shown on a map"
_PLAN = "for the support plan of the case file"
_OUTGOING = (
    "what the sender passed to others; what we pass on is a handoff, with a basis and a receipt"
)
_STAFF = "staff of the sender, not users of ours; matched to nobody"
_ORGANISATION = "describes the sender; agencies are entered by an administrator, not by a sheet"
_COORDINATES = "coordinates of a home lead to its door: never in clear, never on a map"

_PLACES: dict[str, Place] = {
    "org_Name": _not_used(_ORGANISATION),
    "org_ShippingCity": _not_used(_ORGANISATION),
    "org_ShippingCountry": _not_used(_ORGANISATION),
    "org_ShippingState": _not_used(_ORGANISATION),
    "org_ShippingStreet": _not_used(_ORGANISATION),
    "org_ShippingPostalCode": _not_used(_ORGANISATION),
    "org_ShippingLongitude": _not_used(_ORGANISATION),
    "org_ShippingLatitude": _not_used(_ORGANISATION),
    "org_Phone": _not_used(_ORGANISATION),
    "org_Type": _not_used(f"{_ORGANISATION}; `Agency.type` uses these codes"),
    "prs_Salutation": _sealed(),
    "prs_FirstName": _identity("first_name"),
    "prs_MiddleName": _identity("middle_name"),
    "prs_SecondName": _identity("family_name"),
    "prs_Birthdate": Place(
        State.USED,
        f"{SUBJECT}; whether the person is a child decides `harm_types` and `children_estimate`",
        f"`birthdate` of {IDENTITY}; the year in `Person.birth_year`",
    ),
    "prs_Gender": Place(State.USED, SUBJECT, "`Person.gender`, same codes"),
    "prs_Deceased": _sealed(),
    "prs_MaritalStatus": _sealed(),
    "prs_NumberOfChildren": _sealed(),
    "prs_PrimaryLanguage": _sealed(),
    "prs_SecondaryLanguage": _sealed(),
    "prs_HighestLevelOfEducation": _sealed(),
    "prs_Citizenship": Place(State.USED, SUBJECT, "`Person.citizenships`, alpha-2 codes"),
    "prs_IdentityNumber": _identity("identity_number"),
    "prs_Title": _sealed(),
    "prs_Email": _identity("email"),
    "prs_HomePhone": _identity("phones"),
    "prs_MobilePhone": _identity("phones"),
    "prs_MailingCity": _identity("city"),
    "prs_MailingCountry": Place(
        State.USED, f"`Referral.country`; {SUBJECT}", f"`country` of {IDENTITY}"
    ),
    "prs_MailingState": Place(
        State.USED, f"`Referral.admin1`; {SUBJECT}", f"`admin1` of {IDENTITY}"
    ),
    "prs_MailingStreet": _identity("street"),
    "prs_MailingPostalCode": _identity("postal_code"),
    "prs_MailingLongitude": _not_used(_COORDINATES),
    "prs_MailingLatitude": _not_used(_COORDINATES),
    "vic_AgreementToManagePersonalData": _not_used(
        "deprecated by the standard for `con_Consent`; agreement is not taken for consent"
    ),
    "vic_TraffickingStatus": _sealed(_CONTEXT),
    "vic_TraffickingStatusDecisionMakingOrg": _sealed(_CONTEXT),
    "vic_RelationshipToTrafficker": _sealed(_CONTEXT),
    "vic_AgeWhenTrafficked": Place(
        State.USED,
        f"{SUBJECT}; decides `harm_types` and, without a birth date, `children_estimate`",
        _CONTEXT,
    ),
    "vic_RecruitmentWebsitesAndApps": _sealed(_CONTEXT),
    "vic_MethodOfRecruitment": _sealed(_CONTEXT),
    "vic_LocationOfRecruitment": _sealed(_CONTEXT),
    "vic_MethodsOfControl": _sealed(f"{_CONTEXT}; `RestrictsMovement` is kept as `x_…`"),
    "vic_TypeOfExploitation": Place(State.USED, f"`Referral.harm_types`; {SUBJECT}", _CONTEXT),
    "vic_ForcedLabourIndustry": _sealed(
        f"{_CONTEXT}; several are taken, as the survey form has it"
    ),
    "vic_TypeOfSexExploitation": Place(State.USED, f"`Referral.harm_types`; {SUBJECT}", _CONTEXT),
    "vic_LocationOfExploitation": _sealed(_CONTEXT),
    "vic_ExploitationWebsitesAndApps": _sealed(_CONTEXT),
    "vic_Vulnerabilities": _not_used("deprecated by the standard for assessments"),
    "vic_DetailsOfVulnerabilities": _not_used("deprecated by the standard for assessments"),
    "per_RoleInProcess": _not_used("a sheet's row is about the person referred, nobody else"),
    "per_RoleDetails": _not_used("a sheet's row is about the person referred, nobody else"),
    "per_Organisation": _not_used("left unfinished by the standard: no label, no type"),
    "cas_Status": _sealed("the sender's status; ours begins with “received”"),
    "cas_ReasonForCaseClosure": _sealed("the sender's; ours is recorded when our case closes"),
    "cas_CaseOwner": _not_used(_STAFF),
    "cas_ReferringOrganisation": Place(
        State.USED,
        "`Referral.source_name`; `source_agency` and `source_category` of a partner of that name",
    ),
    "cas_IncomingReferralDate": Place(
        State.USED, "`Referral.received_at`", "the moment of the import where the cell is empty"
    ),
    "cas_ReferringPrimaryCaseWorker": _not_used(_STAFF),
    "cas_ReasonForIncomingReferral": _sealed(),
    "cas_IncomingReferralDetails": Place(State.USED, "`Referral.summary`, sealed"),
    "cas_ReferredOrganisation": _sealed(_OUTGOING),
    "cas_ReferredPrimaryCaseWorker": _not_used(_STAFF),
    "cas_ReasonForOutgoingReferral": _sealed(_OUTGOING),
    "cas_OutgoingReferralDate": _sealed(_OUTGOING),
    "cas_OutgoingReferralDetails": _sealed(_OUTGOING),
    "cco_CaseComment": _sealed(
        "not made a note: our notes keep facts and assessment apart and have an author"
    ),
    "hte_Longitude": _not_used(_COORDINATES),
    "hte_Latitude": _not_used(_COORDINATES),
    "hte_City": _sealed(_EVENT),
    "hte_Country": _sealed(_EVENT),
    "hte_State": _sealed(_EVENT),
    "hte_Street": _sealed(_EVENT),
    "hte_PostalCode": _sealed(_EVENT),
    "hte_Date": _sealed(_EVENT),
    "hte_Type": _sealed(_EVENT),
    "hte_Description": _sealed(_EVENT),
    "spl_Objectives": _sealed(_PLAN),
    "spl_ActionPlan": _sealed(_PLAN),
    "spl_PlannedEndDate": _sealed(_PLAN),
    "spl_ActualEndDate": _sealed(_PLAN),
    "spl_Type": _sealed(_PLAN),
    "con_Consent": Place(
        State.USED,
        f"`Referral.legal_basis` (“consent” when TRUE, otherwise unknown); {SUBJECT}",
        "a consent record of ours is still asked for before anything is handed on",
    ),
}

PLACES: Mapping[str, Place] = MappingProxyType(_PLACES)


def field_table() -> str:
    """The table of docs/htcds.md, one row a field, in the standard's order."""
    lines = [
        "| Field | Read as | Liwanag | Goes to | Then |",
        "|---|---|---|---|---|",
    ]
    for field in FIELDS.values():
        place = PLACES[field.name]
        marks = [mark for mark in ("core", "deprecated") if getattr(field, mark)]
        name = f"`{field.name}`" + (f" ({', '.join(marks)})" if marks else "")
        lines.append(
            f"| {name} | {field.kind.value} | {place.state.value} | {place.where} | {place.note} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(field_table())
