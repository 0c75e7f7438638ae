"""A release is frozen: same input, same bytes, and nothing hidden inside."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest

from reporting.charts import finding
from reporting.disclosure import DisclosureRisk, Policy, audit, protect
from reporting.measures import PERSONS_CONVICTED, REFERRALS_BY_SOURCE, Period, compute
from reporting.packaging import (
    CAVEAT,
    CSV_COLUMNS,
    Release,
    TamperedRelease,
    UnknownRelease,
    freeze,
    tables_of,
    thaw,
    to_csv,
)
from reporting.tables import TOTAL, Category, ProtectedTable, Table, withhold

H1 = Period.parse("2026H1")
AS_OF = date(2026, 7, 15)
JAN, APR = date(2026, 1, 15), date(2026, 4, 15)


def referrals() -> Table:
    spread = {"ngo": (3, 12), "school": (14, 21), "ncmec_cybertip": (137, 151), "court": (25, 33)}
    rows = []
    for source, by_quarter in spread.items():
        for day, count in zip((JAN, APR), by_quarter, strict=True):
            rows += [(f"{source}-{day}-{n}", source, day) for n in range(count)]
    return compute(REFERRALS_BY_SOURCE, rows, period=H1)


def convictions() -> Table:
    rows = [(n, "PH", "source") for n in range(40)] + [(n, "GB", "demand") for n in range(50, 64)]
    return compute(PERSONS_CONVICTED, rows, period=H1)


def released(**changes: object) -> Release:
    given: dict[str, object] = {
        "title": "First half of 2026",
        "agency": "Tanglaw Foundation",
        "tier": "partner",
        "period": H1,
        "as_of": AS_OF,
        "tables": [
            (REFERRALS_BY_SOURCE, protect(referrals())),
            (PERSONS_CONVICTED, protect(convictions())),
        ],
    }
    return freeze(**{**given, **changes})  # type: ignore[arg-type]


def lines(release: Release) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(to_csv(release).decode(), newline="")))


# The document


def test_the_same_input_gives_the_same_bytes() -> None:
    assert released() == released()
    assert to_csv(released()) == to_csv(released())


def test_the_same_bytes_come_from_another_process_with_another_hash_seed() -> None:
    code = (
        "from tests.reporting.test_packaging import released, to_csv; r = released();"
        "import sys; sys.stdout.write(r.sha256 + to_csv(r).hex())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    }
    assert seen == {released().sha256 + to_csv(released()).hex()}


def test_the_digest_is_that_of_the_document_and_moves_with_it() -> None:
    release = released()
    assert release.sha256 == sha256(release.document).hexdigest()
    assert released(as_of=date(2026, 7, 16)).sha256 != release.sha256


def test_the_document_is_canonical_json() -> None:
    document = released().document
    plain = json.dumps(
        json.loads(document), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    assert document == plain.encode()


def test_the_document_says_what_a_reader_must_know() -> None:
    payload = released().payload
    assert payload["caveat"] == CAVEAT
    assert payload["caveat"].startswith("Detected is not the same as happening")
    assert payload["parameters"]["threshold"] == 10
    assert "Counts from 1 to 9 are not shown" in payload["method"]
    assert payload["agency"] == "Tanglaw Foundation"
    assert payload["as_of"] == "2026-07-15"
    assert payload["period"]["start"] == "2026-01-01"
    assert payload["period"]["time_zone"] == "Asia/Manila"
    assert payload["period"]["complete"] is True
    by_id = {measure["id"]: measure for measure in payload["measures"]}
    assert by_id["S-SRC"]["definition"] == REFERRALS_BY_SOURCE.definition
    assert by_id["S-CONV"]["version"] == 1
    assert by_id["S-CONV"]["denominator"] is None


def test_a_period_that_is_not_over_is_marked() -> None:
    assert released(as_of=date(2026, 6, 29)).payload["period"]["complete"] is False
    assert released(as_of=date(2026, 6, 30)).payload["period"]["complete"] is True


def test_every_cell_says_whether_it_is_shown_and_hidden_values_are_nowhere() -> None:
    table = referrals()
    cells = {(c["row"], c["column"]): c for c in released().payload["tables"][0]["cells"]}
    assert set(cells) == set(table.positions())
    assert cells["ngo", "2026Q1"] == {
        "row": "ngo",
        "column": "2026Q1",
        "value": None,
        "status": "not_shown",
    }
    assert cells["ncmec_cybertip", "2026Q1"]["value"] == 137
    assert cells["ncmec_cybertip", "2026Q1"]["status"] == "shown"
    hidden = sum(len(protect(table).hidden) for table in (referrals(), convictions()))
    assert released().cells_hidden == hidden > 0
    for cell in cells.values():
        assert (cell["value"] is None) == (cell["status"] == "not_shown")


def test_two_tables_that_publish_the_same_freeze_to_the_same_bytes() -> None:
    table = referrals()
    hidden = set(protect(table).hidden)
    counts = dict(table.counts)
    moved = [p for p in hidden if not table.is_margin(p) and counts.get(p, 0) >= 2][:2]
    everything = [(REFERRALS_BY_SOURCE, withhold(table, table.positions()))]
    other = replace(table, counts={**counts, moved[0]: counts[moved[0]] - 1})
    others = [(REFERRALS_BY_SOURCE, withhold(other, other.positions()))]
    assert released(tables=everything).document == released(tables=others).document


# What may not be frozen


def test_a_table_that_could_be_undone_is_not_frozen() -> None:
    table = referrals()
    small = [p for p, n in table.values().items() if n < 10]
    with pytest.raises(DisclosureRisk) as refused:
        released(tables=[(REFERRALS_BY_SOURCE, withhold(table, small))])
    assert "NGO × 2026 Q1" in refused.value.cells


def test_a_stricter_policy_than_the_table_was_made_for_is_enforced() -> None:
    table = protect(replace(referrals(), zeros_are_safe=True), Policy(threshold=3))
    assert table.value(("ngo", "2026Q1")) == 3
    with pytest.raises(DisclosureRisk):
        released(tables=[(REFERRALS_BY_SOURCE, table)])


def test_a_release_without_tables_or_with_the_wrong_ones_is_refused() -> None:
    table = protect(referrals())
    with pytest.raises(ValueError, match="at least one table"):
        released(tables=[])
    with pytest.raises(ValueError, match="not of measure"):
        released(tables=[(PERSONS_CONVICTED, table)])
    with pytest.raises(ValueError, match="once"):
        released(tables=[(REFERRALS_BY_SOURCE, table)] * 2)
    with pytest.raises(ValueError, match="period"):
        released(period=Period.parse("2026H2"))


# Reading it back


def test_a_frozen_table_reads_back_as_it_was_and_passes_the_audit_again() -> None:
    release = released()
    thawed = thaw(release.document, release.sha256)
    tables = tables_of(thawed)
    assert tables == [protect(referrals()), protect(convictions())]
    assert all(audit(table).is_safe for table in tables)
    assert thawed.payload["tables"][0]["finding"] == finding(tables[0])


def test_a_changed_document_is_refused() -> None:
    release = released()
    changed = release.document.replace(b'"value":137', b'"value":138')
    assert changed != release.document
    with pytest.raises(TamperedRelease):
        thaw(changed, release.sha256)


@pytest.mark.parametrize("document", [b"", b"[]", b"7", b"{}", b'{"schema":"other/1"}', b"\xff"])
def test_something_else_with_a_right_digest_is_refused(document: bytes) -> None:
    with pytest.raises(UnknownRelease):
        thaw(document, sha256(document).hexdigest())


# CSV


def test_the_csv_has_one_line_for_each_count_with_its_status() -> None:
    release = released()
    found = lines(release)
    assert tuple(found[0]) == CSV_COLUMNS
    payload = release.payload
    assert len(found) == sum(len(table["cells"]) for table in payload["tables"])
    by_cell = {(line["measure"], line["row_code"], line["column_code"]): line for line in found}
    hidden = by_cell["S-SRC", "ngo", "2026Q1"]
    assert (hidden["value"], hidden["status"]) == ("", "not_shown")
    shown = by_cell["S-SRC", "ncmec_cybertip", "2026Q2"]
    assert (shown["value"], shown["status"], shown["unit"]) == ("151", "shown", "referrals")
    assert shown["row_label"] == "NCMEC CyberTip"
    assert shown["column_label"] == "2026 Q2"
    assert (shown["period_start"], shown["period_end"]) == ("2026-01-01", "2026-06-30")
    assert by_cell["S-SRC", TOTAL, TOTAL]["row_label"] == "Total"


def test_a_one_way_table_has_no_column_dimension_in_the_csv() -> None:
    quarter = Period.parse("2026Q1")
    rows = [(n, "ngo", JAN) for n in range(30)]
    table = compute(REFERRALS_BY_SOURCE, rows, period=quarter)
    found = lines(released(period=quarter, tables=[(REFERRALS_BY_SOURCE, protect(table))]))
    assert {line["column_dimension"] for line in found} == {""}
    assert {line["column_label"] for line in found} == {"Total"}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " ="])
def test_no_cell_of_the_csv_runs_as_a_formula(start: str) -> None:
    table = protect(referrals())
    rows = replace(
        table.rows,
        categories=(
            Category(table.rows.categories[0].code, start + "HYPERLINK(1)"),
            *table.rows.categories[1:],
        ),
    )
    hostile = ProtectedTable(**{**table.shape(), "rows": rows}, published=table.published)
    labels = {
        line["row_label"] for line in lines(released(tables=[(REFERRALS_BY_SOURCE, hostile)]))
    }
    assert "'" + start + "HYPERLINK(1)" in labels
    assert not any(
        label.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r")) for label in labels
    )


# Warnings


@pytest.mark.parametrize(("unknown", "warned"), [(20, False), (30, True)])
def test_much_that_is_unknown_is_said(unknown: int, warned: bool) -> None:
    rows = [(n, "ngo", JAN) for n in range(100 - unknown)]
    rows += [(1000 + n, "unknown", JAN) for n in range(unknown)]
    quarter = Period.parse("2026Q1")
    measure = replace(REFERRALS_BY_SOURCE, zeros_are_safe=True)
    table = protect(compute(measure, rows, period=quarter))
    notes = released(period=quarter, tables=[(measure, table)]).payload["tables"][0]["notes"]
    assert bool(notes) is warned
    if warned:
        assert notes == ["Source is not known for 30% of the referrals: read shares with care."]
