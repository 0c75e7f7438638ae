"""An organisation's own sheet: columns chosen and kept, first rows looked over, imported."""

from __future__ import annotations

import html
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.service_accounts import IMPORTER_ID
from audit.models import AuditEvent
from audit.reading import reading
from cases.models import Case, CaseParticipant
from referrals.htcds import UnreadableFile
from referrals.incoming.own import (
    DAY_FIRST,
    MONTH_FIRST,
    OWN_NUMBER,
    ColumnMap,
    IncomingOwn,
    headings_of,
    open_own_table,
    suggested,
)
from referrals.models import ImportBatch, ImportWaiting, Referral, SavedMapping
from referrals.services import importing
from referrals.services.import_jobs import run_import
from referrals.services.importing import import_referrals
from referrals.services.own_sheets import choose_columns, start_own_import
from tests.jobs import Jobs
from tests.referrals.sheets import TODAY, csv_file

BOOK = [
    ["Child", "Surname", "Born on", "Came in", "What", "Book no.", "Shoe size"],
    ["Althea", "Cabrera", "04/05/2012", "3/2/2025", "Sexual exploitation", "B-2025-014", "34"],
    ["Bea", "", "2013-06-05", "13/02/2025", "Sold online", "B-2025-015", "35"],
    ["Cora", "", "31/02/2013", "1/2/2025", "", "B-2025-016", "36"],
]
TARGETS = {
    "Child": "prs_FirstName",
    "Surname": "prs_SecondName",
    "Born on": "prs_Birthdate",
    "Came in": "cas_IncomingReferralDate",
    "What": "vic_TypeOfExploitation",
    "Book no.": OWN_NUMBER,
}


@pytest.fixture
def run_jobs(database: str) -> Jobs:
    return Jobs()


def book(rows: list[list[str]] = BOOK) -> bytes:
    return csv_file(rows).getvalue()


def _words(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.unescape(response.content.decode())))


def _bring(client: Any, cast: Any, content: bytes, **over: Any) -> Any:
    file = SimpleUploadedFile("book.csv", content, content_type="text/csv")
    asked = {"team": str(cast.north.pk), "format": "own", "file": file, **over}
    return client.post("/referrals/import/", asked)


def _choices(content: bytes = b"", targets: dict[str, str] = TARGETS, **over: Any) -> Any:
    table = open_own_table(io.BytesIO(content or book()))
    return {
        **{
            f"column_{n}": targets.get(one, "leave_out") for n, one in enumerate(headings_of(table))
        },
        "date_order": DAY_FIRST,
        **over,
    }


def read(rows: list[list[str]], chosen: ColumnMap) -> list[Any]:
    file = io.BytesIO(book(rows))
    return list(IncomingOwn(file, open_own_table(file), chosen, today=TODAY).entries())


def test_dates_are_read_by_the_order_that_was_chosen() -> None:
    rows = [["Child", "Born on"], ["A", "04/05/2012"], ["B", "2012-05-04"], ["C", "4 May 2012"]]
    chosen = {"Child": "prs_FirstName", "Born on": "prs_Birthdate"}
    days = {
        order: [str(row.values["prs_Birthdate"]) for row in read(rows, ColumnMap(chosen, order))]
        for order in (DAY_FIRST, MONTH_FIRST)
    }
    assert days[DAY_FIRST] == ["2012-05-04"] * 3
    assert days[MONTH_FIRST] == ["2012-04-05", "2012-05-04", "2012-05-04"]
    ambiguous, *_plain = read(rows, ColumnMap(chosen))
    assert [error.field for error in ambiguous.errors] == ["prs_Birthdate"]


def test_a_date_that_the_order_makes_impossible_is_a_fault_and_not_turned_around() -> None:
    rows = [["Child", "Born on"], ["A", "04/25/2012"]]
    chosen = {"Child": "prs_FirstName", "Born on": "prs_Birthdate"}
    (row,) = read(rows, ColumnMap(chosen, DAY_FIRST))
    assert [error.field for error in row.errors] == ["prs_Birthdate"]


def test_headings_of_the_standard_are_suggested_each_once() -> None:
    headings = ["First Name", "prs_FirstName", "Gender", "Shoe", "Type"]
    assert suggested(headings) == {"First Name": "prs_FirstName", "Gender": "prs_Gender"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"Child;Child\nA;B\n", "same heading"),
        (b"Child;Born\n", "no filled rows"),
        (b"\n\nA;B\n", "first row"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "picture"),
    ],
)
def test_a_sheet_without_usable_headings_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(UnreadableFile, match=says):
        open_own_table(io.BytesIO(content))


