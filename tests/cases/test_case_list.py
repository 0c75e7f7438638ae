"""The list of cases: filters, counts in words, and a cost that does not grow with its length."""

from __future__ import annotations

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import AuditEvent
from tests.factories import add_participant, close_case, open_case, write_note

LIST = reverse("cases:list")


def queries_of(client, address):
    with (
        CaptureQueriesContext(connection) as mine,
        CaptureQueriesContext(connections["auditor"]) as log,
    ):
        assert client.get(address).status_code == 200
    # The watching client itself asks the log once.
    return len(mine), len(log) - 1


def test_the_list_says_in_words_how_many_and_how_many_are_at_risk(cast, client_of):
    for risk in ("high", "immediate", "low"):
        open_case(cast.caseworker, risk=risk)
    open_case(cast.south_caseworker, risk="high")
    page = client_of(cast.second_caseworker).get(LIST).content.decode()
    assert "3 cases, 2 at high or immediate risk" in page
    assert page.count("data-row-link") == 3
    page = client_of(cast.second_caseworker).get(LIST, {"show": "risk"}).content.decode()
    assert page.count("data-row-link") == 2
    page = client_of(cast.second_caseworker).get(LIST, {"show": "closed"}).content.decode()
    assert "No cases" in page
    assert page.count("data-row-link") == 0


def test_a_closed_case_leaves_the_open_ones(cast, client_of):
    case = open_case(cast.caseworker)
    close_case(cast.caseworker, cast.supervisor, case)
    client = client_of(cast.caseworker)
    assert case.reference not in client.get(LIST).content.decode()
    assert case.reference in client.get(LIST, {"show": "closed"}).content.decode()
    assert case.reference in client.get(LIST, {"show": "all"}).content.decode()


def test_a_list_leaves_one_event_that_names_the_query(cast, client_of):
    open_case(cast.caseworker)
    client_of(cast.caseworker).get(LIST, {"show": "all"})
    event = AuditEvent.objects.filter(verb="case.listed").get()
    assert event.facts == {"filters": ["show"], "rows": 1}


def test_what_somebody_puts_in_the_address_stays_out_of_the_log(cast, client_of):
    client = client_of(cast.caseworker)
    for url in (f"{LIST}?show=all&Maria+Santos=1", "/api/v1/cases/?risk=high&Maria+Santos=1"):
        assert client.get(url).status_code == 200
        event = AuditEvent.objects.filter(verb="case.listed").latest("id")
        assert "Maria" not in str(event.facts)
        assert event.facts["filters"] in (["show"], ["risk"])
    assert client.get(f"{LIST}?%00=1").status_code == 200
    assert client.get(f"{LIST}?page={'9' * 5000}").status_code == 200


@pytest.mark.slow
def test_the_list_asks_as_often_for_five_cases_as_for_fifty(cast, client_of):
    client = client_of(cast.second_caseworker)
    for _ in range(5):
        open_case(cast.caseworker)
    client.get(LIST)
    few = queries_of(client, LIST)
    api_few = queries_of(client, "/api/v1/cases/")
    for _ in range(45):
        open_case(cast.caseworker)
    assert queries_of(client, LIST) == few
    assert queries_of(client, "/api/v1/cases/") == api_few


@pytest.mark.slow
def test_the_parts_of_a_case_ask_as_often_for_five_things_as_for_fifty(cast, client_of):
    case = open_case(cast.caseworker)
    client = client_of(cast.second_caseworker)

    def add(number):
        for _ in range(number):
            add_participant(cast.caseworker, case, identity={"first_name": "Tala"})
            note = write_note(cast.caseworker, case)
            write_note(cast.second_caseworker, case, addendum_to_id=note.pk)

    pages = [
        *(reverse(f"cases:{name}", args=[case.pk]) for name in ("case", "people", "notes")),
        reverse("cases:history", args=[case.pk]),
        "/api/v1/participants/",
        "/api/v1/notes/",
    ]
    add(5)
    for address in pages:
        client.get(address)
    few = {address: queries_of(client, address) for address in pages}
    add(45)
    assert {address: queries_of(client, address) for address in pages} == few
