"""Reading case sheets: formats, headers and the known faults of the official toolkit."""

from __future__ import annotations

import io
import re
from datetime import date

import openpyxl
import pytest

from referrals.htcds import AddressColumns, UnreadableFile, row_digest
from tests.referrals.sheets import (
    OFFICIAL_LABELS,
    OFFICIAL_NAMES,
    SAMPLES,
    SHARED,
    csv_file,
    official_sheet,
    opened,
    part_of,
    read,
    repacked,
    saved,
)

KEY = b"k" * 32
ADDRESS = {
    "Mailing Street": "12 Acacia Street",
    "Mailing City": "San Alonzo",
    "Mailing State/Province": "Linao",
    "Mailing Zip/Postal Code": "9901",
    "Mailing Country": "PH",
}
ADDRESS_READ = {
    "prs_MailingStreet": "12 Acacia Street",
    "prs_MailingCity": "San Alonzo",
    "prs_MailingState": "Linao",
    "prs_MailingPostalCode": "9901",
    "prs_MailingCountry": "PH",
}


def test_labels_win_over_the_misplaced_names_of_the_official_sheet() -> None:
    (row,) = read(official_sheet([ADDRESS]))
    assert row.errors == []
    assert row.values == ADDRESS_READ


def test_the_misspelt_and_the_missing_name_of_the_official_sheet_are_understood() -> None:
    (row,) = read(
        official_sheet(
            [
                {
                    "Trafficking Status Decision Making Organization": "Court or prosecution",
                    "Reason for Outgoing Referral": "Migration Or Change Of Location",
                }
            ]
        )
    )
    assert row.values == {
        "vic_TraffickingStatusDecisionMakingOrg": "CourtOrProsecution",
        "cas_ReasonForOutgoingReferral": "MigrationOrChangeOfLocation",
    }


def test_rows_that_hold_a_row_number_only_are_no_rows() -> None:
    sheet = opened(official_sheet([{}, {"Case Owner": "a.reyes"}], numbered=1000))
    assert sheet.filled == 1
    (row,) = sheet.rows()
    assert row.number == 4


def test_a_sheet_with_labels_alone_is_read() -> None:
    (row,) = read(official_sheet([ADDRESS], names=OFFICIAL_LABELS, labels=None))
    assert row.values == ADDRESS_READ


def test_a_sheet_that_lost_its_labels_is_asked_about_and_not_guessed() -> None:
    with pytest.raises(UnreadableFile) as refusal:
        read(official_sheet([ADDRESS], labels=None))
    assert refusal.value.code == "address_columns"
    assert "N to R" in refusal.value.message
    (row,) = read(official_sheet([ADDRESS], labels=None), address_columns=AddressColumns.LABELS)
    assert row.values == ADDRESS_READ


def test_a_sheet_that_lost_its_labels_may_follow_its_names() -> None:
    values = {"Mailing Street": "San Alonzo", "Mailing City": "PH"}
    (row,) = read(official_sheet([values], labels=None), address_columns=AddressColumns.NAMES)
    assert row.values == {"prs_MailingCity": "San Alonzo", "prs_MailingCountry": "PH"}


def test_the_nameless_column_is_known_by_its_neighbours_when_labels_are_gone() -> None:
    (row,) = read(
        official_sheet([{"Reason for Outgoing Referral": "Other"}], labels=None),
        address_columns=AddressColumns.LABELS,
    )
    assert row.values == {"cas_ReasonForOutgoingReferral": "Other"}


def test_the_standards_own_order_of_address_fields_is_no_reason_to_ask() -> None:
    names = [str(name) for name in OFFICIAL_NAMES[13:18]]
    (row,) = read(csv_file([names, ["San Alonzo", "PH", "Linao", "12 Acacia Street", "9901"]]))
    assert row.values == ADDRESS_READ


def test_an_official_sheet_saved_as_csv_is_read_like_the_workbook() -> None:
    cells = [ADDRESS.get(str(label), "") for label in OFFICIAL_LABELS]
    file = csv_file(
        [
            [name or "" for name in OFFICIAL_NAMES],
            [label or "" for label in OFFICIAL_LABELS],
            ["1", *cells[1:]],
            ["2", *([""] * 38)],
        ]
    )
    (row,) = read(file)
    assert row.values == ADDRESS_READ
    assert row.number == 3