def test_a_sheet_of_too_many_rows_is_refused_before_any_is_read() -> None:
    many = b"Child\n" + b"A\n" * 200_001
    with pytest.raises(UnreadableFile, match="200,000 rows"):
        open_own_table(io.BytesIO(many))


def test_columns_are_chosen_looked_over_and_imported(cast, client_of, run_jobs) -> None:
    client = client_of(cast.intake)
    sent = _bring(client, cast, book())
    batch = ImportBatch.objects.using("owner").get()
    assert sent["Location"] == f"/referrals/imports/{batch.pk}/columns/"
    run_jobs()
    assert not Referral.objects.using("owner").exists()
    page = _words(client.get(sent["Location"]))
    assert "Born on 04/05/2012 · 2013-06-05 · 31/02/2013" in page
    looked = client.post(sent["Location"], _choices(keep_as="Intake book"))
    assert looked.status_code == 302, _words(looked)
    rows = _words(client.get(looked["Location"]))
    assert "First Name Althea" in rows
    assert "Birthdate 4 May 2012" in rows
    assert "Sold online Not a known code: kept as text" in rows
    assert "Not taken" in rows
    assert "Shoe size (G)" in rows
    started = client.post(looked["Location"], {})
    run_jobs()
    done = _words(client.get(started["Location"]))
    assert "Kept as referrals 2 " in done
    assert "Not taken 1 " in done
    assert "Codes that are not known" in done
    assert "Sold online" not in done
    assert AuditEvent.objects.filter(verb="referral.sheet_looked_at").count() >= 2
    with reading(cast.intake):
        kept = {
            referral.subject["prs_FirstName"]: referral
            for referral in Referral.objects.visible_to(cast.intake)
        }
        assert kept["Althea"].subject["prs_Birthdate"] == "2012-05-04"
        assert kept["Althea"].source_reference == "B-2025-014"
        assert kept["Althea"].harm_types == ["tip_other"]
        assert kept["Bea"].summary == "To look at: Type of Exploitation says “Sold online”."
        # What stood in the column that was left out.
        assert "34" not in repr((kept["Althea"].subject, kept["Althea"].summary))
        assert not ImportWaiting.objects.exists()


def test_kept_columns_are_offered_for_the_next_sheet_of_this_kind(cast, client_of) -> None:
    client = client_of(cast.intake)
    first = _bring(client, cast, book())
    client.post(first["Location"], _choices(keep_as="Intake book"))
    colleague = client_of(cast.caseworker)
    second = _bring(colleague, cast, book())
    page = colleague.get(second["Location"]).content.decode()
    assert re.search(r'<option value="prs_Birthdate" selected', page)
    assert re.search(r'<option value="own_number" selected', page)


@pytest.mark.parametrize(
    ("targets", "says"),
    [
        ({}, "at least one column"),
        ({"Child": "prs_FirstName", "Surname": "prs_FirstName"}, "cannot both be"),
        ({"Book no.": OWN_NUMBER}, "at least one column"),
    ],
)
def test_columns_that_make_no_sense_are_refused_and_what_was_chosen_stays(
    cast, client_of, targets: dict[str, str], says: str
) -> None:
    client = client_of(cast.intake)
    sent = _bring(client, cast, book())
    answer = client.post(sent["Location"], _choices(targets=targets, keep_as="Mine"))
    assert answer.status_code == 422
    assert says in _words(answer)
    assert 'value="Mine"' in answer.content.decode()


def test_nobody_else_looks_into_a_sheet_that_waits(cast, client_of) -> None:
    sent = _bring(client_of(cast.intake), cast, book())
    batch = ImportBatch.objects.using("owner").get()
    for other in (cast.caseworker, cast.supervisor, cast.south_caseworker):
        client = client_of(other)
        assert client.get(sent["Location"]).status_code == 404
        assert client.post(sent["Location"], _choices()).status_code == 404
        assert client.get(f"/referrals/imports/{batch.pk}/first-rows/").status_code == 404


