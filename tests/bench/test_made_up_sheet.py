"""The sheet that the import bench brings along is one that the product takes as it is."""

from __future__ import annotations

from datetime import date

from bench.sheet import write_sheet
from referrals.htcds import open_case_sheet, row_digest


def test_no_row_is_faulty_and_none_is_like_another(tmp_path):
    write_sheet(tmp_path / "sheet.csv", 500)
    with (tmp_path / "sheet.csv").open("rb") as file:
        rows = list(open_case_sheet(file, today=date(2026, 1, 1)).rows())
    assert len(rows) == 500
    assert [row.errors for row in rows if row.errors] == []
    assert len({row_digest(row, bytes(32)) for row in rows}) == 500


def test_the_same_number_of_rows_gives_the_same_sheet(tmp_path):
    write_sheet(tmp_path / "one.csv", 20)
    write_sheet(tmp_path / "two.csv", 20)
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