def test_the_survey_forms_spellings_and_bookkeeping_are_understood() -> None:
    sheet = opened(
        csv_file(
            [
                [
                    *("start", "prs_First_Name", "prs_Second_Name", "vic_Methods_of_Control"),
                    *("case/vic_ForcedLabourIndustry", "prs_Birthdate", "meta/instanceID"),
                    "__version__",
                ],
                [
                    *("2025-01-02T10:00:00.000+08:00", "Althea", "Cabrera"),
                    *("DebtBondage FalsePromises", "C_Manufacturing F_Construction", "2012-03-04"),
                    *("uuid:1", "v1"),
                ],
            ]
        )
    )
    (row,) = sheet.rows()
    assert row.values == {
        "prs_FirstName": "Althea",
        "prs_SecondName": "Cabrera",
        "vic_MethodsOfControl": ("DebtBondage", "FalsePromises"),
        "vic_ForcedLabourIndustry": ("C_Manufacturing", "F_Construction"),
        "prs_Birthdate": date(2012, 3, 4),
    }
    assert [column.letter for column in sheet.left_out] == ["A", "G", "H"]


def test_a_name_and_a_label_of_different_fields_refuse_the_file() -> None:
    labels = list(OFFICIAL_LABELS)
    labels[3], labels[4] = labels[4], labels[3]
    with pytest.raises(UnreadableFile, match="Column D is named prs_FirstName") as refusal:
        read(official_sheet([ADDRESS], labels=labels))
    assert refusal.value.code == "columns"


def test_a_field_named_twice_refuses_the_file() -> None:
    with pytest.raises(UnreadableFile, match="Columns A and C are both prs_Email"):
        read(csv_file([["prs_Email", "prs_Gender", "prs_email"], ["", "Feminine", ""]]))


def test_a_label_of_several_fields_is_asked_about() -> None:
    with pytest.raises(UnreadableFile, match="hte_Type, org_Type, spl_Type"):
        read(csv_file([["Case Owner", "Type"], ["a.reyes", "NGO"]]))


def test_unknown_columns_refuse_the_file_by_name_unless_they_are_left_out_by_wish() -> None:
    rows = [["cas_CaseOwner", "shoe_size", "Nickname"], ["a.reyes", "36", "Bing"]]
    with pytest.raises(UnreadableFile, match=r"shoe_size \(B\), Nickname \(C\)") as refusal:
        read(csv_file(rows))
    assert refusal.value.code == "unknown_columns"
    sheet = opened(csv_file(rows), ignore_unknown=True)
    (row,) = sheet.rows()
    assert row.values == {"cas_CaseOwner": "a.reyes"}
    assert [column.heading for column in sheet.left_out] == ["shoe_size", "Nickname"]


def test_deprecated_fields_are_read_and_are_not_taken_for_consent() -> None:
    (row,) = read(
        csv_file(
            [
                ["vic_AgreementToManagePersonalData", "vic_Vulnerabilities"],
                ["TRUE", "Poverty;Abuse - social media"],
            ]
        )
    )
    assert row.values == {
        "vic_AgreementToManagePersonalData": True,
        "vic_Vulnerabilities": ("Poverty", "AbuseSocialMedia"),
    }


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_csv_is_read_with_any_usual_delimiter_with_and_without_byte_order_mark(
    delimiter: str, encoding: str
) -> None:
    rows = [["prs_FirstName", "vic_MethodsOfControl"], ["Peña", "DebtBondage;FalsePromises"]]
    (row,) = read(csv_file(rows, delimiter=delimiter, encoding=encoding))
    assert row.values == {
        "prs_FirstName": "Peña",
        "vic_MethodsOfControl": ("DebtBondage", "FalsePromises"),
    }


def test_a_separator_line_of_a_spreadsheet_is_followed_and_not_counted() -> None:
    (row,) = read(io.BytesIO(b"sep=;\r\nprs_FirstName;cas_CaseOwner\r\nAlthea;a.reyes\r\n"))
    assert row.values == {"prs_FirstName": "Althea", "cas_CaseOwner": "a.reyes"}
    assert row.number == 2


def test_a_row_number_counts_rows_and_not_lines() -> None:
    rows = [
        ["cas_CaseOwner", "cas_IncomingReferralDetails"],
        ["a.reyes", "first line\nsecond line"],
        ["", ""],
        ["b.lim", "x"],
    ]
    first, second = read(csv_file(rows))
    assert first.values["cas_IncomingReferralDetails"] == "first line\nsecond line"
    assert (first.number, second.number) == (2, 4)


def test_a_csv_row_of_another_width_is_a_fault_of_that_row() -> None:
    rows = [["cas_CaseOwner", "prs_Gender"], ["a.reyes"], ["b.lim", "Feminine", "x"], ["c", ""]]
    short, long, good = read(csv_file(rows))
    assert "1 cells where the header has 2" in short.errors[0].message
    assert "right of the last heading" in long.errors[0].message
    assert good.errors == []


def test_what_stands_under_no_heading_is_a_fault_and_not_lost() -> None:
    first, second = read(csv_file([["cas_CaseOwner", ""], ["a.reyes", "?"], ["b.lim", ""]]))
    assert [(error.column, error.field) for error in first.errors] == [("B", "")]
    assert second.errors == []