def test_nothing_is_imported_before_columns_are_chosen(cast, client_of, run_jobs) -> None:
    client = client_of(cast.intake)
    _bring(client, cast, book())
    batch = ImportBatch.objects.using("owner").get()
    assert client.post(f"/referrals/imports/{batch.pk}/first-rows/", {}).status_code == 422
    run_jobs()
    assert not Referral.objects.using("owner").exists()
    assert "still to be chosen" in _words(client.get(f"/referrals/imports/{batch.pk}/"))


def test_a_step_gone_back_to_after_the_import_leads_to_what_came_of_it(
    cast, client_of, run_jobs
) -> None:
    client = client_of(cast.intake)
    sent = _bring(client, cast, book())
    looked = client.post(sent["Location"], _choices())
    client.post(looked["Location"], {})
    run_jobs()
    for step in (sent["Location"], looked["Location"]):
        assert client.get(step).status_code == 302
    assert client.post(sent["Location"], _choices()).status_code in (404, 422)


def test_open_cases_of_an_older_book_become_cases_with_their_survivor(
    cast, client_of, run_jobs
) -> None:
    client = client_of(cast.intake)
    sent = _bring(client, cast, book(BOOK[:3]), into_cases="on")
    looked = client.post(sent["Location"], _choices(book(BOOK[:3])))
    client.post(looked["Location"], {})
    run_jobs()
    assert set(Referral.objects.using("owner").values_list("status", flat=True)) == {
        "linked_to_case"
    }
    assert Case.objects.using("owner").count() == 2
    assert CaseParticipant.objects.using("owner").filter(role="survivor").count() == 2


def test_over_the_api_columns_come_with_the_file(cast, client_of, run_jobs) -> None:
    client = client_of(cast.intake)

    def send(**over: Any) -> Any:
        file = SimpleUploadedFile("book.csv", book(), content_type="text/csv")
        body = {"team": str(cast.north.pk), "format": "own", "file": file, **over}
        return client.post("/api/v1/imports/", body)

    assert send().status_code == 400
    assert send(columns="[1]").status_code == 400
    assert send(columns=json.dumps({"Hat": "prs_FirstName"})).status_code == 400
    assert send(columns=json.dumps({"Child": "prs_Nonsense"})).status_code == 400
    assert not ImportBatch.objects.using("owner").exists()
    sent = send(columns=json.dumps(TARGETS), date_order=DAY_FIRST)
    assert sent.status_code == 202, sent.content
    run_jobs()
    came = client.get(f"/api/v1/imports/{sent.json()['id']}/").json()
    assert (came["state"], came["rows_kept"], came["rows_refused"]) == ("finished", 2, 1)
    assert came["findings"]["to_review"] == [3]


def test_the_command_takes_columns_by_the_name_they_were_kept_under(
    cast, client_of, tmp_path: Path
) -> None:
    path = tmp_path / "book.csv"
    path.write_bytes(book())
    with pytest.raises(CommandError, match="Kept: none"):
        call_command("import_referrals", "--format", "own", str(path))
    client = client_of(cast.intake)
    sent = _bring(client, cast, book())
    client.post(sent["Location"], _choices(keep_as="Intake book"))
    said = io.StringIO()
    with pytest.raises(SystemExit):
        call_command(
            "import_referrals", "--format", "own", "--columns", "Intake book", str(path),
            stdout=said,
        )  # fmt: skip
    assert "3 rows: 2 kept" in said.getvalue()
    assert "Columns left out: Shoe size (G)" in said.getvalue()
    again = io.StringIO()
    with pytest.raises(SystemExit):
        call_command(
            "import_referrals", "--format", "own", "--columns", "Intake book", str(path),
            stdout=again,
        )  # fmt: skip
    assert "0 kept, 2 known" in again.getvalue()
    rejects = path.with_name("book.rejects.csv").read_text(encoding="utf-8-sig")
    assert rejects.startswith("Child,Surname,Born on,")


def test_own_numbers_tell_a_row_that_was_changed(cast) -> None:
    importer = User.objects.get(pk=IMPORTER_ID)
    chosen = ColumnMap(TARGETS, DAY_FIRST)

    def take(rows: list[list[str]]) -> Any:
        return import_referrals(
            actor=importer,
            team_id=cast.north.pk,
            format="own",
            columns=chosen,
            file=io.BytesIO(book(rows)),
        )

    assert take(BOOK[:2]).kept == 1
    changed = [BOOK[0], ["Althea", "Cabrera", "04/05/2013", *BOOK[1][3:]]]
    report = take(changed)
    assert (report.kept, report.changed) == (0, [2])


