"""A table without names in the columns that the Counter-Trafficking Data Collaborative publishes.

Source: domain.md 2.2 (its codebook and files): -99 where nothing is known, 0 and 1 for no and yes,
several codes in one cell divided by `;`, ages in its bands.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from handoffs.choices import Section
from handoffs.exporting.rows import Row

MISSING = "-99"
ADULT = 18
AGE_BANDS = (
    (8, "0--8"),
    (17, "9--17"),
    (20, "18--20"),
    (23, "21--23"),
    (26, "24--26"),
    (29, "27--29"),
    (38, "30--38"),
    (47, "39--47"),
)
OLDEST = "48+"
# Their name of a way of control → HTCDS code.
CONTROL: Mapping[str, str] = {
    "DebtBondage": "DebtBondage",
    "TakesEarnings": "TakesEarnings",
    "RestrictsFinancialAccess": "RestrictsFinancialAccess",
    "Threats": "PhysicalThreats",
    "PsychologicalAbuse": "PsychologicalAbuse",
    "PhysicalAbuse": "PhysicalAbuse",
    "SexualAbuse": "SexualAbuse",
    "FalsePromises": "FalsePromises",
    "PsychoactiveSubstances": "PsychoactiveSubstance",
    "RestrictsMovement": "x_RestrictsMovement",
    "RestrictsMedicalCare": "RestrictsMedicalCare",
    "ExcessiveWorkingHours": "ExcessiveWorkingHours",
    "UsesChildren": "ThreatensChildrenFamily",
    "ThreatOfLawEnforcement": "ThreatsLawEnforcement",
    "WithholdsNecessities": "WithholdsNecessities",
    "WithholdsDocuments": "WithholdsDocuments",
    "Other": "Other",
}
LABOUR_KINDS = frozenset({"ForcedLabour", "ChildLabour", "ForcedBegging", "Servitude"})
# What has a column of its own; anything else is another form.
_FLAGS: Mapping[str, frozenset[str]] = {
    "isForcedLabour": LABOUR_KINDS,
    "isSexualExploit": frozenset({"SexualExploitation"}),
    "isForcedMarriage": frozenset({"ForcedMarriage"}),
    "isForcedMilitary": frozenset({"ForcedMilitaryByNonStateActors"}),
    "isOrganRemoval": frozenset({"OrganRemoval"}),
    "isSlaveryAndPractices": frozenset({"Servitude"}),
}
# ISIC sections of HTCDS that say which kind of labour of theirs it is; the others are `Other`.
LABOUR: Mapping[str, str] = {
    "A_AgricultureForestryAndFishing": "Agriculture",
    "B_MiningAndQuarrying": "MiningOrDrilling",
    "C_Manufacturing": "Manufacturing",
    "F_Construction": "Construction",
    "H_TransportationAndStorage": "Transportation",
    "I_AccommodationAndFoodServiceActivities": "Hospitality",
    "T_ActivitiesOfHouseholdsAsEmployers": "DomesticWork",
}
LABOUR_NAMES = (
    "Agriculture",
    "Aquafarming",
    "Begging",
    "Construction",
    "DomesticWork",
    "Hospitality",
    "IllicitActivities",
    "Manufacturing",
    "MiningOrDrilling",
    "Peddling",
    "Transportation",
    "Other",
    "NotSpecified",
)
SEX = ("Prostitution", "Pornography", "RemoteInteractiveServices", "PrivateSexualServices")
RELATIONS = ("IntimatePartner", "Friend", "Family", "Other", "Unknown")
GENDERS = {
    "Feminine": "Female",
    "Masculine": "Male",
    "TransgenderFeminine": "Transgender",
    "TransgenderMasculine": "Transgender",
    "NonConforming": "Other",
}


def table_of(rows: Collection[Row], held: Collection[str]) -> tuple[list[str], list[list[str]]]:
    """Head and rows; what nobody agreed to is no column at all."""
    told = [_told(row, held) for row in rows]
    head = list(told[0]) if told else []
    return head, [list(one.values()) for one in told]


def _told(row: Row, held: Collection[str]) -> dict[str, str]:
    told: dict[str, str] = {}
    if Section.CASE_SUMMARY in held:
        told |= {
            "yearOfRegistration": str(row.place.case.opened_on.year),
            "Datasource": "Case Management",
        }
    if Section.PEOPLE in held:
        told |= _who(row)
    if Section.CONTENT_ORIGIN in held:
        told |= _harm(row)
    return told


def _who(row: Row) -> dict[str, str]:
    person, year = row.place.person, row.place.case.opened_on.year
    # The year of birth is all that is kept in clear: the age they reach in the year of the case.
    age = year - person.birth_year if person.birth_year else None
    return {
        "gender": GENDERS.get(person.gender, MISSING),
        "ageBroad": _band(age),
        "majorityStatus": _majority(age),
        "citizenship": ";".join(sorted(person.citizenships)) or MISSING,
    }


def _harm(row: Row) -> dict[str, str]:
    values = row.values
    then = values.get("vic_AgeWhenTrafficked")
    age = int(str(then)) if str(then).isdigit() else None
    control = _codes(values, "vic_MethodsOfControl")
    kinds = _codes(values, "vic_TypeOfExploitation")
    sex = _codes(values, "vic_TypeOfSexExploitation")
    told = {"majorityStatusAtExploit": _majority(age), "majorityEntry": _majority(age)}
    named = {name: code in control for name, code in CONTROL.items()}
    told |= _flags("meansOfControl", named, known=bool(control))
    told |= _exploitation(kinds)
    told |= _flags("typeOfLabour", _labour(values, kinds), known=bool(kinds & LABOUR_KINDS))
    told |= {f"typeOfSex{name}": _flag(name in sex, bool(sex)) for name in SEX}
    told["typeOfSexConcatenated"] = _joined(name for name in SEX if name in sex)
    told["isAbduction"] = MISSING
    relation = {"Familial": "Family", "Acquainted": "Other", "Unaquainted": "Other"}.get(
        str(values.get("vic_RelationshipToTrafficker", "")), ""
    )
    told["RecruiterRelationship"] = relation or MISSING
    told["CountryOfExploitation"] = row.place.case.country or MISSING
    told |= {
        f"recruiterRelation{name}": _flag(name == (relation or "Unknown"), True)
        for name in RELATIONS
    }
    return told


def _exploitation(kinds: frozenset[str]) -> dict[str, str]:
    told = {name: _flag(bool(kinds & of), bool(kinds)) for name, of in _FLAGS.items()}
    other = kinds - frozenset().union(*_FLAGS.values())
    both = bool(kinds & LABOUR_KINDS) and "SexualExploitation" in kinds
    return {
        "isForcedLabour": told["isForcedLabour"],
        "isSexualExploit": told["isSexualExploit"],
        "isOtherExploit": _flag(bool(other), bool(kinds)),
        "isSexAndLabour": _flag(both, bool(kinds)),
        "isForcedMarriage": told["isForcedMarriage"],
        "isForcedMilitary": told["isForcedMilitary"],
        "isOrganRemoval": told["isOrganRemoval"],
        "isSlaveryAndPractices": told["isSlaveryAndPractices"],
        "typeOfExploitConcatenated": _joined(sorted(kinds)),
    }


def _labour(values: Mapping[str, Any], kinds: frozenset[str]) -> dict[str, bool]:
    industries = _codes(values, "vic_ForcedLabourIndustry")
    found = {LABOUR.get(code, "Other") for code in industries}
    if "ForcedBegging" in kinds:
        found.add("Begging")
    return {name: name in found for name in LABOUR_NAMES if name != "NotSpecified"}


def _flags(of: str, named: Mapping[str, bool], *, known: bool) -> dict[str, str]:
    said = [name for name, is_so in named.items() if is_so]
    return (
        {f"{of}{name}": _flag(is_so, bool(said)) for name, is_so in named.items()}
        | {f"{of}NotSpecified": _flag(known and not said, known)}
        | {f"{of}Concatenated": _joined(said)}
    )


def _flag(is_so: bool, known: bool) -> str:
    return ("1" if is_so else "0") if known else MISSING


def _joined(names: Any) -> str:
    return ";".join(names) or MISSING


def _codes(values: Mapping[str, Any], name: str) -> frozenset[str]:
    value = values.get(name) or ()
    return frozenset([value] if isinstance(value, str) else map(str, value))


def _band(age: int | None) -> str:
    if age is None or age < 0:
        return MISSING
    return next((name for most, name in AGE_BANDS if age <= most), OLDEST)


def _majority(age: int | None) -> str:
    if age is None or age < 0:
        return MISSING
    return "Minor" if age < ADULT else "Adult"
