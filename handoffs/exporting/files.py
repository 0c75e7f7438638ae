"""The bytes of an export. Its mark stands in every row: a line that gets out says from where."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handoffs.choices import ExportFormat, Section
from handoffs.exporting.ctdc import table_of
from handoffs.exporting.rows import Row
from referrals.htcds.header import EXPORT_COLUMNS
from referrals.htcds.rejects import safe_cell

JSON_FORMAT = "liwanag-htcds/1"
# Spreadsheets need the mark; our own importer takes it.
ENCODING = "utf-8-sig"
MARK, CASE, PERSON = EXPORT_COLUMNS
_BELOW_ZERO = re.compile(r"-\d+(?:\.\d+)?")
# Where a field stands in the JSON: by its prefix.
GROUPS = {
    "prs": "person",
    "vic": "victim",
    "per": "perpetrator",
    "cas": "case",
    "cco": "comment",
    "hte": "event",
    "spl": "support_plan",
    "con": "consent",
    "org": "organisation",
}


@dataclass(frozen=True)
class Outside:
    """What a file says about itself."""

    mark: str
    made_at: datetime
    purpose: str
    sender: str
    recipient: str
    expires_at: datetime


def write_file(
    format: str,
    rows: Sequence[Row],
    *,
    columns: Sequence[str],
    held: Collection[str],
    outside: Outside,
) -> bytes:
    """The file in one of the formats of `ExportFormat`."""
    if format == ExportFormat.CTDC_CSV:
        head, lines = table_of(rows, held)
        return _csv([*head, MARK], ([*line, outside.mark] for line in lines))
    if format == ExportFormat.HTCDS_JSON:
        return _json(rows, columns, held, outside)
    coded = Section.PEOPLE in held
    head = [*columns, MARK, *((CASE, PERSON) if coded else ())]
    return _csv(
        head,
        (
            [
                *(_cell(row.values.get(name)) for name in columns),
                outside.mark,
                *((row.place.case.reference, row.place.person.code) if coded else ()),
            ]
            for row in rows
        ),
    )


def extension_of(format: str) -> tuple[str, str]:
    """(ending of the file's name, content type)."""
    if format == ExportFormat.HTCDS_JSON:
        return "json", "application/json"
    return "csv", "text/csv; charset=utf-8"


def _csv(head: Sequence[str], lines: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([_safe(cell.strip()) for cell in line] for line in lines)
    return text.getvalue().encode(ENCODING)


def _safe(text: str) -> str:
    """No spreadsheet runs it as a formula. A number below zero is none."""
    return text if _BELOW_ZERO.fullmatch(text) else safe_cell(text)


def _cell(value: Any) -> str:
    """As the official sheets have it: ISO dates, codes divided by `;`, TRUE and FALSE."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, list | tuple):
        return ";".join(map(str, value))
    return str(value)


def _json(
    rows: Sequence[Row], columns: Sequence[str], held: Collection[str], outside: Outside
) -> bytes:
    coded = Section.PEOPLE in held
    cases: dict[Any, dict[str, Any]] = {}
    for row in rows:
        groups = _grouped(row.values, columns)
        case = cases.setdefault(
            row.place.case_id,
            ({"reference": row.place.case.reference} if coded else {})
            | {"case": groups.pop("case", {}), "people": []},
        )
        code = {"code": row.place.person.code} if coded else {}
        case["people"].append({"export": outside.mark} | code | groups)
    told = {
        "format": JSON_FORMAT,
        "export": outside.mark,
        "made_at": outside.made_at.isoformat(),
        "delete_by": outside.expires_at.isoformat(),
        "purpose": outside.purpose,
        "sender": outside.sender,
        "recipient": outside.recipient,
        "columns": list(columns),
        "cases": list(cases.values()),
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _grouped(values: Mapping[str, Any], columns: Sequence[str]) -> dict[str, dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {}
    for name in columns:
        if name in values:
            groups.setdefault(GROUPS[name.partition("_")[0]], {})[name] = values[name]
    return groups