def test_words_in_the_row_number_column_are_a_fault() -> None:
    first, second = read(csv_file([["", "cas_CaseOwner"], ["7", "a.reyes"], ["Ana", "b.lim"]]))
    assert first.errors == []
    assert second.errors[0].column == "A"


def test_a_case_sheet_is_found_whatever_its_place_and_name() -> None:
    book = openpyxl.Workbook()
    book.active.title = "about"
    book.active["A1"] = "Notes"
    sheet = book.create_sheet("Blatt 2")
    sheet.append(["prs_FirstName"])
    sheet.append(["Althea"])
    assert [row.values for row in read(saved(book))] == [{"prs_FirstName": "Althea"}]


def test_two_case_sheets_in_one_workbook_are_refused_so_that_none_is_left_out() -> None:
    book = openpyxl.Workbook()
    for title in ("North", "South"):
        sheet = book.create_sheet(title)
        sheet.append(["prs_FirstName"])
        sheet.append(["Althea"])
    with pytest.raises(UnreadableFile, match="North, South"):
        read(saved(book))


def test_dates_numbers_and_checkboxes_typed_into_cells_keep_their_meaning() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["prs_Birthdate", "con_Consent", "vic_AgeWhenTrafficked", "prs_MobilePhone"])
    sheet.append([date(2012, 5, 4), False, 9.0, 639000001234])
    sheet["E1"], sheet["E2"] = "prs_MailingPostalCode", 9901
    (row,) = read(saved(book))
    assert row.values == {
        "prs_Birthdate": date(2012, 5, 4),
        "con_Consent": False,
        "vic_AgeWhenTrafficked": 9,
        "prs_MobilePhone": "639000001234",
        "prs_MailingPostalCode": "9901",
    }


def test_a_formula_saved_without_its_result_is_a_fault_and_not_an_empty_cell() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["cas_CaseOwner", "vic_AgeWhenTrafficked"])
    sheet.append(["a.reyes", "=3+4"])
    (row,) = read(saved(book))
    assert [(error.row, error.column, error.field) for error in row.errors] == [
        (2, "B", "vic_AgeWhenTrafficked")
    ]


def test_rows_can_be_read_twice() -> None:
    for file in (official_sheet([ADDRESS]), csv_file([["prs_FirstName"], ["Althea"]])):
        sheet = opened(file)
        assert [row.values for row in sheet.rows()] == [row.values for row in sheet.rows()] != []


def test_our_sample_sheet_has_cities_in_the_city_and_streets_in_the_street() -> None:
    with (SAMPLES / "htcds_case_sheet_sample.xlsx").open("rb") as file:
        rows = read(file)
    assert len(rows) == 24
    assert [row.errors for row in rows] == [[]] * 24
    assert {row.values["prs_MailingCity"] for row in rows} <= {
        *("San Alonzo", "Puerto Linao", "Santa Mirea", "Bagong Sikat")
    }
    assert all(
        str(row.values["prs_MailingStreet"]).endswith(("Street", "Road", "Lane", "Avenue"))
        for row in rows
    )
    assert {row.values["prs_MailingCountry"] for row in rows} == {"PH"}


def test_our_sample_csv_has_four_faulty_rows_and_two_told_twice() -> None:
    with (SAMPLES / "htcds_referrals_sample.csv").open("rb") as file:
        rows = read(file)
    assert len(rows) == 40
    assert [(row.number, row.errors[0].field) for row in rows if row.errors] == [
        (11, "cas_IncomingReferralDate"),
        (18, "vic_TypeOfExploitation"),
        (26, "prs_Birthdate"),
        (34, "prs_MailingCountry"),
    ]
    assert len({row_digest(row, KEY) for row in rows if not row.errors}) == 34


@pytest.mark.skipif(not SHARED.exists(), reason="the shared case sheets are not here")
def test_every_row_of_the_filled_official_sheet_is_read_with_cities_in_the_city() -> None:
    with (SHARED / "htcds_case_sheet_300.xlsx").open("rb") as file:
        rows = read(file)
    assert len(rows) == 300
    assert not any(row.errors for row in rows)
    assert {row.values.get("prs_MailingCity") for row in rows} == {
        *("Port City", "River Bend", "Hill Town", None)
    }
    assert not any("prs_MailingStreet" in row.values for row in rows)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared case sheets are not here")
def test_every_official_sheet_opens_and_says_that_it_is_not_filled() -> None:
    sheets = sorted((SHARED / "htcds_toolkit").glob("HTCDS Excel*"))
    assert len(sheets) == 3
    for path in sheets:
        with path.open("rb") as file, pytest.raises(UnreadableFile) as refusal:
            opened(file)
        assert refusal.value.code == "empty"


