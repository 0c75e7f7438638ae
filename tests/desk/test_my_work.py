"""My work: what needs somebody now, each card with the place to do it."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.selectors import MOST_CARDS
from tests.factories import log_referral, open_case, send_handoff


def test_a_referral_in_danger_stands_first(cast, client_of):
    log_referral(cast.intake, source_category="school")
    urgent = log_referral(cast.intake, immediate_danger="yes", source_category="health")
    page = client_of(cast.caseworker).get("/").content.decode()
    assert page.index(urgent.reference) < page.index("School")
    assert f"/referrals/{urgent.pk}/" in page


def test_danger_stands_first_however_many_wait_longer(cast, client_of):
    for _ in range(MOST_CARDS + 2):
        log_referral(cast.intake, received_at=timezone.now() - timedelta(hours=5))
    soon = timezone.now() - timedelta(minutes=5)
    urgent = log_referral(cast.intake, received_at=soon, immediate_danger="yes")
    page = client_of(cast.caseworker).get("/").content.decode()
    assert urgent.reference in page
    assert "Nothing needs you now" not in page
    assert "3 more referrals</a> wait on the desk" in page


def test_what_is_not_due_for_days_waits_below_the_line(cast, client_of):
    log_referral(cast.intake, received_at=timezone.now() - timedelta(minutes=5))
    page = client_of(cast.caseworker).get("/").content.decode()
    assert "Nothing needs you now" in page
    assert "Coming up" in page


def test_the_receiving_desk_sees_the_handoff_and_nothing_of_the_case(cast, client_of):
    case = open_case(cast.caseworker)
    handoff = send_handoff(cast.caseworker, case, cast.cyber_unit)
    page = client_of(cast.partner).get("/").content.decode()
    assert "Answer a handoff" in page
    assert f"/{handoff.pk}/" in page
    assert case.reference not in page
    stranger = client_of(cast.stranger).get("/").content.decode()
    assert "Answer a handoff" not in stranger


def test_another_team_has_nothing_to_do_with_it(cast, client_of):
    log_referral(cast.intake, immediate_danger="yes")
    assert "Nothing needs you now" in client_of(cast.south_caseworker).get("/").content.decode()


def test_the_page_asks_the_database_as_often_for_many_as_for_few(cast, client_of):
    client = client_of(cast.caseworker)

    def count():
        client.get("/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/")
        return len(queries)

    log_referral(cast.intake)
    few = count()
    for _ in range(30):
        log_referral(cast.intake)
    assert count() == few
