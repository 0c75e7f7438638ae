"""Searching notes: inside one's own scope, explained, closed where it is hard to read, unlogged."""

from __future__ import annotations

import pytest

from audit.models import AuditEvent
from tests.factories import open_case, write_note


@pytest.fixture
def case(cast):
    case = open_case(cast.caseworker)
    write_note(cast.caseworker, case, facts_reported="Ang tiya ay nasa Peñaranda tuwing Lunes.")
    write_note(cast.caseworker, case, kind="risk", observations="He waits in penaranda.")
    write_note(cast.caseworker, case, sensitivity=4, observations="Shelter in Peñaranda.")
    write_note(cast.caseworker, case, observations="Nothing of it.")
    return case


def search(client, words, **headers):
    return client.post("/cases/notes/search/", {"words": words}, headers=headers)


def test_what_is_found_is_explained_and_l3_stays_closed(cast, case, client_of):
    answer = search(client_of(cast.second_caseworker), "PENARANDA")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "2 notes" in page
    assert "3 notes were looked through" in page
    assert "<mark>Peñaranda</mark>" in page
    assert "He waits" not in page
    assert "Found in: What was seen." in page
    event = AuditEvent.objects.filter(verb="note.searched").get()
    assert (event.facts["scanned"], event.facts["matched"]) == (3, 2)
    assert len(event.facts["opened"]) == 1
    assert "naranda" not in repr(vars(event)).lower()


def test_everybody_searches_only_what_they_may_read(cast, case, client_of):
    for who, many in (
        ("caseworker", "3 notes"),
        ("intake", "1 note<"),
        ("south_caseworker", "No notes"),
    ):
        assert many in search(client_of(getattr(cast, who)), "peñaranda").content.decode(), who
    assert search(client_of(cast.auditor), "peñaranda").status_code == 403


def test_every_word_must_stand_there_and_nothing_is_in_the_address(cast, case, client_of):
    client = client_of(cast.caseworker)
    assert "1 note<" in search(client, "lunes tiya").content.decode()
    assert "No notes" in search(client, "lunes shelter").content.decode()
    empty = search(client, " ")
    assert empty.status_code == 422
    # Words in an address are not looked for; the page only knows its own address, to print it.
    asked = client.get("/cases/notes/search/?words=tiya").content.decode()
    assert "tiya" not in asked.replace("/cases/notes/search/?words=tiya", "")
    assert "1 note<" not in asked
    fragment = search(client, "lunes", **{"HX-Request": "true"}).content.decode()
    assert fragment.lstrip().startswith("<section")


def test_the_search_asks_as_few_questions_for_many_notes_as_for_few(
    cast, case, django_assert_max_num_queries
):
    from audit.reading import reading
    from cases.selectors import search_notes

    with reading(cast.caseworker), django_assert_max_num_queries(4):
        assert search_notes(cast.caseworker, "peñaranda").matched == 3
