"""The frozen release: one canonical document, its digest, and the CSV made from it.

`freeze` turns protected tables into bytes. The same input gives the same bytes (RFC 8785
canonical JSON, no clock, no randomness), so asking again gains a reader nothing and the digest
names the release for good. `thaw` reads stored bytes back; pages, charts and CSV are all made from
what was frozen, never from a fresh count.
"""

from __future__ import annotations

import csv
import hmac
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

import rfc8785

from reporting.charts import finding
from reporting.disclosure import Policy, require_safe
from reporting.measures import TIME_ZONE, Measure, Period
from reporting.tables import TOTAL, TOTAL_LABEL, Category, Dimension, ProtectedTable

SCHEMA = "liwanag.release/1"

SHOWN = "shown"
NOT_SHOWN = "not_shown"

CAVEAT = (
    "Detected is not the same as happening: these figures count what was reported to us and "
    "recorded. They do not measure how common the exploitation of children is, and a rise may "
    "mean better detection."
)
METHOD = (
    "Counts from 1 to {below} are not shown. Neither are zeros, unless a table says that zeros "
    "are safe to show or a cell can't hold anybody. Further counts, and totals where needed, are "
    "not shown so that a hidden count can't be worked out from the others: it could still be any "
    'of more than {width} numbers, and could still be {threshold} or more. "Not shown" is '
    "therefore never a zero, and a hidden count may be large."
)
UNKNOWN_SHARE_TO_WARN_AT = 20

CSV_COLUMNS = (
    "agency",
    "measure",
    "measure_version",
    "table",
    "row_dimension",
    "row_code",
    "row_label",
    "column_dimension",
    "column_code",
    "column_label",
    "value",
    "status",
    "unit",
    "period_start",
    "period_end",
    "as_of",
)


class TamperedRelease(Exception):
    """Stored bytes no longer have the digest they were released under."""


class UnknownRelease(Exception):
    """The bytes are intact but not a release document this version can read."""


@dataclass(frozen=True)
class Release:
    """A frozen release. `document` is the bytes of record; `sha256` their digest in hex."""

    document: bytes
    sha256: str

    @property
    def payload(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.document)
        return found

    @property
    def cells_hidden(self) -> int:
        """How many counts are not shown, over all tables."""
        cells = (cell for table in self.payload["tables"] for cell in table["cells"])
        return sum(cell["status"] == NOT_SHOWN for cell in cells)


def freeze(
    *,
    title: str,
    agency: str,
    tier: str,
    period: Period,
    as_of: date,
    tables: Sequence[tuple[Measure, ProtectedTable]],
    policy: Policy | None = None,
) -> Release:
    """Make the release document. Every table is audited once more before it is let in.

    `agency` is the name of the agency whose figures these are, as printed; `as_of` the day, in
    Manila, up to which records were counted.

    Raises DisclosureRisk if a table fails the audit; ValueError for an empty release, a table
    that is not of its measure or period, or a table named twice.
    """
    policy = policy or Policy()
    if not tables:
        raise ValueError("A release holds at least one table.")
    if len({table.id for _, table in tables}) != len(tables):
        raise ValueError("A release holds each table once.")
    for measure, table in tables:
        if table.measure_id != measure.id:
            raise ValueError(f"Table {table.id} is not of measure {measure.id}.")
        if table.period_label != period.label:
            raise ValueError(f"Table {table.id} is not of the release's period.")
        require_safe(table, policy)
    measures = {measure.id: measure for measure, _ in tables}
    payload: dict[str, Any] = {
        "schema": SCHEMA,
        "title": title,
        "agency": agency,
        "tier": tier,
        "period": {
            "start": period.start.isoformat(),
            "end": period.end.isoformat(),
            "step": period.step,
            "label": period.label,
            "time_zone": TIME_ZONE,
            "complete": as_of >= period.end,
        },
        "as_of": as_of.isoformat(),
        "caveat": CAVEAT,
        "method": METHOD.format(
            below=policy.threshold - 1, width=policy.width, threshold=policy.threshold
        ),
        "parameters": {
            "threshold": policy.threshold,
            "width": policy.width,
            "readers": ["zero may be hidden", "zeros are never hidden"],
        },
        "measures": [_measure(measure) for measure in measures.values()],
        "tables": [_table(table) for _, table in tables],
    }
    return sealed(payload)


def sealed(payload: Mapping[str, Any]) -> Release:
    """The document of record of a payload: canonical JSON and its digest."""
    document = rfc8785.dumps(payload)
    return Release(document=document, sha256=sha256(document).hexdigest())


