"""Importing through the pages: bringing a file, the job, what came of it, what was not taken."""

from __future__ import annotations

import html
import io
import json
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.utils import timezone

from accounts.models import User
from accounts.service_accounts import HOUSEKEEPER_ID
from audit.acting import acting
from audit.models import AuditEvent
from audit.reading import reading
from referrals import tasks
from referrals.import_progress import import_progress
from referrals.incoming import Document
from referrals.models import DangerAlert, ImportBatch, ImportRejects, ImportWaiting, Referral
from referrals.services import importing
from referrals.services.import_jobs import drop_old_imports, run_import
from referrals.services.own_sheets import choose_columns
from tests.client import confirm
from tests.factories import log_referral
from tests.jobs import Jobs
from tests.referrals.sheets import SAMPLES, csv_file

URL = "/referrals/import/"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 200
TIP = (SAMPLES / "cybertip_sample.xml").read_bytes()
FAULTY = csv_file(
    [["prs_FirstName", "prs_Birthdate"], ["Althea", "2012-05-04"], ["Mai", "Canary"]]
).getvalue()


@pytest.fixture
def run_jobs(database: str) -> Jobs:
    return Jobs()


def _words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.unescape(response.content.decode())))


def _send(client, cast, content: bytes, name: str = "sheet.csv", **over):
    file = SimpleUploadedFile(name, content, content_type="text/csv")
    asked = {"team": str(cast.north.pk), "format": "htcds", "file": file, **over}
    return client.post(URL, asked)


def _import(client, cast, run_jobs, content: bytes, **over):
    """Send a file, let its job run, and look at what came of it."""
    sent = _send(client, cast, content, **over)
    assert sent.status_code == 302, _words(sent)
    run_jobs()
    return client.get(sent["Location"])


def _sample() -> bytes:
    return (SAMPLES / "htcds_referrals_sample.csv").read_bytes()


def _referrals() -> int:
    return Referral.objects.using("owner").count()


def test_a_sheet_is_imported_once_and_the_page_says_what_happened(cast, client_of, run_jobs):
    client = client_of(cast.intake)
    first = _import(client, cast, run_jobs, _sample())
    assert first.status_code == 200
    kept = _referrals()
    assert kept > 0
    assert f"Kept as referrals {kept} " in _words(first)
    batch = ImportBatch.objects.using("owner").get()
    assert (batch.started_by_id, batch.rows_kept, batch.state) == (cast.intake.pk, kept, "finished")
    again = _import(client, cast, run_jobs, _sample())
    assert "Kept as referrals 0 " in _words(again)
    assert f"Known already, or said twice {kept + 2} " in _words(again)
    assert _referrals() == kept
    listed = _words(client.get("/referrals/imports/"))
    assert f"{kept} kept" in listed
    assert cast.intake.name in listed


def test_what_was_brought_is_sealed_while_it_waits_and_gone_when_it_was_read(
    cast, client_of, run_jobs, superuser
):
    sent = _send(client_of(cast.intake), cast, FAULTY, name="Canary name.csv")
    waiting = superuser.execute("SELECT name, content FROM referrals_importwaiting").fetchall()
    assert len(waiting) == 1
    assert not [part for part in waiting[0] if b"Althea" in part or b"Canary" in part]
    page = client_of(cast.intake).get(sent["Location"])
    assert "The import is running" in _words(page)
    assert _referrals() == 0
    run_jobs()
    assert superuser.execute("SELECT count(*) FROM referrals_importwaiting").fetchone()[0] == 0
    assert _referrals() == 1


def test_what_somebody_brought_is_theirs_alone(cast, client_of, run_jobs):
    _send(client_of(cast.intake), cast, FAULTY)
    for other in (cast.caseworker, cast.supervisor, cast.south_caseworker, cast.admin):
        with reading(other):
            assert not ImportWaiting.objects.visible_to(other).exists()
            assert not ImportWaiting.objects.all().exists()
    run_jobs()
    batch = ImportBatch.objects.using("owner").get()
    colleague = client_of(cast.caseworker)
    assert colleague.get(f"/referrals/imports/{batch.pk}/").status_code == 200
    confirm(colleague, cast.caseworker)
    assert colleague.post(f"/referrals/imports/{batch.pk}/rejects/").status_code == 404
    stranger = client_of(cast.south_caseworker)
    assert stranger.get(f"/referrals/imports/{batch.pk}/").status_code == 404
    assert stranger.get(f"/referrals/imports/{batch.pk}/progress/").status_code == 404


