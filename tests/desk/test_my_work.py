"""My work: what needs somebody now, each card with the place to do it."""

from __future__ import annotations

import re
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.services.directory import close_account
from cases.services.tasks import set_task
from desk.selectors import MOST_OF_A_KIND
from desk.selectors.work import kinds_of
from desk.waiting import KINDS
from tests.factories import log_referral, open_case, send_handoff
from tests.world import World

# A link of the numbers at the top: its address and its words.
NUMBER = r'<li><a href="([^"]+)">(?:<svg.*?</svg>)?\s*(\d+ [^<]+?)\s*</a></li>'
# One for each of a supervisor's kinds of work, and what every page asks.
MOST_QUERIES = 60


def test_a_referral_in_danger_stands_first(cast, client_of):
    log_referral(cast.intake, source_category="school")
    urgent = log_referral(cast.intake, immediate_danger="yes", source_category="health")
    page = client_of(cast.caseworker).get("/").content.decode()
    assert page.index(urgent.reference) < page.index("School")
    assert f"/referrals/{urgent.pk}/" in page


def test_danger_stands_first_however_many_wait_longer(cast, client_of):
    for _ in range(MOST_OF_A_KIND + 2):
        log_referral(cast.intake, received_at=timezone.now() - timedelta(hours=5))
    soon = timezone.now() - timedelta(minutes=5)
    urgent = log_referral(cast.intake, received_at=soon, immediate_danger="yes")
    page = client_of(cast.caseworker).get("/").content.decode()
    assert urgent.reference in page
    assert "Nothing needs you now" not in page
    assert "3 more wait" in page


def test_every_number_opens_a_list_of_as_many(cast, client_of):
    for _ in range(MOST_OF_A_KIND + 2):
        log_referral(cast.intake, received_at=timezone.now() - timedelta(days=9))
    log_referral(cast.intake)
    case = open_case(cast.caseworker)
    today = timezone.localdate()
    for days in (0, 5, *range(10, 40)):
        set_task(
            actor=cast.caseworker,
            case_id=case.pk,
            what=f"Call the school about day {days}",
            due_on=today + timedelta(days=days),
        )
    send_handoff(cast.caseworker, case, cast.cyber_unit)
    client = client_of(cast.caseworker)
    numbers = re.findall(NUMBER, client.get("/").content.decode())
    assert [(words, url) for url, words in numbers] == [
        ("32 tasks", "/waiting/tasks/"),
        ("9 referrals to triage, 8 late", "/referrals/?show=waiting"),
        ("1 handoff under way", "/waiting/handoffs-under-way/"),
    ]
    for url, words in numbers:
        page = client.get(url).content.decode()
        told = re.findall(r'<h1.*?</p>|<p class="count">.*?</p>', page, re.S)
        assert words.split()[0] in " ".join(told)
    first, second = (
        client.get(f"/waiting/tasks/?page={n}").content.decode().count("Call the school")
        for n in (1, 2)
    )
    assert (first, second) == (25, 7)


def test_every_kind_has_a_list_that_opens_with_rows_and_without(cast, client_of):
    """Also those whose rows stand in a list of their own elsewhere: the address leads there."""
    World(cast)
    open_case(cast.caseworker)
    # Nobody leads what they led.
    close_account(actor=cast.admin, user_id=cast.caseworker.pk)
    opened = set()
    for name in ("supervisor", "dpo", "second_caseworker", "partner", "admin"):
        client = client_of(cast.again(name))
        for kind in kinds_of(cast.again(name)):
            answer = client.get(reverse("desk:waiting", args=[kind.code]))
            if kind.own_list is None:
                assert answer.status_code == 200, kind.code
            else:
                assert (answer.status_code, answer["Location"]) == (302, kind.url), kind.code
            assert client.get(kind.url).status_code == 200, kind.code
            opened.add(kind.code)
    assert {kind.code for kind in KINDS if kind.own_list} <= opened
    refused = client_of(cast.partner).get(reverse("desk:waiting", args=["nobody-leads"]))
    assert refused.status_code == 403


def test_a_list_is_for_those_whose_work_it_is(cast, client_of):
    open_case(cast.caseworker)
    assert client_of(cast.admin).get("/waiting/tasks/").status_code == 403
    assert client_of(cast.caseworker).get("/waiting/no-such-thing/").status_code == 404
    empty = client_of(cast.caseworker).get("/waiting/plans-to-review/")
    assert "Nothing of this waits for you" in empty.content.decode()


def test_whoever_has_nothing_to_do_reads_what_would_stand_here(cast, client_of):
    page = client_of(cast.partner).get("/").content.decode()
    assert "handoffs to stop using, handoffs to answer" in page


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
    client = client_of(cast.supervisor)
    case = open_case(cast.caseworker)

    def more(times):
        for _ in range(times):
            log_referral(cast.intake)
            set_task(
                actor=cast.supervisor,
                case_id=case.pk,
                what="Call the school",
                due_on=timezone.localdate(),
            )
            send_handoff(cast.caseworker, case, cast.cyber_unit)

    def count():
        client.get("/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/")
        return len(queries)

    more(1)
    few = count()
    more(12)
    assert count() == few
    assert few <= MOST_QUERIES
