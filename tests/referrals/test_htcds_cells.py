"""What each kind of cell takes, and what it says when it does not."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest

from core.languages import LANGUAGES
from referrals.htcds import codes
from referrals.htcds.countries import COUNTRIES, EVERYDAY_NAMES
from referrals.htcds.fields import FIELDS, Kind
from referrals.htcds.text import folded
from tests.referrals.sheets import SHARED, TODAY, csv_file, one_cell, read


def value_of(field: str, text: str) -> Any:
    (row,) = read(one_cell(field, text))
    assert row.errors == [], row.errors
    return row.values[field]


def fault_of(field: str, text: str) -> str:
    (row,) = read(one_cell(field, text))
    assert field not in row.values
    (error,) = row.errors
    assert (error.row, error.column, error.field) == (2, "B", field)
    return error.message


@pytest.mark.parametrize(
    "text",
    [
        *("2016-05-31", "2016/05/31", "2016.5.31", "2016-05-31T08:00:00.000+08:00"),
        *("2016-05-31 00:00:00", "31 May 2016", "31-May-2016", "31st May 2016", "May 31, 2016"),
        *("may 31 2016", "31/05/2016", "05/31/2016", "31.5.2016", " 2016-05-31 "),
    ],
)
def test_a_date_that_can_be_read_one_way_only_is_taken(text: str) -> None:
    assert value_of("prs_Birthdate", text) == date(2016, 5, 31)


def test_a_date_whose_day_and_month_are_equal_can_be_read_one_way_only() -> None:
    assert value_of("prs_Birthdate", "05/05/2016") == date(2016, 5, 5)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("04/05/2012", "two ways"),
        ("4-5-2012", "two ways"),
        ("31/05/16", "two digits"),
        ("2012-02-30", "no such day"),
        ("31/31/2012", "no such day"),
        ("2012-13-01", "no such day"),
        ("last spring", "not a date"),
        ("2012", "not a date"),
        ("41059", "not a date"),
        ("31 Ma 2016", "not a date"),
        ("1899-12-31", "before 1900"),
        ("2099-01-01", "future"),
    ],
)
def test_any_other_date_is_a_fault_that_says_how_to_write_it(text: str, says: str) -> None:
    assert says in fault_of("prs_Birthdate", text)


def test_today_is_no_future_and_tomorrow_is() -> None:
    assert value_of("cas_IncomingReferralDate", TODAY.isoformat()) == TODAY
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    assert "future" in fault_of("cas_IncomingReferralDate", tomorrow)
    assert value_of("spl_PlannedEndDate", tomorrow) == TODAY + timedelta(days=1)


@pytest.mark.parametrize("field", ["cas_IncomingReferralDate", "spl_PlannedEndDate"])
def test_a_date_of_our_work_lies_between_1990_and_2100_and_a_birth_may_lie_before(
    field: str,
) -> None:
    assert "between 1990 and 2100" in fault_of(field, "1989-12-31")
    assert value_of(field, "1990-01-01") == date(1990, 1, 1)
    assert value_of("prs_Birthdate", "1989-12-31") == date(1989, 12, 31)
    assert "between 1990 and 2100" in fault_of("spl_PlannedEndDate", "2101-01-01")


def test_a_birth_after_the_referral_is_a_fault_of_the_birth_date() -> None:
    file = csv_file([["prs_Birthdate", "cas_IncomingReferralDate"], ["2020-01-02", "2020-01-01"]])
    (row,) = read(file)
    assert [error.column for error in row.errors] == ["A"]
    assert "after the date of the referral" in row.errors[0].message


@pytest.mark.parametrize(("text", "value"), [("TRUE", True), ("yes", True), ("0", False)])
def test_a_checkbox_takes_the_usual_words(text: str, value: bool) -> None:
    assert value_of("con_Consent", text) is value


def test_a_checkbox_takes_no_other_word() -> None:
    assert "TRUE or FALSE" in fault_of("con_Consent", "verbal")


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("prs_Gender", "non-conforming", "NonConforming"),
        ("prs_Gender", "Not Specified/Unknown", "NonSpecifiedUnknown"),
        ("cas_Status", "Follow up", "FollowUp"),
        ("cas_Status", "closed referred", "ClosedReferred"),
        ("vic_RelationshipToTrafficker", "Unacquainted", "Unaquainted"),
        ("vic_RelationshipToTrafficker", "Unaquainted", "Unaquainted"),
        ("prs_HighestLevelOfEducation", "Bachelor's or Equivalent Level",
         "BachelorsOrEquivalentLevel"),
        ("vic_MethodsOfControl", "Debt bondage ", ("DebtBondage",)),
        ("vic_MethodsOfControl", "Threats;UsesChildren",
         ("PhysicalThreats", "ThreatensChildrenFamily")),
        ("vic_MethodsOfControl", "PsychoactiveSubstances;ThreatOfLawEnforcement",
         ("PsychoactiveSubstance", "ThreatsLawEnforcement")),
        ("vic_MethodsOfControl", "RestrictsMovement", ("x_RestrictsMovement",)),
        ("vic_MethodsOfControl", "Other; Other;DebtBondage;", ("Other", "DebtBondage")),
        ("vic_ForcedLabourIndustry", "F", ("F_Construction",)),
        ("vic_ForcedLabourIndustry", "Construction; Manufacturing",
         ("F_Construction", "C_Manufacturing")),
        ("vic_ExploitationWebsitesAndApps", "Facebook Messenger;X",
         ("FacebookMessenger", "Twitter")),
        ("prs_MailingCountry", "ph", "PH"),
        ("prs_MailingCountry", "Philippines", "PH"),
        ("prs_MailingCountry", "NA", "NA"),
        ("prs_MailingCountry", "Republic of Moldova", "MD"),
        ("prs_MailingCountry", "Cote d'Ivoire", "CI"),
        ("prs_Citizenship", "Philippines; US", ("PH", "US")),
        ("prs_Citizenship", "PH US", ("PH", "US")),
        ("prs_Citizenship", "Bonaire, Sint Eustatius and Saba", ("BQ",)),
        ("prs_PrimaryLanguage", "Cebuano", "ceb"),
        ("prs_PrimaryLanguage", "tl", "tgl"),
        ("prs_PrimaryLanguage", "GER", "deu"),
        ("vic_AgeWhenTrafficked", "7", 7),
        ("vic_AgeWhenTrafficked", "7.0", 7),
        ("hte_Latitude", "14.5995", Decimal("14.5995")),
        ("prs_Email", "desk@agency.example", "desk@agency.example"),
        ("prs_MobilePhone", "+63 (900) 000-1234", "+639000001234"),
        ("prs_MobilePhone", "0063 900 000 1234", "+639000001234"),
        ("prs_MobilePhone", "0900 000 1234", "09000001234"),
        ("prs_MobilePhone", "'+639000001234", "+639000001234"),
        ("prs_FirstName", "  Ma\u00f1a\u00a0 Luz ", "Maña  Luz"),
        ("prs_FirstName", "Pen\u0303a", "Peña"),
        ("prs_MailingStreet", "12 Acacia\nSan Alonzo", "12 Acacia San Alonzo"),
    ],
)  # fmt: skip
def test_a_cell_is_read_as_what_its_field_holds(field: str, text: str, value: Any) -> None:
    assert value_of(field, text) == value


def test_an_official_label_with_a_semicolon_inside_is_one_answer() -> None:
    label = codes.INDUSTRIES["T_ActivitiesOfHouseholdsAsEmployers"]
    assert ";" in label
    read_back = value_of("vic_ForcedLabourIndustry", f"Construction;{label};Education")
    assert read_back == ("F_Construction", "T_ActivitiesOfHouseholdsAsEmployers", "P_Education")


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("cas_Status", "Open", "Active; Follow Up; Closed; Closed Referred"),
        ("cas_Status", "Active;Closed", "Only one answer"),
        ("vic_MethodsOfControl", "Debt bondage;sorcery", "HTCDS knows"),
        ("prs_MailingCountry", "Phillipines", "two-letter code"),
        ("prs_Citizenship", "PH;Atlantis", "two-letter code"),
        ("prs_PrimaryLanguage", "Klingonese", "ISO 639-2"),
        ("vic_AgeWhenTrafficked", "121", "from 0 to 120"),
        ("vic_AgeWhenTrafficked", "-1", "from 0 to 120"),
        ("vic_AgeWhenTrafficked", "12.5", "whole number"),
        ("vic_AgeWhenTrafficked", "about 9", "whole number"),
        ("hte_Latitude", "91", "from -90 to 90"),
        ("hte_Longitude", "NaN", "decimal degrees"),
        ("prs_Email", "desk at agency", "e-mail"),
        ("prs_Email", "a@b.example, c@d.example", "e-mail"),
        ("prs_MobilePhone", "ask the aunt", "phone number"),
        ("prs_MobilePhone", "6.39E+11", "shortened"),
        ("prs_FirstName", "x" * 256, "255 characters"),
        ("prs_MailingState", "x" * 81, "80 characters"),
        ("cas_IncomingReferralDetails", "x " * 2001, "4000 characters"),
        ("prs_FirstName", "An\x07a", "cannot be shown"),
        ("prs_FirstName", "#REF!", "shows an error"),
    ],
)
def test_a_cell_that_does_not_fit_says_what_to_write(field: str, text: str, says: str) -> None:
    assert says in fault_of(field, text)


@pytest.mark.parametrize(
    "text",
    [
        "see https://files.example/x",
        "WWW.files.example",
        "abcdefghij234567.onion",
        "data:image/png;base64,iVBORw0KGgo",
        "d41d8cd98f00b204e9800998ecf8427e",
        "hash " + "ab" * 32,
        "Zm9v" * 70,
    ],
)
@pytest.mark.parametrize("field", ["cas_IncomingReferralDetails", "prs_Title"])
def test_what_could_carry_or_lead_to_material_is_refused(field: str, text: str) -> None:
    if field == "prs_Title" and len(text) > 255:
        assert "255" in fault_of(field, text)
    else:
        assert "ake it out" in fault_of(field, text)


def test_no_message_repeats_what_stood_in_the_cell() -> None:
    canary = "Canary-Zyx9"
    for field in FIELDS.values():
        if field.name == "cas_CaseOwner":
            continue  # the column beside it
        text = canary + ("\x07" if field.kind in (Kind.TEXT, Kind.LONG_TEXT) else "")
        assert "Canary" not in fault_of(field.name, text)
        assert "Zyx9" not in fault_of(field.name, text)


def test_several_faults_of_a_row_are_all_told() -> None:
    (row,) = read(csv_file([["prs_Gender", "con_Consent", "prs_FirstName"], ["?", "?", "Ana"]]))
    assert [error.column for error in row.errors] == ["A", "B"]
    assert row.values == {"prs_FirstName": "Ana"}


def test_no_two_answers_of_a_list_are_told_apart_by_signs_alone() -> None:
    lists = {id(field.codes): field.codes for field in FIELDS.values() if field.codes}
    for known in [*lists.values(), COUNTRIES, LANGUAGES]:
        said = {code: {folded(code), folded(label)} for code, label in known.items()}
        if known is COUNTRIES or known is LANGUAGES:
            said = {code: {folded(label)} for code, label in known.items()}
        for one, other in combinations(said, 2):
            assert not said[one] & said[other], (one, other)
    assert set(EVERYDAY_NAMES.values()) <= set(COUNTRIES)
    assert len(COUNTRIES) == 249


def test_every_spelling_leads_to_a_code_of_some_list() -> None:
    known = {code for field in FIELDS.values() for code in field.codes}
    assert set(codes.SPELLINGS.values()) <= known


@pytest.mark.skipif(not SHARED.exists(), reason="the shared field list is not here")
def test_fields_and_codes_are_those_of_the_standard() -> None:
    path = SHARED.parent / "reference" / "htcds_v2_fields.json"
    standard = json.loads(path.read_text())["fields"]
    assert len(FIELDS) == len(standard) == 84
    for theirs in standard:
        field = FIELDS[theirs["field"] or "per_Organisation"]
        if theirs["field"]:
            assert field.label == theirs["label"]
        assert field.core == theirs["core"]
        assert field.deprecated == (theirs["status"] == "DEPRECATED")
        if field.codes:
            ours = {code: label for code, label in field.codes.items() if not code.startswith("x_")}
            assert ours == dict(zip(theirs["values"], theirs["labels"], strict=True))