def thaw(document: bytes, digest: str, schema: str = SCHEMA) -> Release:
    """A stored release, if it is still what was released.

    Args:
        schema: which kind of document it has to be.

    Raises TamperedRelease if the bytes do not have the digest; UnknownRelease if they are not a
    release document.
    """
    document = bytes(document)
    if not hmac.compare_digest(sha256(document).hexdigest(), digest):
        raise TamperedRelease("This release has changed since it was made and can't be shown.")
    release = Release(document=document, sha256=digest)
    try:
        found = release.payload["schema"]
    except (ValueError, KeyError, TypeError):
        found = None
    if found != schema:
        raise UnknownRelease("This is not a release this version can read.")
    return release


def tables_of(release: Release) -> list[ProtectedTable]:
    """The tables of a frozen release, for its page and charts and to audit it again."""
    payload = release.payload
    return [_read_table(table, payload["period"]["label"]) for table in payload["tables"]]


def to_csv(release: Release) -> bytes:
    """One line for each count, totals included; UTF-8, safe to open in a spreadsheet.

    A count that is not shown has an empty value and the status says so.
    """
    payload = release.payload
    versions = {measure["id"]: measure["version"] for measure in payload["measures"]}
    period = payload["period"]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for table, source in zip(tables_of(release), payload["tables"], strict=True):
        for cell in source["cells"]:
            row, column = cell["row"], cell["column"]
            line = (
                payload["agency"],
                table.measure_id,
                versions[table.measure_id],
                table.id,
                table.rows.code,
                row,
                table.rows.label(row),
                table.columns.code if table.columns else "",
                column,
                table.columns.label(column) if table.columns else TOTAL_LABEL,
                "" if cell["value"] is None else cell["value"],
                cell["status"],
                table.unit,
                period["start"],
                period["end"],
                payload["as_of"],
            )
            writer.writerow([harmless(entry) for entry in line])
    return out.getvalue().encode()


def harmless(entry: object) -> object:
    """For CSV: text that a spreadsheet would run as a formula gets an apostrophe in front."""
    if isinstance(entry, str) and entry.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + entry
    return entry


def _measure(measure: Measure) -> dict[str, Any]:
    return {
        "id": measure.id,
        "name": measure.name,
        "unit": measure.unit,
        "numerator": measure.numerator,
        "denominator": measure.denominator,
        "time_basis": measure.time_basis,
        "dimensions": [dimension.code for dimension in measure.dimensions],
        "definition": measure.definition,
        "version": measure.version,
        "source": measure.source,
    }


def _table(table: ProtectedTable) -> dict[str, Any]:
    cells = []
    for position in table.positions():
        value = table.value(position)
        status = NOT_SHOWN if value is None else SHOWN
        cells.append({"row": position[0], "column": position[1], "value": value, "status": status})
    return {
        "id": table.id,
        "measure": table.measure_id,
        "title": table.title,
        "unit": table.unit,
        "rows": _axis(table.rows),
        "columns": None if table.columns is None else _axis(table.columns),
        "zeros_are_safe": table.zeros_are_safe,
        "structural_zeros": [list(p) for p in sorted(table.structural_zeros)],
        "cells": cells,
        "finding": finding(table),
        "notes": [*table.notes, *_unknown_note(table)],
    }


def _axis(dimension: Dimension) -> dict[str, Any]:
    return {
        "code": dimension.code,
        "name": dimension.name,
        "is_time": dimension.is_time,
        "other_code": dimension.other_code,
        "unknown_code": dimension.unknown_code,
        "categories": [{"code": c.code, "label": c.label} for c in dimension.categories],
    }


def _unknown_note(table: ProtectedTable) -> list[str]:
    """A warning where so much is unknown that shares mislead; silent where it is not shown."""
    if table.rows.unknown_code is None:
        return []
    share = table.share((table.rows.unknown_code, TOTAL))
    if share is None or share <= UNKNOWN_SHARE_TO_WARN_AT:
        return []
    return [
        f"{table.rows.name} is not known for {share}% of the {table.unit}: read shares with care."
    ]


def _read_axis(axis: Mapping[str, Any]) -> Dimension:
    return Dimension(
        code=axis["code"],
        name=axis["name"],
        categories=tuple(Category(c["code"], c["label"]) for c in axis["categories"]),
        other_code=axis["other_code"],
        unknown_code=axis["unknown_code"],
        is_time=axis["is_time"],
    )


def _read_table(table: Mapping[str, Any], period_label: str) -> ProtectedTable:
    return ProtectedTable(
        id=table["id"],
        measure_id=table["measure"],
        title=table["title"],
        unit=table["unit"],
        period_label=period_label,
        rows=_read_axis(table["rows"]),
        columns=None if table["columns"] is None else _read_axis(table["columns"]),
        zeros_are_safe=table["zeros_are_safe"],
        structural_zeros=frozenset((row, column) for row, column in table["structural_zeros"]),
        published={(c["row"], c["column"]): c["value"] for c in table["cells"]},
        notes=tuple(table["notes"]),
    )