def test_the_waiting_page_shows_how_far_it_is_and_opens_anew_at_the_end(cast, client_of, run_jobs):
    client = client_of(cast.intake)
    sent = _send(client, cast, _sample())
    batch = ImportBatch.objects.using("owner").get()
    progress = f"/referrals/imports/{batch.pk}/progress/"
    assert client.get(progress).status_code == 404  # nobody has its page open
    client.get(sent["Location"])
    assert "No numbers yet" in _words(client.get(progress))
    import_progress.tell(batch.pk, 12, 40)
    bar = client.get(progress).content.decode()
    assert '<progress value="12" max="40">' in bar
    run_jobs()
    assert client.get(progress)["HX-Refresh"] == "true"


def test_a_check_keeps_nothing_and_hands_back_what_would_not_be_taken(cast, client_of, run_jobs):
    client = client_of(cast.intake)
    words = _words(_import(client, cast, run_jobs, FAULTY, dry_run="on"))
    assert "Nothing was kept: this was a check" in words
    assert "Would be kept 1 " in words
    assert _referrals() == 0
    assert "Take the table out" in words


def test_faulty_rows_are_listed_by_row_and_column_without_what_stood_there(
    cast, client_of, run_jobs
):
    words = _words(_import(client_of(cast.intake), cast, run_jobs, FAULTY))
    assert "Kept as referrals 1 " in words
    assert "Not taken 1 " in words
    assert "Row 3 B prs_Birthdate" in words
    assert "Canary" not in words
    assert _referrals() == 1


def test_rejects_are_taken_out_after_a_second_factor_and_dropped(cast, client_of, run_jobs):
    client = client_of(cast.intake)
    _import(client, cast, run_jobs, FAULTY)
    batch = ImportBatch.objects.using("owner").get()
    url = f"/referrals/imports/{batch.pk}/rejects/"
    confirm(client, cast.intake, minutes_ago=60)
    assert client.post(url).status_code == 302
    assert not AuditEvent.objects.filter(verb="referral.rejects_taken").exists()
    confirm(client, cast.intake)
    taken = client.post(url)
    assert taken["Content-Type"].startswith("text/csv")
    assert re.fullmatch(r'attachment; filename="[0-9a-f]{12}-[0-9-]{10}\.csv"',
                        taken["Content-Disposition"])  # fmt: skip
    table = taken.content.decode("utf-8-sig")
    assert "Mai,Canary,3," in table
    assert "Althea" not in table
    assert AuditEvent.objects.filter(verb="referral.rejects_taken").count() == 1
    assert client.post(f"/referrals/imports/{batch.pk}/drop/").status_code == 302
    assert not ImportRejects.objects.using("owner").exists()
    assert client.post(url).status_code == 404


def test_old_rejects_and_forgotten_files_are_dropped_by_the_clock(cast, client_of, run_jobs):
    keeper = User.objects.get(pk=HOUSEKEEPER_ID)
    client = client_of(cast.intake)
    _import(client, cast, run_jobs, FAULTY)
    sent = _send(client, cast, _sample())
    now = timezone.now()
    assert drop_old_imports(actor=keeper, at=now + timedelta(hours=23)) == 0
    # The file that waited, and what was asked about it.
    assert drop_old_imports(actor=keeper, at=now + timedelta(hours=25)) == 2
    assert not ImportWaiting.objects.using("owner").exists()
    assert ImportRejects.objects.using("owner").exists()
    # The rejects, and why they were none.
    assert drop_old_imports(actor=keeper, at=now + timedelta(days=8)) == 2
    assert not ImportRejects.objects.using("owner").exists()
    assert drop_old_imports(actor=keeper, at=now + timedelta(days=8)) == 0
    assert client.get(sent["Location"]).status_code == 200


