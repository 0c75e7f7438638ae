"""Hearings on My work: what is ahead, what became of those behind, and reports that are due."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from courts.services.hearings import end_hearing, prepare_hearing, schedule_hearings
from courts.services.proceedings import open_proceeding
from tests.factories import add_participant, open_case


@pytest.fixture
def proceeding(cast):
    case = open_case(cast.caseworker)
    accused = add_participant(
        cast.caseworker, case, role="alleged_offender_source", legal_status="suspect"
    )
    return open_proceeding(
        actor=cast.legal,
        case_id=case.pk,
        accused_id=accused.pk,
        jurisdiction="PH",
        side="source",
        opened_on=date(2026, 1, 5),
    )


@pytest.fixture
def schedule(cast, proceeding):
    def in_days(days, **over):
        (hearing,) = schedule_hearings(
            actor=cast.legal,
            proceeding_ids=[proceeding.pk],
            **{
                "kind": "trial",
                "day": timezone.localdate() + timedelta(days=days),
                "time": "08:30",
                "zone": "Asia/Manila",
                "place": "Branch 4, Hall of Justice",
            }
            | over,
        )
        return hearing

    return in_days


def shown(client, path="/"):
    return client.get(path).content.decode()


def test_hearings_of_two_weeks_stand_by_their_day_with_the_list_behind_the_number(
    cast, client_of, proceeding, schedule
):
    soon, later, far = schedule(3), schedule(10), schedule(15)
    client = client_of(cast.legal)
    page = shown(client)
    assert "2 hearings ahead" in page
    now, coming = page.split('id="coming"')
    links = [reverse("courts:hearing", args=[one.pk]) for one in (soon, later, far)]
    assert links[0] in now
    assert links[1] in coming
    assert links[2] not in page
    assert "Hearing: Trial" in page
    assert proceeding.reference in page
    assert "Branch 4" not in page, "where it is stands in the hearing alone"
    rows = shown(client, reverse("desk:waiting", args=["hearings"]))
    assert [link in rows for link in links] == [True, True, False]
    # Whoever does not see the case sees no hearing of it.
    other = client_of(cast.south_caseworker)
    assert not [link for link in links if link in shown(other)]
    refused = client_of(cast.admin).get(reverse("desk:waiting", args=["hearings"]))
    assert refused.status_code == 403


def test_what_became_of_a_hearing_is_asked_until_it_is_said(cast, client_of, schedule):
    hearing = schedule(-2)
    client = client_of(cast.legal)
    link = reverse("courts:end_hearing", args=[hearing.pk])
    page = shown(client)
    assert "1 hearing to write up, 1 late" in page
    assert link in page
    assert client.get(link).status_code == 200
    end_hearing(actor=cast.legal, hearing_id=hearing.pk, version=1, status="held")
    assert link not in shown(client)


def test_a_report_for_the_court_stands_there_until_it_is_sent(cast, client_of, schedule):
    hearing = schedule(12, report_days=10)
    late = schedule(4, report_days=7)
    schedule(40, report_days=7)
    client = client_of(cast.legal)
    page = shown(client)
    assert "2 reports for the court, 1 late" in page
    link = reverse("courts:prepare_hearing", args=[late.pk])
    assert page.index(link) < page.index(reverse("courts:prepare_hearing", args=[hearing.pk]))
    for one in (late, hearing):
        prepare_hearing(
            actor=cast.legal,
            hearing_id=one.pk,
            version=1,
            protections=[],
            attendances={},
            supporters={},
            report_sent_on=timezone.localdate(),
        )
    assert "report for the court" not in shown(client)
    assert "reports for the court" not in shown(client).split("When something does")[0]
