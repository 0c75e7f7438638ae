"""The timeline of a case: everything once, page by page, whatever stands at the same instant."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.reading import reading
from cases.services.notes import write_note
from cases.services.safety import raise_crisis
from cases.told import PER_PAGE, Place, told_of
from tests.factories import add_participant, open_case

EARLIER = r'href="\?([^"]+)#happened"[^>]*>Show what happened earlier'


@pytest.fixture
def case(cast):
    return open_case(cast.caseworker)


def notes(cast, case, times, **over):
    values = {
        "actor": cast.caseworker,
        "case_id": case.pk,
        "kind": "contact",
        "occurred_at": timezone.now() - timedelta(days=2),
        "facts_reported": "The aunt called.",
        "facts_said_by": "the aunt",
    }
    return [write_note(**{**values, **over}) for _ in range(times)]


def pages(client, address):
    """The page and all that come before it."""
    found = [client.get(address).content.decode()]
    while more := re.search(EARLIER, found[-1]):
        assert len(found) < 20, "the pages do not end"
        path = address.split("?")[0]
        found.append(client.get(f"{path}?{html.unescape(more[1])}").content.decode())
    return found


def test_every_moment_is_told_once_though_many_stand_at_one_instant(cast, case, client_of):
    written = {str(note.pk) for note in notes(cast, case, 2 * PER_PAGE + 3)}
    address = reverse("cases:case", args=[case.pk])
    told = pages(client_of(cast.caseworker), address)
    ids = [pk for page in told for pk in re.findall(r"/cases/notes/([0-9a-f-]{36})/", page)]
    assert len(ids) == len(set(ids))
    assert set(ids) == written
    assert [page.count('class="timeline-event"') for page in told[:-1]] == [PER_PAGE, PER_PAGE]
    assert "The case was opened" in told[-1] or "The case was opened" in told[0]
    assert "Back to the newest" in told[1]


def test_a_kind_is_kept_from_page_to_page(cast, case, client_of):
    notes(cast, case, PER_PAGE + 2)
    add_participant(cast.caseworker, case)
    told = pages(client_of(cast.caseworker), reverse("cases:case", args=[case.pk]) + "?kind=notes")
    assert [page.count('class="timeline-event"') for page in told] == [PER_PAGE, 2]
    for page in told:
        happened = page[page.index('id="happened"') :]
        assert "was added: survivor" not in happened
        # What there is stays to choose from.
        assert "?kind=people#happened" in page
        assert "?kind=court#happened" not in page


def test_with_a_script_only_what_is_earlier_comes(cast, case, client_of):
    notes(cast, case, PER_PAGE)
    client = client_of(cast.caseworker)
    address = reverse("cases:case", args=[case.pk])
    query = html.unescape(re.search(EARLIER, client.get(address).content.decode())[1])
    part = client.get(
        f"{address}?{query}", headers={"hx-request": "true", "hx-target": "earlier"}
    ).content.decode()
    assert "<html" not in part
    assert part.count('class="timeline-event"') == 1
    assert len(part) < 30_000


def test_a_place_that_makes_no_sense_is_the_newest(case):
    for until in ("", "yesterday", "2026-13-45T00:00:00+00:00", "2026-01-01T00:00:00"):
        assert Place.asked(until, "3") == Place()
    assert Place.asked("2026-01-01T00:00:00+00:00", "x" * 5000).skip == 0


def test_a_crisis_is_told_and_what_is_due_stands_in_the_rail(cast, case, client_of):
    place = add_participant(cast.caseworker, case)
    raise_crisis(actor=cast.caseworker, participant_id=place.pk, kind="missing")
    page = client_of(cast.caseworker).get(reverse("cases:case", args=[case.pk])).content.decode()
    assert f"A crisis began for {place.person.code}: missing." in page
    assert "?kind=contact#happened" in page


def test_it_costs_as_much_for_many_as_for_few(cast, case, client_of):
    client = client_of(cast.caseworker)
    address = reverse("cases:case", args=[case.pk])
    add_participant(cast.caseworker, case)
    notes(cast, case, 1)

    def count(where):
        client.get(where)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(where).status_code == 200
        return len(queries)

    printed = reverse("cases:print", args=[case.pk])
    few = count(address), count(printed)
    notes(cast, case, 40)
    assert (count(address), count(printed)) == few


def test_the_page_to_print_has_no_words_and_no_way_of_contact(cast, case, client_of):
    place = add_participant(cast.caseworker, case)
    notes(cast, case, 2)
    page = client_of(cast.caseworker).get(reverse("cases:print", args=[case.pk])).content.decode()
    assert place.person.code in page
    assert "Note: contact." in page
    assert "The aunt called" not in page
    assert "<nav" not in page
    assert 'data-shell="print"' in page
    outside = client_of(cast.south_caseworker)
    assert outside.get(reverse("cases:print", args=[case.pk])).status_code == 404


def test_who_reads_no_consent_is_told_of_none(cast, case):
    with reading(cast.caseworker):
        assert told_of(cast.caseworker, case).kinds == {"steps"}
