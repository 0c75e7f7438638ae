"""`manage.py import_referrals`: what it says, what it leaves and how it ends."""

from __future__ import annotations

import io
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.services.directory import admit_importer
from referrals.services import importing
from tests.cast import Cast
from tests.referrals.sheets import SAMPLES, csv_file, official_sheet


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """A copy of our sample, in a folder of its own."""
    path = tmp_path / "sheet.csv"
    path.write_bytes((SAMPLES / "htcds_referrals_sample.csv").read_bytes())
    return path


def run(*arguments: Any) -> tuple[int, str]:
    """How the command ended, and what it said."""
    said = io.StringIO()
    try:
        call_command("import_referrals", *map(str, arguments), stdout=said, stderr=io.StringIO())
    except SystemExit as end:
        return int(end.code or 0), said.getvalue()
    return 0, said.getvalue()


def referrals(superuser: Any) -> int:
    return superuser.execute("SELECT count(*) FROM referrals_referral").fetchone()[0]


def test_refused_rows_are_listed_and_written_where_only_their_owner_reads(
    cast: Cast, superuser: Any, sheet: Path
) -> None:
    code, said = run("--format", "htcds", sheet)
    assert code == 3
    assert "40 rows: 34 kept, 0 known" in said
    assert "2 repeated in this file, 0 changed and not taken again, 4 refused" in said
    assert "row 11, column Z (cas_IncomingReferralDate): This date lies in the future" in said
    assert "row 22: says the same as row 6" in said
    rejects = sheet.with_name("sheet.rejects.csv")
    assert stat.S_IMODE(rejects.stat().st_mode) == 0o600
    assert len(rejects.read_text(encoding="utf-8-sig").splitlines()) == 5
    assert referrals(superuser) == 34


def test_a_second_run_adds_nothing_and_overwrites_nothing(
    cast: Cast, superuser: Any, sheet: Path
) -> None:
    run(sheet)
    first = sheet.with_name("sheet.rejects.csv").read_bytes()
    code, said = run(sheet)
    assert code == 3
    assert "0 kept, 34 known" in said
    assert sheet.with_name("sheet.rejects.csv").read_bytes() == first
    assert sheet.with_name("sheet.rejects-2.csv").exists()
    assert referrals(superuser) == 34


def test_a_sheet_without_faults_ends_well_and_leaves_no_rejects_file(
    cast: Cast, tmp_path: Path
) -> None:
    path = tmp_path / "sheet.xlsx"
    path.write_bytes((SAMPLES / "htcds_case_sheet_sample.xlsx").read_bytes())
    code, said = run(path)
    assert (code, said) == (
        0,
        "24 rows: 24 kept, 0 known from an earlier import, 0 repeated in this file, "
        "0 changed and not taken again, 0 refused.\n",
    )
    assert [file.name for file in tmp_path.iterdir()] == ["sheet.xlsx"]


def test_a_dry_run_says_what_would_happen_and_leaves_nothing(
    cast: Cast, superuser: Any, sheet: Path
) -> None:
    code, said = run("--dry-run", sheet)
    assert code == 3
    assert "34 would be kept" in said
    assert referrals(superuser) == 0
    assert [file.name for file in sheet.parent.iterdir()] == ["sheet.csv"]


def test_rejects_go_where_they_are_sent_and_never_over_another_file(
    cast: Cast, superuser: Any, sheet: Path, tmp_path: Path
) -> None:
    taken = tmp_path / "taken.csv"
    taken.write_text("mine")
    with pytest.raises(CommandError, match="is there already"):
        run("--rejects", taken, sheet)
    assert taken.read_text() == "mine"
    assert referrals(superuser) == 0
    code, said = run("--rejects", tmp_path / "back.csv", sheet)
    assert code == 3
    assert str(tmp_path / "back.csv") in said
    assert (tmp_path / "back.csv").exists()


def test_a_folder_for_rejects_that_is_not_there_is_told_before_anything_is_kept(
    cast: Cast, superuser: Any, sheet: Path, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        run("--rejects", tmp_path / "nowhere" / "back.csv", sheet)
    assert referrals(superuser) == 0


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n", "picture"),
        (official_sheet([{"First Name": "Ana"}]).getvalue()[:-100], "damaged"),
        (csv_file([["prs_FirstName"], ["Peña"]], encoding="cp1252").getvalue(), "line 2"),
        (csv_file([["prs_FirstName", "shoe"], ["A", "4"]]).getvalue(), r"shoe \(B\)"),
    ],
)
def test_a_file_that_cannot_be_taken_says_why_without_a_traceback(
    cast: Cast, superuser: Any, tmp_path: Path, content: bytes, says: str
) -> None:
    path = tmp_path / "sheet.xlsx"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=says) as refusal:
        run(path)
    assert refusal.value.returncode == 1
    assert referrals(superuser) == 0


def test_a_file_that_is_not_there_or_is_a_folder_says_so(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        run(tmp_path / "missing.csv")
    with pytest.raises(CommandError, match="directory"):
        run(tmp_path)


def test_columns_left_out_by_wish_are_named(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_bytes(csv_file([["prs_FirstName", "shoe"], ["A", "4"]]).getvalue())
    code, said = run("--ignore-unknown", path)
    assert code == 0
    assert "Columns left out: shoe (B)." in said


def test_a_sheet_without_labels_follows_the_choice_made(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "sheet.xlsx"
    path.write_bytes(official_sheet([{"Mailing City": "San Alonzo"}], labels=None).getvalue())
    with pytest.raises(CommandError, match="Put the labels back"):
        run(path)
    assert run("--address-columns", "labels", path)[0] == 0


def test_the_team_is_asked_for_when_the_service_serves_several(
    cast: Cast, superuser: Any, sheet: Path
) -> None:
    admit_importer(actor=cast.admin, team_id=cast.south.pk)
    with pytest.raises(CommandError, match=r"North team \(TANGLAW\), South team \(TANGLAW\)"):
        run(sheet)
    with pytest.raises(CommandError, match="serves"):
        run("--team", "Office", sheet)
    assert referrals(superuser) == 0
    assert run("--team", "South team", sheet)[0] == 3
    teams = superuser.execute("SELECT DISTINCT team_id FROM referrals_referral").fetchall()
    assert teams == [(cast.south.pk,)]


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_screen_and_nowhere_else(
    cast: Cast, sheet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 15)
    screen, elsewhere = Screen(), io.StringIO()
    for place in (screen, elsewhere):
        with pytest.raises(SystemExit):
            call_command("import_referrals", str(sheet), stdout=io.StringIO(), stderr=place)
    assert screen.getvalue() == "\r15 of 40 rows\r30 of 40 rows\r40 of 40 rows\n"
    assert elsewhere.getvalue() == ""


def test_stopping_it_keeps_whole_batches_and_says_how_to_go_on(
    cast: Cast, superuser: Any, sheet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 15)
    take = importing.ImportRun.take

    def stopped(self: Any, rows: Any) -> None:
        if self.report.rows >= 15:
            raise KeyboardInterrupt
        take(self, rows)

    with monkeypatch.context() as once:
        once.setattr(importing.ImportRun, "take", stopped)
        with pytest.raises(CommandError, match="run it again") as end:
            run(sheet)
    assert end.value.returncode == 130
    assert referrals(superuser) == 14
    run(sheet)
    assert referrals(superuser) == 34
