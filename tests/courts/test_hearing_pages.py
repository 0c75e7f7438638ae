"""Hearings on pages and over the API: the calendar, one hearing, what became of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.reading import reading
from core.errors import Denied
from courts.models import Hearing
from courts.services import hearings
from tests.court_days import SOON, schedule
from tests.factories import add_participant


def test_others_find_no_hearing(cast, proceeding, client_of):
    (hearing,) = schedule(cast, proceeding)
    for who in (cast.south_caseworker, cast.stranger_caseworker):
        client = client_of(who)
        assert client.get(f"/court/hearings/{hearing.pk}/").status_code == 404
        assert "08:30" not in client.get(_month(SOON)).content.decode()
    with pytest.raises(Denied):
        hearings.schedule_hearings(
            actor=cast.caseworker,
            proceeding_ids=[proceeding.pk],
            kind="trial",
            day=SOON,
            time="08:30",
            zone="Asia/Manila",
        )


def _month(day):
    return f"/court/calendar/?from={day:%Y-%m}"


def test_the_calendar_shows_months_and_weeks(cast, proceeding, client_of):
    client = client_of(cast.legal)
    schedule(cast, proceeding, time="13:45")
    for url in (_month(SOON), f"/court/calendar/?by=week&from={SOON.isoformat()}"):
        assert "13:45 Trial" in client.get(url).content.decode()
    far = SOON + timedelta(days=200)
    assert "13:45" not in client.get(_month(far)).content.decode()
    assert client.get("/court/calendar/?from=no-month").status_code == 200


def test_the_calendar_asks_as_often_for_many_as_for_few(cast, proceeding, client_of):
    client = client_of(cast.legal)

    def count():
        client.get(_month(SOON))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(_month(SOON)).status_code == 200
        return len(queries)

    schedule(cast, proceeding)
    few = count()
    for number in range(12):
        schedule(cast, proceeding, time=f"09:{number:02}")
    assert count() == few


def test_pages_schedule_prepare_and_end(cast, case, proceeding, survivor, client_of):
    client = client_of(cast.legal)
    answer = client.post(
        f"/court/{proceeding.pk}/hearing/",
        {"kind": "trial", "day": SOON.isoformat(), "time": "08:30", "zone": "Asia/Manila"},
    )
    assert answer.status_code == 302
    with reading(cast.legal):
        hearing = Hearing.objects.visible_to(cast.legal).get()
    tab = f"/court/case/{case.pk}/"
    assert "08:30 Trial" in client.get(tab).content.decode()
    url = f"/court/hearings/{hearing.pk}/"
    assert "Still missing" in client.get(url).content.decode()
    prepared = client.post(
        f"{url}prepare/",
        {
            **_hidden(client, f"{url}prepare/"),
            "protections": ["live_link"],
            f"attends_{survivor.pk}": "required",
            f"beside_{survivor.pk}": "",
        },
    )
    assert prepared.status_code == 302
    assert "Live link" in client.get(url).content.decode()
    refused = client.post(f"{url}end/", {**_hidden(client, f"{url}end/"), "status": "held"})
    assert refused.status_code == 422
    done = client.post(
        f"{url}end/",
        {**_hidden(client, f"{url}end/"), "status": "postponed", "because": "court"},
    )
    assert done.status_code == 302
    assert "Postponed" in client.get(url).content.decode()
    assert "08:30 Trial" not in client.get(tab).content.decode()


def _hidden(client, url):
    page = client.get(url).content.decode()
    return {
        name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("version", "seen")
    }


def test_programs_schedule_prepare_and_end_hearings(cast, proceeding, survivor, client_of):
    client = client_of(cast.legal)
    body = {
        "proceedings": [str(proceeding.pk)],
        "kind": "trial",
        "day": SOON.isoformat(),
        "time": "08:30",
        "zone": "Asia/Manila",
        "place": "Branch 4",
        "report_days": 10,
    }
    made = client.post("/api/v1/hearings/", body, content_type="application/json")
    assert made.status_code == 201, made.json()
    (hearing,) = made.json()
    assert "place" not in hearing
    assert hearing["report_due_on"] == (SOON - timedelta(days=10)).isoformat()
    url = f"/api/v1/hearings/{hearing['id']}/"
    prepared = client.post(
        f"{url}prepare/",
        {
            "protections": ["live_link"],
            "attendances": [{"person": str(survivor.person_id), "attendance": "required"}],
        },
        content_type="application/json",
        headers={"If-Match": '"1"'},
    )
    assert prepared.json()["attendances"][0]["attendance"] == "required"
    stale = client.post(
        f"{url}end/",
        {"status": "cancelled"},
        content_type="application/json",
        headers={"If-Match": '"1"'},
    )
    assert stale.status_code == 412
    early = client.post(
        f"{url}end/",
        {"status": "held"},
        content_type="application/json",
        headers={"If-Match": '"2"'},
    )
    assert early.status_code == 400
    assert client.get(url).json()["status"] == "scheduled"
    assert client_of(cast.south_caseworker).get(url).status_code == 404
    refused = client_of(cast.caseworker).post(
        "/api/v1/hearings/", body, content_type="application/json"
    )
    assert refused.status_code == 403


def test_a_year_that_no_court_has_shows_this_month(cast, proceeding, client_of):
    client = client_of(cast.legal)
    for asked in ("9999-12", "0001-01", "10000-01", "2026-13", "9999-12-31", "0001-01-01"):
        for by in ("month", "week"):
            answer = client.get(f"/court/calendar/?by={by}&from={asked}")
            assert answer.status_code == 200, (by, asked)


def prepared_by_a_program(client, hearing, version, **said):
    answer = client.post(
        f"/api/v1/hearings/{hearing.pk}/prepare/",
        said,
        content_type="application/json",
        headers={"If-Match": f'"{version}"'},
    )
    assert answer.status_code == 200, answer.json()
    return answer.json()


def test_what_a_program_leaves_out_stays_as_it_is(cast, proceeding, survivor, client_of):
    (hearing,) = schedule(cast, proceeding)
    client, person = client_of(cast.legal), str(survivor.person_id)
    beside, sent = str(cast.legal.pk), timezone.localdate().isoformat()
    whole = prepared_by_a_program(
        client,
        hearing,
        1,
        protections=["live_link"],
        attendances=[{"person": person, "attendance": "required", "supporter": beside}],
        report_sent_on=sent,
    )
    kept = ("protections", "report_sent_on", "attendances")
    assert whole["attendances"][0]["supporter"] == beside
    same = prepared_by_a_program(client, hearing, 2)
    assert [same[name] for name in kept] == [whole[name] for name in kept]
    again = prepared_by_a_program(
        client, hearing, 3, attendances=[{"person": person, "attendance": "required"}]
    )
    assert [again[name] for name in kept] == [whole[name] for name in kept]
    none = prepared_by_a_program(
        client,
        hearing,
        4,
        protections=[],
        attendances=[{"person": person, "attendance": "required", "supporter": None}],
        report_sent_on=None,
    )
    assert (none["protections"], none["report_sent_on"]) == ([], None)
    assert none["attendances"][0]["supporter"] is None


def test_a_survivor_who_joined_since_the_form_was_shown_is_not_asked_about(
    cast, case, proceeding, survivor, client_of
):
    (hearing,) = schedule(cast, proceeding)
    client, url = client_of(cast.legal), f"/court/hearings/{hearing.pk}/prepare/"
    seen = _hidden(client, url)
    add_participant(cast.caseworker, case, identity={"first_name": "Ligaya"})
    answer = client.post(
        url, {**seen, f"attends_{survivor.pk}": "required", f"beside_{survivor.pk}": ""}
    )
    # Either it is saved without a word about whoever joined, or asked again: never an error page.
    assert answer.status_code in (302, 422)
