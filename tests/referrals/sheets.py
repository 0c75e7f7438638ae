"""Case sheets made for tests: the official layout with its faults, and plain CSV."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

from referrals.htcds import CaseSheet, HtcdsRow, open_case_sheet

TODAY = date(2025, 6, 30)
SAMPLES = Path(__file__).parents[2] / "referrals" / "samples"
SHARED = Path(__file__).parents[3] / "shared" / "data"

# Rows 1 and 2 of the official sheets, faults included: columns N to R, T, AJ and A.
OFFICIAL_NAMES: list[str | None] = [
    *(None, "cas_CaseOwner", "prs_Salutation", "prs_FirstName", "prs_SecondName", "con_Consent"),
    *("prs_Birthdate", "prs_Gender", "prs_Citizenship", "prs_Title", "prs_Email", "prs_HomePhone"),
    *("prs_MobilePhone", "prs_MailingCity", "prs_MailingCountry", "prs_MailingState"),
    *("prs_MailingStreet", "prs_MailingPostalCode", "vic_TraffickingStatus"),
    *("vic_TraffickinStatusDecisionMakingOrg", "vic_MethodOfRecruitment"),
    *("vic_LocationOfRecruitment", "vic_MethodsOfControl", "vic_TypeOfExploitation"),
    *("vic_ForcedLabourIndustry", "vic_TypeOfSexExploitation", "vic_LocationOfExploitation"),
    *("cas_Status", "cas_ReferringOrganisation", "cas_IncomingReferralDate"),
    *("cas_ReferringPrimaryCaseWorker", "cas_ReasonForIncomingReferral"),
    *("cas_IncomingReferralDetails", "cas_ReferredOrganisation", "cas_ReferredPrimaryCaseWorker"),
    *(None, "cas_OutgoingReferralDate", "cas_OutgoingReferralDetails", "cas_ReasonForCaseClosure"),
]
OFFICIAL_LABELS: list[str | None] = [
    *(None, "Case Owner", "Salutation", "First Name", "Second Name", "Consent", "Birthdate"),
    *("Gender", "Citizenship", "Title", "Email", "Home Phone", "Mobile Phone", "Mailing Street"),
    *("Mailing City", "Mailing State/Province", "Mailing Zip/Postal Code", "Mailing Country"),
    *("Trafficking Status", "Trafficking Status Decision Making Organization"),
    *("Method of Recruitment", "Location of Recruitment", "Methods of Control"),
    *("Type of Exploitation", "Forced Labour Industry", "Type of Sex Exploitation"),
    *("Location of Exploitation", "Status", "Referring Organisation", "Incoming Referral Date"),
    *("Referring Primary Case Worker", "Reason for Incoming Referral"),
    *("Incoming Referral Details", "Referred Organisation", "Referred Primary Case Worker"),
    *("Reason for Outgoing Referral", "Outgoing Referral Date", "Outgoing Referral Details"),
    "Reason for Case Closure",
]


def official_sheet(
    rows: Sequence[Mapping[str, Any]],
    *,
    names: Sequence[str | None] = OFFICIAL_NAMES,
    labels: Sequence[str | None] | None = OFFICIAL_LABELS,
    numbered: int = 10,
) -> io.BytesIO:
    """A workbook in the official layout, filled by label as a person would."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(names))
    sheet.row_dimensions[1].hidden = True
    if labels is not None:
        sheet.append(list(labels))
    for number in range(1, max(numbered, len(rows)) + 1):
        values = rows[number - 1] if number <= len(rows) else {}
        assert set(values) <= set(OFFICIAL_LABELS)
        sheet.append([number, *(values.get(label) for label in OFFICIAL_LABELS[1:])])  # type: ignore[arg-type]
    return saved(book)


def saved(book: Any) -> io.BytesIO:
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def csv_file(rows: Sequence[Sequence[str]], *, encoding: str = "utf-8", **how: Any) -> io.BytesIO:
    text = io.StringIO(newline="")
    csv.writer(text, **how).writerows(rows)
    return io.BytesIO(text.getvalue().encode(encoding))


def one_cell(field: str, text: str) -> io.BytesIO:
    """A CSV with one cell of `field`, beside a column that is always filled."""
    return csv_file([["cas_CaseOwner", field], ["a.reyes", text]])


def opened(file: Any, **how: Any) -> CaseSheet:
    return open_case_sheet(file, today=TODAY, **how)


def read(file: Any, **how: Any) -> list[HtcdsRow]:
    return list(opened(file, **how).rows())


def repacked(file: io.BytesIO, replace: Mapping[str, bytes | None]) -> io.BytesIO:
    """The workbook with parts replaced, added, or taken out (None)."""
    new = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as target:
        for part in old.infolist():
            if part.filename not in replace:
                target.writestr(part.filename, old.read(part))
        for name, content in replace.items():
            if content is not None:
                target.writestr(name, content)
    new.seek(0)
    return new


def part_of(file: io.BytesIO, name: str) -> bytes:
    with zipfile.ZipFile(file) as archive:
        return archive.read(name)