def siblings() -> list[list[str]]:
    """Two children of one family, whose file has one number; a third that is told twice."""
    luz = ["Luz", "Cabrera", "04/05/2012", "3/2/2025", "Sold online", "FAM-2025-7", "34"]
    bea = ["Bea", "Cabrera", "05/06/2014", "3/2/2025", "", "FAM-2025-7", "30"]
    return [BOOK[0], luz, bea, bea]


def _take(cast: Any, rows: list[list[str]]) -> Any:
    return import_referrals(
        actor=User.objects.get(pk=IMPORTER_ID),
        team_id=cast.north.pk,
        format="own",
        columns=ColumnMap(TARGETS, DAY_FIRST),
        file=io.BytesIO(book(rows)),
    )


def test_two_children_with_one_number_in_a_sheet_are_both_kept_and_named(cast) -> None:
    report = _take(cast, siblings())
    assert (report.kept, report.changed, len(report.repeated)) == (2, [], 1)
    assert [(one.row, one.first) for one in report.same_number] == [(3, 2)]
    assert report.rows == 3
    again = _take(cast, siblings())
    assert (again.kept, again.known, again.changed, again.same_number) == (0, 2, [], [])
    assert Referral.objects.using("owner").count() == 2


def test_a_sheet_that_was_cut_off_between_two_children_keeps_the_second_and_forgets_nothing(
    cast, client_of, monkeypatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 1)
    client = client_of(cast.intake)
    sent = _bring(client, cast, book(siblings()))
    looked = client.post(sent["Location"], _choices(book(siblings())))
    client.post(looked["Location"], {})
    batch = ImportBatch.objects.using("owner").get()

    def killed(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_import(actor=cast.intake, batch_id=batch.pk, progress=killed)
    assert Referral.objects.using("owner").count() == 1
    done = run_import(actor=cast.intake, batch_id=batch.pk)
    assert (done.rows_kept, done.rows_known, done.rows_refused) == (2, 1, 0)
    with reading(cast.intake):
        told = ImportBatch.objects.visible_to(cast.intake).get().findings
    assert told["to_review"] == [2]
    assert [(one["row"], one["first"]) for one in told["same_number"]] == [(3, 2)]


def test_a_check_that_was_asked_for_is_still_one_on_the_last_page(
    cast, client_of, run_jobs
) -> None:
    client = client_of(cast.intake)
    sent = _bring(client, cast, book(), dry_run="on")
    looked = client.post(sent["Location"], _choices())
    page = client.get(looked["Location"]).content.decode()
    assert re.search(r'<input type="checkbox" name="dry_run"[^>]*checked', page)
    client.post(looked["Location"], {"dry_run": "on"})
    run_jobs()
    assert not Referral.objects.using("owner").exists()
    assert ImportBatch.objects.using("owner").get().dry_run


def test_a_check_stays_one_for_whoever_starts_it_without_saying_so_again(cast, client_of) -> None:
    client = client_of(cast.intake)
    sent = _bring(client, cast, book(), dry_run="on")
    client.post(sent["Location"], _choices())
    batch = ImportBatch.objects.using("owner").get()
    assert start_own_import(actor=cast.intake, batch_id=batch.pk).dry_run


def test_r_u3_the_name_of_kept_columns_holds_no_link(cast, client_of) -> None:
    client = client_of(cast.intake)
    sent = _bring(client, cast, book())
    answer = client.post(sent["Location"], _choices(keep_as="See https://example.invalid/a"))
    assert answer.status_code == 422
    assert "web address" in _words(answer)
    assert not SavedMapping.objects.using("owner").exists()


def test_columns_are_not_chosen_for_what_is_no_own_sheet(cast, client_of) -> None:
    file = SimpleUploadedFile("a.csv", b"prs_FirstName\nAna\n", content_type="text/csv")
    client = client_of(cast.intake)
    client.post("/referrals/import/", {"team": str(cast.north.pk), "format": "htcds", "file": file})
    batch = ImportBatch.objects.using("owner").get()
    with pytest.raises(ImportBatch.DoesNotExist):
        choose_columns(actor=cast.intake, batch_id=batch.pk, targets={"a": "prs_FirstName"})
