"""Importing a case sheet through the page."""

from __future__ import annotations

import html
import re
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from audit.models import AuditEvent
from referrals.models import ImportBatch, Referral
from tests.factories import log_referral
from tests.referrals.sheets import SAMPLES, csv_file

URL = "/referrals/import/"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 200


def _words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.unescape(response.content.decode())))


def _send(client, cast, content: bytes, name: str = "sheet.csv", **over):
    file = SimpleUploadedFile(name, content, content_type="text/csv")
    return client.post(URL, {"team": str(cast.north.pk), "file": file, **over})


def _sample() -> bytes:
    return (SAMPLES / "htcds_referrals_sample.csv").read_bytes()


def _referrals() -> int:
    return Referral.objects.using("owner").count()


def test_a_sheet_is_imported_once_and_the_page_says_what_happened(cast, client_of):
    client = client_of(cast.intake)
    first = _send(client, cast, _sample())
    assert first.status_code == 200
    kept = _referrals()
    assert kept > 0
    assert f"Kept as referrals {kept} " in _words(first)
    batch = ImportBatch.objects.using("owner").get()
    assert (batch.started_by_id, batch.rows_kept) == (cast.intake.pk, kept)
    again = _send(client, cast, _sample())
    assert "Kept as referrals 0 " in _words(again)
    assert f"Imported before {kept} " in _words(again)
    assert _referrals() == kept


def test_a_check_keeps_nothing(cast, client_of):
    response = _send(client_of(cast.intake), cast, _sample(), dry_run="on")
    assert "Nothing was kept: this was a check" in _words(response)
    assert not re.search(r"Would be kept 0 ", _words(response))
    assert _referrals() == 0
    assert not ImportBatch.objects.using("owner").exists()


def test_faulty_rows_are_listed_by_row_and_column_without_what_stood_there(cast, client_of):
    rows = [["prs_FirstName", "prs_Birthdate"], ["Althea", "2012-05-04"], ["Mai", "Canary"]]
    sheet = csv_file(rows).getvalue()
    response = _send(client_of(cast.intake), cast, sheet)
    words = _words(response)
    assert "Kept as referrals 1 " in words
    assert "Not taken 1 " in words
    assert "Row 3 B prs_Birthdate" in words
    assert "Canary" not in words
    assert _referrals() == 1


def test_a_file_that_is_no_sheet_is_refused_and_only_its_kind_stands_in_the_log(cast, client_of):
    client = client_of(cast.intake)
    response = _send(client, cast, PNG, name="Canary name.csv")
    assert response.status_code == 422
    assert 'href="#id_file"' in response.content.decode()
    assert "This is a picture, a video or a recording." in _words(response)
    event = AuditEvent.objects.get(verb="referral.import_refused")
    assert event.actor_id == cast.intake.pk
    assert event.facts == {"fault": "picture", "megabytes": 1}
    assert "Canary" not in str([vars(event) for event in AuditEvent.objects.all()])
    assert _referrals() == 0


def test_a_file_over_twenty_megabytes_is_refused_before_it_is_read_whole(cast, client_of):
    large = b"prs_FirstName\n" + b"Althea\n" * 3_100_000
    response = _send(client_of(cast.intake), cast, large)
    assert response.status_code == 422
    assert "This file is larger than 20 MB." in _words(response)
    assert _referrals() == 0


def test_a_missing_file_is_named(cast, client_of):
    response = client_of(cast.intake).post(URL, {"team": str(cast.north.pk)})
    assert response.status_code == 422
    assert "Fill this in: Case sheet" in _words(response)


def test_a_sheet_is_not_imported_onto_the_desk_of_others(cast, client_of):
    client = client_of(cast.intake)
    response = _send(client, cast, _sample(), team=str(cast.south.pk))
    assert response.status_code == 422
    liaison = client_of(cast.liaison)
    assert liaison.get(URL).status_code == 403
    assert _send(liaison, cast, _sample()).status_code == 403
    assert AuditEvent.objects.latest("id").outcome == "refused"
    assert _referrals() == 0


def test_imported_referrals_are_accepted_like_others(cast, client_of):
    client = client_of(cast.intake)
    _send(client, cast, _sample())
    for referral in Referral.objects.using("owner").all():
        url = f"/referrals/{referral.pk}/"
        assert client.get(url).status_code == 200
        assert client.post(f"{url}start-triage/").status_code == 302
        assert client.post(f"{url}accept/", {"into": "new"}).status_code == 302
    statuses = set(Referral.objects.using("owner").values_list("status", flat=True))
    assert statuses == {"linked_to_case"}


def test_an_imported_row_waits_since_its_import_however_old_its_date_is(cast, client_of):
    client = client_of(cast.intake)
    _send(client, cast, _sample())
    logged = log_referral(cast.intake, received_at=timezone.now() - timedelta(hours=5))
    page = client.get("/referrals/")
    assert re.search(r"\bR-[0-9A-Z-]+", _words(page))[0] == logged.reference
    assert "overdue" not in re.search(r"\d+ referrals[^.]*?(?= Reference)", _words(page))[0]