@pytest.mark.skipif(not SHARED.exists(), reason="the shared case sheets are not here")
def test_every_answer_offered_by_the_official_sheets_lists_is_understood() -> None:
    columns = {
        "Gender": "prs_Gender",
        "Country": "prs_MailingCountry",
        "Country Code": "prs_Citizenship",
        "Method of Recruitment": "vic_MethodOfRecruitment",
        "Methods of Control": "vic_MethodsOfControl",
        "Type of Exploitation": "vic_TypeOfExploitation",
        "Forced Labour Industry": "vic_ForcedLabourIndustry",
        "Type of Sex Exploitation": "vic_TypeOfSexExploitation",
        "Vulnerabilities": "vic_Vulnerabilities",
        "Status": "cas_Status",
        "Reason for Incoming Referral": "cas_ReasonForIncomingReferral",
        "Trafficking Status": "vic_TraffickingStatus",
        "Trafficking Status Decision Making Organization": "vic_TraffickingStatusDecisionMakingOrg",
    }
    path = (
        SHARED / "htcds_toolkit" / "HTCDS Excel Spreadsheet single select with validation v2.0.xlsx"
    )
    lists = openpyxl.load_workbook(path)["validation"]
    headings = [cell.value for cell in lists[3]]
    seen = 0
    for heading, field in columns.items():
        column = headings.index(heading)
        answers = [
            str(row[column]) for row in lists.iter_rows(min_row=4, values_only=True) if row[column]
        ]
        rows = read(csv_file([["cas_CaseOwner", field], *(["a.reyes", text] for text in answers)]))
        assert not any(row.errors for row in rows), heading
        assert len({row.values[field] for row in rows}) == len(answers), heading
        seen += len(answers)
    assert seen > 580


def test_the_same_row_has_the_same_digest_whatever_the_file_and_the_spelling() -> None:
    in_sheet = read(
        official_sheet(
            [
                {
                    "First Name": "Althea",
                    "Birthdate": date(2012, 5, 4),
                    "Consent": True,
                    "Methods of Control": "False promises;Debt bondage",
                    "Citizenship": "Philippines",
                }
            ]
        )
    )[0]
    in_csv = read(
        csv_file(
            [
                [
                    *("vic_MethodsOfControl", "prs_Citizenship", "prs_Birthdate", "con_Consent"),
                    "prs_FirstName",
                ],
                ["DebtBondage;FalsePromises", "PH", "4 May 2012", "yes", " Althea "],
            ]
        )
    )[0]
    assert row_digest(in_sheet, KEY) == row_digest(in_csv, KEY)
    assert len(row_digest(in_csv, KEY)) == 32


def test_a_digest_changes_with_any_value_and_with_the_key() -> None:
    header = ["prs_FirstName", "prs_SecondName"]
    rows = read(csv_file([header, ["Ana", "Cruz"], ["Ana", "Cruze"], ["AnaC", "ruz"], ["", "Ana"]]))
    assert len({row_digest(row, KEY) for row in rows}) == 4
    assert row_digest(rows[0], KEY) != row_digest(rows[0], b"l" * 32)


def test_a_short_key_is_refused() -> None:
    (row,) = read(csv_file([["prs_FirstName"], ["Ana"]]))
    with pytest.raises(ValueError, match="32 bytes"):
        row_digest(row, b"short")


def test_shared_strings_and_escapes_of_other_spreadsheets_are_read() -> None:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    types = part_of(official_sheet([]), "[Content_Types].xml").decode()
    strings = "".join(
        f"<si><t>{text}</t></si>"
        for text in ("prs_FirstName", "cas_IncomingReferralDetails", "Peña", "one_x000A_two")
    )
    cells = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
        '<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" t="s"><v>3</v></c></row>'
    )
    file = repacked(
        official_sheet([]),
        {
            "xl/sharedStrings.xml": f'<sst xmlns="{main}">{strings}</sst>'.encode(),
            "xl/worksheets/sheet1.xml": (
                f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>'
            ).encode(),
            "[Content_Types].xml": types.replace(
                "</Types>",
                '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxml'
                'formats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
            ).encode(),
        },
    )
    (row,) = read(file)
    assert row.values == {
        "prs_FirstName": "Peña",
        "cas_IncomingReferralDetails": "one\ntwo",
    }


def test_rows_beyond_the_size_a_sheet_claims_are_read() -> None:
    file = official_sheet([{"First Name": "Ana"}, {"First Name": "Bea"}])
    part = "xl/worksheets/sheet1.xml"
    content = part_of(file, part)
    claimed = re.sub(rb'<dimension ref="[^"]*" ?/>', b'<dimension ref="A1:E3"/>', content)
    assert claimed != content
    rows = read(repacked(file, {part: claimed}))
    assert [row.values["prs_FirstName"] for row in rows] == ["Ana", "Bea"]
