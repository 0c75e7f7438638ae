"""The report pages: who finds them, what they show, and that figures leave only when published."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent, OutboxMessage
from reporting.disclosure import DisclosureRisk
from reporting.forms import period_choices
from reporting.measures import Period
from reporting.models import StatisticsRelease
from reporting.services import releases
from reporting.services.releases import withdraw_release
from tests.reporting.conftest import ask, kept

LIST, REQUEST = reverse("reporting:list"), reverse("reporting:request")
HTMX = {"HX-Request": "true"}


def _at(name, release):
    return reverse(f"reporting:{name}", args=[release.pk])


def _asked(**over):
    return {"title": "Referrals by source", "period": "2025H1", "measures": ["S-SRC"], **over}


class _Cells(HTMLParser):
    """The rows of the first data table of a page."""

    def __init__(self, text):
        super().__init__()
        self.rows, self._cell = [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self._cell = ""

    def handle_data(self, data):
        if self._cell is not None:
            self._cell += data

    def handle_endtag(self, tag):
        if tag in ("td", "th") and self._cell is not None:
            self.rows[-1].append(self._cell.strip())
            self._cell = None


def _mark_stored_bytes(superuser):
    superuser.execute("ALTER TABLE reporting_statisticsrelease DISABLE TRIGGER USER")
    superuser.execute("UPDATE reporting_statisticsrelease SET payload = payload || ' '::bytea")
    superuser.execute("ALTER TABLE reporting_statisticsrelease ENABLE TRIGGER USER")


# The list


def test_the_list_shows_status_and_period_and_is_recorded(cast, client_of, in_review):
    page = client_of(cast.manager).get(LIST)
    text = page.content.decode()
    assert page.status_code == 200
    assert in_review.title in text
    assert "1 Jan 2025 to 30 Jun 2025" in text
    assert "Waiting for approval" in text
    assert "1 report<" in text
    event = AuditEvent.objects.latest("id")
    assert (event.verb, event.facts) == ("release.listed", {"filters": [], "rows": 1})


@pytest.mark.parametrize(
    ("chip", "found"), [("all", True), ("waiting", True), ("published", False), ("ended", False)]
)
def test_a_chip_narrows_the_list(cast, client_of, in_review, chip, found):
    text = client_of(cast.manager).get(f"{LIST}?show={chip}").content.decode()
    assert (in_review.title in text) is found


def test_a_reader_finds_nothing_until_it_is_published(cast, client_of, in_review):
    client = client_of(cast.supervisor)
    assert in_review.title not in client.get(LIST).content.decode()
    assert client.get(_at("release", in_review)).status_code == 404
    assert AuditEvent.objects.latest("id").verb == "record.missed"


def test_the_list_asks_the_same_number_of_questions_for_five_rows_and_for_twenty(cast, client_of):
    client = client_of(cast.manager)
    quarters = [f"{year}Q{n}" for year in range(2020, 2025) for n in (1, 2, 3, 4)]

    def ask_for(codes):
        for period in map(Period.parse, codes):
            ask(cast.manager, period_start=period.start, period_end=period.end)

    def questions():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(LIST).status_code == 200
        return len(asked)

    questions()
    ask_for(quarters[:5])
    few = questions()
    ask_for(quarters[5:])
    assert "20 reports<" in client.get(LIST).content.decode()
    assert questions() == few


# Asking


def test_asking_on_the_page_sends_the_job_and_leads_to_the_report(cast, client_of):
    answer = client_of(cast.manager).post(REQUEST, _asked())
    release = StatisticsRelease.objects.using("owner").get()
    assert answer.status_code == 302
    assert answer.headers["Location"] == _at("release", release)
    assert OutboxMessage.objects.get().ids == [str(release.pk)]
    assert (str(release.period_start), str(release.period_end)) == ("2025-01-01", "2025-06-30")


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"title": "ab"}, "at least 3 characters"),
        ({"period": ""}, "Choose an answer: Period"),
        ({"period": "1999Q1"}, "Select a valid choice"),
        ({"measures": []}, "Choose an answer: What to count"),
        ({"measures": ["S-NONE"]}, "Select a valid choice"),
    ],
)
def test_a_gap_comes_back_beside_its_field_with_what_was_typed(cast, client_of, over, words):
    answer = client_of(cast.manager).post(REQUEST, _asked(**over))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert words in text
    assert 'class="error-summary"' in text
    assert f'value="{_asked(**over)["title"]}"' in text
    assert not StatisticsRelease.objects.using("owner").exists()


def test_days_counted_already_come_back_beside_the_period(cast, client_of):
    earlier = ask(cast.manager)
    answer = client_of(cast.analyst).post(REQUEST, _asked(period="2025Q2"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(r'id="id_period_error".*' + earlier.reference, text, re.DOTALL)
    assert StatisticsRelease.objects.using("owner").count() == 1


@pytest.mark.parametrize("who", ["dpo", "supervisor", "caseworker", "partner"])
def test_who_may_not_ask_is_refused_on_the_page_and_recorded(cast, client_of, who):
    client = client_of(getattr(cast, who))
    assert client.get(REQUEST).status_code == 403
    assert client.post(REQUEST, _asked()).status_code == 403
    assert AuditEvent.objects.latest("id").outcome == "refused"
    assert not StatisticsRelease.objects.using("owner").exists()


def test_the_form_says_which_periods_are_not_over_and_what_is_counted(cast, client_of):
    text = client_of(cast.manager).get(REQUEST).content.decode()
    assert f"{timezone.localdate().year}, not over yet" in text
    assert "Referrals received by source" in text
    assert "this is not a number of children" in text


def test_every_period_offered_has_begun():
    today = timezone.localdate()
    codes = [code for _group, options in period_choices(today) for code, _words in options]
    assert str(today.year) in codes
    assert len(codes) == len(set(codes)) > 20
    first_day = [c for _g, o in period_choices(today.replace(month=1, day=1)) for c, _w in o]
    assert f"{today.year}Q1" in first_day
    assert f"{today.year}Q2" not in first_day


# Waiting


def test_a_report_on_its_way_says_so_and_offers_to_look_again_without_a_script(cast, client_of):
    release = ask(cast.manager)
    text = client_of(cast.manager).get(_at("release", release)).content.decode()
    assert "It is waiting to be computed" in text
    assert 'hx-trigger="every 2s"' in text
    assert re.search(
        rf'<a[^>]*href="{_at("release", release)}"[^>]*>.*?Look again', text, re.DOTALL
    )
    assert "<svg role" not in text


def test_a_waiting_page_gets_nothing_until_there_is_something_and_then_the_report(
    cast, client_of, referrals, run_jobs
):
    release = ask(cast.manager)
    client, url = client_of(cast.manager), _at("release", release)
    before = AuditEvent.objects.latest("id").pk
    waiting = client.get(f"{url}?seen=requested", headers=HTMX)
    assert (waiting.status_code, waiting.content) == (204, b"")
    assert AuditEvent.objects.latest("id").pk == before
    run_jobs()
    ready = client.get(f"{url}?seen=requested", headers=HTMX)
    text = ready.content.decode()
    assert ready.status_code == 200
    assert text.lstrip().startswith('<div id="release">')
    assert "chart-drawing" in text
    assert "every 2s" not in text
    assert AuditEvent.objects.latest("id").verb == "release.opened"


def test_a_page_that_waited_ten_minutes_stops_asking(cast, client_of, superuser):
    release = ask(cast.manager)
    superuser.execute("SELECT set_config('liwanag.act', 'x', false)")
    superuser.execute(
        "UPDATE reporting_statisticsrelease SET created_at = %s",
        [timezone.now() - timedelta(minutes=11)],
    )
    url = _at("release", release)
    text = client_of(cast.manager).get(f"{url}?seen=requested", headers=HTMX).content.decode()
    assert "longer than usual" in text
    assert "every 2s" not in text


# Figures


def test_the_report_shows_the_finding_the_drawing_the_table_and_how_to_read_it(
    cast, client_of, in_review
):
    page = client_of(cast.dpo).get(_at("release", in_review))
    text = page.content.decode()
    document = json.loads(bytes(in_review.payload))
    [table] = document["tables"]
    for words in (table["finding"], document["caveat"], document["measures"][0]["definition"]):
        assert words.replace("'", "&#x27;") in text or words in text
    assert "How this was counted" in text
    assert '<svg xmlns="http://www.w3.org/2000/svg" class="chart-drawing" role="img"' in text
    assert bytes(in_review.digest).hex() in text
    rows = _Cells(text).rows
    values = {(cell["row"], cell["column"]): cell["value"] for cell in table["cells"]}
    labels = {c["code"]: c["label"] for c in table["rows"]["categories"]} | {"_total": "Total"}
    columns = [c["code"] for c in table["columns"]["categories"]] + ["_total"]
    assert rows[0] == ["Source", "2025 Q1", "2025 Q2", "Total"]
    for code, label in labels.items():
        expected = [
            "not shown" if values[code, column] is None else str(values[code, column])
            for column in columns
        ]
        assert [label, *expected] in rows
    assert rows[-1] == ["Total", "18", "20", "38"]
    assert ["School", "not shown", "not shown", "not shown"] in rows
    event = AuditEvent.objects.latest("id")
    assert (event.verb, event.facts) == ("release.opened", {"status": "in_review"})


def test_titles_are_shown_as_text(cast, client_of, referrals, run_jobs):
    release = ask(cast.manager, title="<script>alert(1)</script>")
    run_jobs()
    for url in (LIST, _at("release", release)):
        text = client_of(cast.manager).get(url).content.decode()
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text


def test_a_report_on_part_of_a_period_says_so(cast, client_of, referrals, run_jobs):
    today = timezone.localdate()
    client = client_of(cast.manager)
    client.post(REQUEST, _asked(period=str(today.year)))
    run_jobs()
    release = StatisticsRelease.objects.using("owner").get()
    text = client.get(_at("release", release)).content.decode()
    assert "The period was not over" in text


def test_stored_bytes_that_changed_are_not_shown(cast, client_of, published, superuser):
    _mark_stored_bytes(superuser)
    client = client_of(cast.manager)
    text = client.get(_at("release", published)).content.decode()
    assert "These figures can&#x27;t be shown" in text or "These figures can't be shown" in text
    assert "chart-drawing" not in text
    answer = client.get(_at("download_json", published))
    assert (answer.status_code, answer.headers["Location"]) == (302, _at("release", published))
    assert not AuditEvent.objects.filter(verb="release.downloaded").exists()


def test_a_failed_report_says_what_to_do(cast, client_of, referrals, run_jobs, monkeypatch):
    def refuse(*args, **more):
        raise DisclosureRisk("s-src", ["School × 2025 Q1"])

    monkeypatch.setattr(releases, "freeze", refuse)
    release = ask(cast.manager)
    run_jobs()
    text = client_of(cast.manager).get(_at("release", release)).content.decode()
    assert "A small count could have been worked out" in text
    assert "for a longer period or for fewer figures" in text
    assert "School" not in text


# Publishing


def test_the_officer_sees_what_would_be_published_and_publishes_it(cast, client_of, in_review):
    client = client_of(cast.dpo)
    assert _at("publish", in_review) in client.get(_at("release", in_review)).content.decode()
    text = client.get(_at("publish", in_review)).content.decode()
    assert f"{in_review.cells_hidden} counts are hidden" in text
    assert "asked for by Ines Robles" in text
    answer = client.post(_at("publish", in_review))
    assert (answer.status_code, answer.headers["Location"]) == (302, _at("release", in_review))
    assert kept(in_review).status == "published"


def test_the_manager_may_not_publish_on_the_page(cast, client_of, in_review):
    client = client_of(cast.manager)
    assert _at("publish", in_review) not in client.get(_at("release", in_review)).content.decode()
    assert client.get(_at("publish", in_review)).status_code == 403
    assert client.post(_at("publish", in_review)).status_code == 403
    assert kept(in_review).status == "in_review"
    assert AuditEvent.objects.latest("id").outcome == "refused"


def test_publishing_what_is_published_comes_back_with_the_reason(cast, client_of, published):
    answer = client_of(cast.dpo).post(_at("publish", published))
    assert answer.status_code == 422
    assert "cannot become" in answer.content.decode()


def test_the_officer_is_warned_when_the_same_days_were_published_before(
    cast, client_of, published, run_jobs
):
    withdraw_release(actor=cast.dpo, release_id=published.pk, reason="Counted twice")
    again = ask(cast.manager)
    run_jobs()
    text = client_of(cast.dpo).get(_at("publish", again)).content.decode()
    assert "These days were published before" in text
    assert published.reference in text


# Withdrawing


def test_withdrawing_on_the_page_shows_readers_the_reason_and_no_figures(
    cast, client_of, published
):
    answer = client_of(cast.dpo).post(_at("withdraw", published), {"reason": "Counted twice"})
    assert answer.status_code == 302
    text = client_of(cast.supervisor).get(_at("release", published)).content.decode()
    assert "Why: Counted twice" in text
    assert "chart-drawing" not in text
    assert client_of(cast.supervisor).get(_at("download_csv", published)).status_code == 404


def test_withdrawing_without_a_reason_comes_back(cast, client_of, published):
    answer = client_of(cast.dpo).post(_at("withdraw", published), {"reason": ""})
    assert answer.status_code == 422
    assert "Fill this in: Why" in answer.content.decode()
    assert kept(published).status == "published"


def test_a_reader_may_not_withdraw(cast, client_of, published):
    assert (
        client_of(cast.supervisor)
        .post(_at("withdraw", published), {"reason": "Not mine"})
        .status_code
        == 403
    )
    assert kept(published).status == "published"


# Taking it out


def test_a_published_report_is_taken_out_as_csv_and_json(cast, client_of, published):
    client = client_of(cast.supervisor)
    table = client.get(_at("download_csv", published))
    whole = client.get(_at("download_json", published))
    assert whole.content == bytes(published.payload)
    rows = list(csv.DictReader(io.StringIO(table.content.decode())))
    total = [r for r in rows if r["row_code"] == r["column_code"] == "_total"]
    assert [r["value"] for r in total] == ["38"]
    assert {r["value"] for r in rows if r["row_code"] == "school"} == {""}
    names = []
    for answer, suffix in ((table, "csv"), (whole, "json")):
        assert answer.status_code == 200
        assert not answer.streaming
        said = answer.headers["Content-Disposition"]
        match = re.fullmatch(
            rf'attachment; filename="([0-9a-f]{{12}})-(\d{{4}}-\d\d-\d\d)\.{suffix}"', said
        )
        assert match, said
        names.append(match[1])
        assert answer.headers["Cache-Control"] == "no-store"
    assert len(set(names)) == 2
    assert whole.headers["Content-Type"] == "application/json"
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"


def test_each_download_is_recorded_before_it_leaves(cast, client_of, published):
    client = client_of(cast.supervisor)
    for name, suffix in (("download_csv", "csv"), ("download_json", "json")):
        answer = client.get(_at(name, published))
        event = AuditEvent.objects.latest("id")
        assert (event.verb, event.object_id, event.facts) == (
            "release.downloaded",
            published.pk,
            {"format": suffix},
        )
        assert str(event.request_id) == answer.headers["X-Request-Id"]


@pytest.mark.parametrize("name", ["download_csv", "download_json"])
def test_what_is_not_published_cannot_be_taken_out_by_anybody(cast, client_of, in_review, name):
    for who in ("manager", "dpo", "analyst", "supervisor", "stranger_caseworker"):
        answer = client_of(getattr(cast, who)).get(_at(name, in_review))
        assert answer.status_code == (403 if who == "stranger_caseworker" else 404)
    assert not AuditEvent.objects.filter(verb="release.downloaded").exists()
