"""From the manager's request to a stranger's screen: public reports on their pages."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.db import connections
from django.urls import reverse

from reporting.models import StatisticsRelease
from reporting.services.releases import advise_release, publish_release, withdraw_release
from tests.client import WatchedClient
from tests.conftest import admin_connection
from tests.reporting.conftest import kept
from tests.reporting.made_up import survivors
from tests.reporting.test_public_tables import ask


@pytest.fixture
def in_public_review(cast, run_jobs):
    survivors(cast.manager.agency, 1500)
    release = ask(cast.manager, title="Brought to safety in 2025")
    run_jobs()
    return kept(release)


@pytest.fixture
def public_release(cast, in_public_review):
    advise_release(actor=cast.survivor_advisor, release_id=in_public_review.pk)
    return publish_release(actor=cast.dpo, release_id=in_public_review.pk)


def test_a_manager_asks_for_it_on_the_page(cast, client_of, run_jobs):
    survivors(cast.manager.agency, 1500)
    client = client_of(cast.manager)
    page = client.get(reverse("reporting:request_public"))
    assert "survivor advisor" in page.content.decode()
    sent = {"title": "Brought to safety in 2025", "period": "2025", "population": "S-RES"}
    answer = client.post(reverse("reporting:request_public"), sent)
    assert answer.status_code == 302
    run_jobs()
    release = StatisticsRelease.objects.using("owner").get(tier="public")
    shown = client.get(reverse("reporting:release", args=[release.pk])).content.decode()
    assert "A survivor advisor looks it over first" in shown
    assert "Female" in shown
    assert "±" in shown


def test_the_advisor_then_the_officer(cast, client_of, in_public_review):
    release = in_public_review
    advise = reverse("reporting:advise", args=[release.pk])
    publish = reverse("reporting:publish", args=[release.pk])
    officer = client_of(cast.dpo)
    assert "A survivor advisor comes first" in officer.get(publish).content.decode()
    assert client_of(cast.manager).get(advise).status_code == 403
    advisor = client_of(cast.survivor_advisor)
    assert "May the public read it?" in advisor.get(advise).content.decode()
    assert advisor.post(advise).status_code == 302
    assert "without signing in" in officer.get(publish).content.decode()
    assert officer.post(publish).status_code == 302
    assert kept(release).status == "published"


def test_everybody_reads_it_without_a_cookie(public_release):
    reader = WatchedClient()
    listed = reader.get(reverse("public_reports:list"))
    assert "Brought to safety in 2025" in listed.content.decode()
    page = reader.get(reverse("public_reports:report", args=[public_release.reference]))
    text = page.content.decode()
    for words in ("Survivors brought to safety", "±", "ε = ", "Detected is not the same"):
        assert words in text
    for name in (public_release.requested_by.name, public_release.approved_by.name):
        assert name not in text
    assert "<script" not in text
    for answer in (listed, page):
        assert not answer.cookies
        assert answer["Cache-Control"] == "public, max-age=300"
        assert "Cookie" not in answer.get("Vary", "")


def test_the_downloads_are_the_document(public_release):
    reader = WatchedClient()
    lines = reader.get(reverse("public_reports:csv", args=[public_release.reference]))
    rows = list(csv.DictReader(io.StringIO(lines.content.decode())))
    female = next(r for r in rows if r["table"] == "s-res-gender" and r["row_code"] == "Feminine")
    assert abs(float(female["estimate"]) - 900) < 300
    assert int(female["value"]) % 5 == 0
    whole = reader.get(reverse("public_reports:json", args=[public_release.reference]))
    assert json.loads(whole.content)["schema"] == "liwanag.public-tables/1"
    assert whole.content == bytes(kept(public_release).payload)


@pytest.mark.parametrize("state", ["in_review", "partner", "missing"])
def test_nothing_else_is_to_be_had_there(state, cast, request):
    reader = WatchedClient()
    if state == "in_review":
        reference = request.getfixturevalue("in_public_review").reference
    elif state == "partner":
        reference = request.getfixturevalue("published").reference
    else:
        reference = "T-NOTHING"
    for name in ("report", "csv", "json"):
        assert reader.get(reverse(f"public_reports:{name}", args=[reference])).status_code == 404
    assert reader.post(reverse("public_reports:list")).status_code == 405


def test_a_withdrawn_report_says_why_and_keeps_its_figures_to_itself(cast, public_release):
    withdraw_release(
        actor=cast.dpo, release_id=public_release.pk, reason="A table was mislabelled."
    )
    reader = WatchedClient()
    page = reader.get(reverse("public_reports:report", args=[public_release.reference]))
    text = page.content.decode()
    assert "A table was mislabelled." in text
    assert "±" not in text
    assert (
        reader.get(reverse("public_reports:csv", args=[public_release.reference])).status_code
        == 404
    )


def test_what_is_public_cannot_be_changed_or_unwithdrawn(cast, public_release):
    withdraw_release(
        actor=cast.dpo, release_id=public_release.pk, reason="A table was mislabelled."
    )
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('liwanag.act', 'x', false)")
        for change in (
            "UPDATE reporting_publicreport SET document = '\\x00'",
            "UPDATE reporting_publicreport SET withdrawn_at = NULL, withdrawn_reason = ''",
            "DELETE FROM reporting_publicreport",
        ):
            with pytest.raises(Exception, match=r"stays|refused|never"):
                cursor.execute(change)


def test_a_document_that_was_altered_is_not_shown(cast, public_release, database):
    with admin_connection(database) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("ALTER TABLE reporting_publicreport DISABLE TRIGGER ALL")
        admin.execute(
            "UPDATE reporting_publicreport SET document = convert_to("
            "replace(convert_from(document, 'UTF8'), 'Female', 'Fiddled'), 'UTF8')"
        )
    reader = WatchedClient()
    url = reverse("public_reports:report", args=[public_release.reference])
    assert reader.get(url).status_code == 404
    # The list leaves it out, and goes on with the others.
    with admin_connection(database) as admin:
        admin.execute("SET session_replication_role = replica")
        columns = "document, digest, published_at, withdrawn_reason"
        admin.execute(
            "INSERT INTO reporting_publicreport (id, created_at, release_id, reference, "
            f"{columns}) SELECT gen_random_uuid(), now(), gen_random_uuid(), 'T-OTHER-01', "
            "convert_to(replace(convert_from(document, 'UTF8'), 'Fiddled', 'Female'), 'UTF8'), "
            "digest, published_at, '' FROM reporting_publicreport"
        )
    listed = reader.get(reverse("public_reports:list"))
    assert listed.status_code == 200
    assert "T-OTHER-01" in listed.content.decode()
    assert public_release.reference not in listed.content.decode()