def test_an_import_that_was_cut_off_is_completed_and_counts_what_it_kept(
    cast, client_of, monkeypatch
):
    monkeypatch.setattr(importing, "BATCH", 10)
    _send(client_of(cast.intake), cast, _sample())
    batch = ImportBatch.objects.using("owner").get()

    def killed(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_import(actor=cast.intake, batch_id=batch.pk, progress=killed)
    half = _referrals()
    assert 0 < half <= 10
    done = run_import(actor=cast.intake, batch_id=batch.pk)
    assert (done.rows_kept, done.rows_known, done.rows_refused) == (34, 2, 4)
    assert _referrals() == 34
    again = run_import(actor=cast.intake, batch_id=batch.pk)
    assert again.rows_kept == 34
    assert _referrals() == 34


def test_an_import_that_breaks_says_how_much_is_there_and_what_to_do(cast, client_of, monkeypatch):
    """A fault of ours in the middle: the page must not go on saying that it runs."""
    monkeypatch.setattr(importing, "BATCH", 10)
    take = importing.ImportRun.take

    def breaks(self, entries):
        if self.report.rows >= 10:
            raise RuntimeError("a fault of ours")
        take(self, entries)

    client = client_of(cast.intake)
    sent = _send(client, cast, _sample())
    batch = ImportBatch.objects.using("owner").get()
    with monkeypatch.context() as once:
        once.setattr(importing.ImportRun, "take", breaks)
        tasks.run_import.apply(args=[str(batch.pk), str(cast.intake.pk)])
    there = _referrals()
    assert 0 < there <= 10
    words = _words(client.get(sent["Location"]))
    assert "The import broke off" in words
    assert f"{there} referrals of it are on the desk" in words
    assert "is running" not in words
    assert not ImportWaiting.objects.using("owner").exists()
    assert AuditEvent.objects.get(verb="referral.import_stopped").facts == {"kept": there}
    _send(client, cast, _sample())
    second = ImportBatch.objects.using("owner").get(finished_at=None)
    run_import(actor=cast.intake, batch_id=second.pk)
    assert _referrals() == 34


def test_an_import_given_up_in_the_middle_does_not_say_that_nothing_was_read(
    cast, client_of, monkeypatch
):
    monkeypatch.setattr(importing, "BATCH", 10)
    client = client_of(cast.intake)
    sent = _send(client, cast, _sample())
    batch = ImportBatch.objects.using("owner").get()

    def killed(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_import(actor=cast.intake, batch_id=batch.pk, progress=killed)
    monkeypatch.setattr(ImportBatch, "is_given_up", lambda self, at: True)
    words = _words(client.get(sent["Location"]))
    assert f"{_referrals()} referrals of it are on the desk" in words
    assert "Nothing was read" not in words


def test_of_a_cybertip_that_waits_its_facts_alone_are_kept(cast, client_of, run_jobs):
    file = SimpleUploadedFile("CyberTip_204118733.xml", TIP, content_type="text/xml")
    client = client_of(cast.intake)
    client.post(URL, {"team": str(cast.north.pk), "format": "cybertip", "file": file})
    with reading(cast.intake):
        (waiting,) = ImportWaiting.objects.visible_to(cast.intake)
        kept, name = bytes(waiting.content).decode(), waiting.name
    assert b"canary" in TIP
    assert "canary" not in kept
    for never in ("203.0.113", "@", "<", "://"):
        assert never not in kept
    assert set(json.loads(kept)) == {"facts", "digest", "reference"}
    assert name == ""
    run_jobs()
    with reading(cast.intake):
        referral = Referral.objects.visible_to(cast.intake).get()
        assert referral.source_reference == "204118733"
        assert referral.tip.victim_countries == ["PH"]
        assert referral.tip.left_out == 19
    # Known again when it comes by the other door, which reads the whole report.
    again = importing.import_referrals(
        actor=cast.intake,
        team_id=cast.north.pk,
        format="cybertip",
        documents=[Document(1, "other.xml", io.BytesIO(TIP))],
    )
    assert (again.kept, again.known) == (0, 1)


def test_a_faulty_cybertip_that_waits_keeps_its_faults_and_the_name_to_say_which(
    cast, client_of, run_jobs
):
    bad = TIP.replace(b"<age>13", b"<age>canary")
    client = client_of(cast.intake)
    page = _words(_import(client, cast, run_jobs, bad, name="night.xml", format="cybertip"))
    assert "File 1 line 29 age" in page
    with reading(cast.intake):
        rejects = ImportRejects.objects.visible_to(cast.intake).get()
        assert b"night.xml,1,line 29,age," in bytes(rejects.content)
        assert b"canary" not in bytes(rejects.content)


def test_an_escalated_tip_calls_people_even_where_it_opens_a_case_at_once(
    cast, client_of, run_jobs
):
    client = client_of(cast.intake)
    page = _import(client, cast, run_jobs, TIP, name="a.xml", format="cybertip", into_cases="on")
    assert "Kept as referrals 1 " in _words(page)
    referral = Referral.objects.using("owner").get()
    assert (referral.immediate_danger, referral.status) == ("yes", "linked_to_case")
    assert DangerAlert.objects.using("owner").filter(referral=referral).exists()


def test_what_was_not_taken_is_told_to_whoever_brought_it_and_for_a_week(cast, client_of, run_jobs):
    client, colleague = client_of(cast.intake), client_of(cast.caseworker)
    _import(client, cast, run_jobs, FAULTY)
    batch = ImportBatch.objects.using("owner").get()
    page, api = f"/referrals/imports/{batch.pk}/", f"/api/v1/imports/{batch.pk}/"
    assert "Row 3 B" in _words(client.get(page))
    assert client.get(api).json()["findings"]["fault_count"] == 1
    assert "Row 3 B" not in _words(colleague.get(page))
    assert "Not taken 1 " in _words(colleague.get(page))
    assert colleague.get(api).json()["findings"] == {}
    keeper = User.objects.get(pk=HOUSEKEEPER_ID)
    later = timezone.now() + timedelta(days=8)
    assert drop_old_imports(actor=keeper, at=later) == 2
    assert drop_old_imports(actor=keeper, at=later) == 0
    words = _words(client.get(page))
    assert "Row 3 B" not in words
    assert "Not taken 1 " in words
    assert "was told here for a week" in words
    with reading(cast.intake):
        assert ImportBatch.objects.visible_to(cast.intake).get().findings == {}


def test_what_was_asked_about_a_sheet_is_handed_out_to_nobody(cast, client_of):
    client = client_of(cast.intake)
    client.post(URL, {"team": str(cast.north.pk), "format": "own",
                      "file": SimpleUploadedFile("a.csv", b"Canary child\nLuz\n")})  # fmt: skip
    batch = ImportBatch.objects.using("owner").get()
    choose_columns(actor=cast.intake, batch_id=batch.pk, targets={"Canary child": "prs_FirstName"})
    assert client.get(f"/api/v1/imports/{batch.pk}/").json()["findings"] == {}


def test_r_u3_the_number_of_a_tip_holds_no_link(cast, client_of):
    answer = _send(client_of(cast.intake), cast, TIP, name="a.xml", format="cybertip",
                   report_number="https://example.invalid/r/1")  # fmt: skip
    assert answer.status_code == 422
    assert "web address" in _words(answer)
    assert not ImportBatch.objects.using("owner").exists()


def test_whoever_left_the_team_meanwhile_imports_nothing(cast, client_of, superuser):
    from core.errors import Denied

    _send(client_of(cast.intake), cast, _sample())
    batch = ImportBatch.objects.using("owner").get()
    superuser.execute("SELECT set_config('liwanag.act', 'test', false)")
    superuser.execute(
        "UPDATE accounts_membership SET starts_at = now() - interval '2 hours', "
        "ends_at = now() - interval '1 hour' WHERE user_id = %s",
        [cast.intake.pk],
    )
    with pytest.raises((Denied, ImportBatch.DoesNotExist)):
        run_import(actor=User.objects.get(pk=cast.intake.pk), batch_id=batch.pk)
    assert _referrals() == 0


def test_a_finished_import_is_not_changed_by_anybody(cast, client_of, run_jobs, superuser):
    _import(client_of(cast.intake), cast, run_jobs, FAULTY)
    batches = ImportBatch.objects.visible_to(cast.intake)
    for change in ({"rows_kept": 99}, {"findings": b"words"}, {"finished_at": None}):
        with (
            pytest.raises(DatabaseError, match="a finished import stays"),
            acting(cast.intake) as act,
        ):
            act.authorise("referrals.import_referrals")
            batches.update(**change)


def test_a_file_that_is_no_sheet_is_refused_and_only_its_kind_stands_in_the_log(cast, client_of):
    client = client_of(cast.intake)
    response = _send(client, cast, PNG, name="Canary name.csv")
    assert response.status_code == 422
    assert 'href="#id_file"' in response.content.decode()
    assert "This is a picture, a video or a recording." in _words(response)
    event = AuditEvent.objects.get(verb="referral.import_refused")
    assert event.actor_id == cast.intake.pk
    assert event.facts == {"fault": "picture", "size": "under 10 kB"}
    assert "Canary" not in str([vars(event) for event in AuditEvent.objects.all()])
    assert not ImportWaiting.objects.using("owner").exists()
    assert not ImportBatch.objects.using("owner").exists()


@pytest.mark.parametrize("content", [PNG, b"PK\x03\x04aaaa", b"%PDF-1.7", b"{}", b"a,b\n1,2"])
def test_what_is_no_xml_is_no_cybertip(cast, client_of, content):
    response = _send(client_of(cast.intake), cast, content, name="a.xml", format="cybertip")
    assert response.status_code == 422
    assert not ImportWaiting.objects.using("owner").exists()


def test_a_file_over_twenty_megabytes_is_refused_before_it_is_read_whole(cast, client_of):
    large = b"prs_FirstName\n" + b"Althea\n" * 3_100_000
    response = _send(client_of(cast.intake), cast, large)
    assert response.status_code == 422
    assert "This file is larger than 20 MB." in _words(response)
    assert _referrals() == 0


def test_a_missing_file_is_named(cast, client_of):
    asked = {"team": str(cast.north.pk), "format": "htcds"}
    response = client_of(cast.intake).post(URL, asked)
    assert response.status_code == 422
    assert "Fill this in: File" in _words(response)


def test_a_file_is_not_imported_onto_the_desk_of_others(cast, client_of):
    client = client_of(cast.intake)
    response = _send(client, cast, _sample(), team=str(cast.south.pk))
    assert response.status_code == 422
    liaison = client_of(cast.liaison)
    assert liaison.get(URL).status_code == 403
    assert _send(liaison, cast, _sample()).status_code == 403
    assert AuditEvent.objects.latest("id").outcome == "refused"
    assert not ImportBatch.objects.using("owner").exists()


def test_imported_referrals_are_accepted_like_others(cast, client_of, run_jobs):
    client = client_of(cast.intake)
    _import(client, cast, run_jobs, _sample())
    for referral in Referral.objects.using("owner").all():
        url = f"/referrals/{referral.pk}/"
        assert client.get(url).status_code == 200
        assert client.post(f"{url}start-triage/").status_code == 302
        assert client.post(f"{url}accept/", {"into": "new"}).status_code == 302
    statuses = set(Referral.objects.using("owner").values_list("status", flat=True))
    assert statuses == {"linked_to_case"}


def test_an_imported_row_waits_since_its_import_however_old_its_date_is(cast, client_of, run_jobs):
    client = client_of(cast.intake)
    _import(client, cast, run_jobs, _sample())
    logged = log_referral(cast.intake, received_at=timezone.now() - timedelta(hours=5))
    page = client.get("/referrals/")
    assert re.search(r"\bR-[0-9A-Z-]+", _words(page))[0] == logged.reference
    assert "overdue" not in re.search(r"\d+ referrals[^.]*?(?= Reference)", _words(page))[0]


def test_a_cybertip_becomes_a_referral_and_its_page_says_how_much_was_left_out(
    cast, client_of, run_jobs
):
    client = client_of(cast.intake)
    page = _import(client, cast, run_jobs, TIP, name="report.xml", format="cybertip",
                   report_number="CT 204 118 733")  # fmt: skip
    assert "Fields left out on purpose 19" in _words(page)
    referral = Referral.objects.using("owner").get()
    shown = _words(client.get(f"/referrals/{referral.pk}/"))
    assert "What the platform reported" in shown
    assert "Online grooming" in shown
    assert "Another one" in shown
    assert "Example Chat" not in shown
    assert "CT 204 118 733" in shown
    assert "19 fields" in shown
    assert "canary" not in shown


def test_over_the_api_a_file_is_brought_and_asked_for_until_it_is_finished(
    cast, client_of, run_jobs
):
    client = client_of(cast.intake)
    file = SimpleUploadedFile("204118733.xml", TIP, content_type="text/xml")
    sent = client.post(
        "/api/v1/imports/", {"team": str(cast.north.pk), "format": "cybertip", "file": file}
    )
    assert sent.status_code == 202, sent.content
    assert sent.json()["state"] == "waiting"
    run_jobs()
    came = client.get(f"/api/v1/imports/{sent.json()['id']}/").json()
    assert (came["state"], came["rows_kept"], came["fields_left_out"]) == ("finished", 1, 19)
    assert client.get("/api/v1/imports/").json()["results"][0]["id"] == sent.json()["id"]


def test_over_the_api_a_picture_is_refused_and_nothing_is_kept(cast, client_of):
    file = SimpleUploadedFile("a.xml", PNG, content_type="text/xml")
    client = client_of(cast.intake)
    sent = client.post(
        "/api/v1/imports/", {"team": str(cast.north.pk), "format": "cybertip", "file": file}
    )
    assert sent.status_code == 400
    assert sent.json()["code"] == "picture"
    assert not ImportWaiting.objects.using("owner").exists()
    assert not ImportBatch.objects.using("owner").exists()
