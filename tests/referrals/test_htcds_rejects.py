"""The file of rejected rows: complete, safe to open, and importable once corrected."""

from __future__ import annotations

import csv
import io
from typing import Any

from referrals.htcds import RejectsWriter
from tests.referrals.sheets import csv_file, official_sheet, opened


def rejects_of(file: Any) -> list[list[str]]:
    sheet = opened(file)
    text = io.StringIO(newline="")
    writer = RejectsWriter(text, sheet.columns)
    rows = [row for row in sheet.rows() if row.errors]
    for row in rows:
        writer.write(row)
    assert writer.written == len(rows)
    return list(csv.reader(io.StringIO(text.getvalue(), newline="")))


def test_a_rejected_row_stands_there_with_its_row_columns_and_reasons() -> None:
    header, row = rejects_of(
        official_sheet(
            [
                {"First Name": "Ana", "Gender": "Feminine"},
                {"First Name": "Bea", "Gender": "?", "Consent": "maybe"},
            ]
        )
    )
    cells = dict(zip(header, row, strict=True))
    assert header[-3:] == ["rejected_row", "rejected_columns", "rejected_because"]
    assert (cells["prs_FirstName"], cells["prs_Gender"]) == ("Bea", "?")
    assert cells["rejected_row"] == "4"
    assert cells["rejected_columns"] == "F con_Consent; H prs_Gender"
    assert cells["rejected_because"].startswith("Write TRUE or FALSE. | Not one of")


def test_no_cell_runs_as_a_formula() -> None:
    texts = ["=1+1", "+63 ask", "-1", "@sum", "\t=1", "fine"]
    _header, *rows = rejects_of(
        csv_file([["prs_FirstName", "con_Consent"], *([text, "maybe"] for text in texts)])
    )
    first = [row[0] for row in rows]
    assert first == ["'=1+1", "'+63 ask", "'-1", "'@sum", "'\t=1", "fine"]
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_a_corrected_rejects_file_is_imported_as_it_is() -> None:
    header, row = rejects_of(
        official_sheet(
            [
                {
                    "First Name": "@Ana",
                    "Mobile Phone": "+639000001234",
                    "Mailing Street": "12 Acacia Street",
                    "Mailing City": "San Alonzo",
                    "Gender": "?",
                }
            ]
        )
    )
    row[header.index("prs_Gender")] = "Feminine"
    (again,) = opened(csv_file([header, row])).rows()
    assert again.errors == []
    assert again.values == {
        "prs_FirstName": "@Ana",
        "prs_MobilePhone": "+639000001234",
        "prs_MailingStreet": "12 Acacia Street",
        "prs_MailingCity": "San Alonzo",
        "prs_Gender": "Feminine",
    }


def test_what_stood_under_no_heading_is_handed_back_too() -> None:
    header, row = rejects_of(csv_file([["cas_CaseOwner", ""], ["a.reyes", "a stray word"]]))
    assert header[:2] == ["cas_CaseOwner", "no_heading_B"]
    assert row[1] == "a stray word"
    (again,) = opened(csv_file([header, row])).rows()
    assert "no heading" in again.errors[0].message
