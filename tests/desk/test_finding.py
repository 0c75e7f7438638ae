"""Find: codes by their beginning, people by name or identifier, within what one sees, with why."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import AuditEvent
from cases.models import PersonToken
from cases.naming import findable, identifier_of, sound_of, words_of
from cases.services.identity import correct_identity
from desk.selectors.finding import read_code
from tests.factories import add_participant, log_referral, open_case, send_handoff

FIND = "/find/"


@pytest.fixture
def case(cast):
    return open_case(cast.caseworker)


@pytest.fixture
def place(cast, case):
    return add_participant(
        cast.caseworker,
        case,
        identity={
            "first_name": "Maria Ysabel",
            "family_name": "Peñaflor",
            "aliases": ["Jhun-jhun"],
            "phones": ["+63 917 555 0134"],
            "email": "Ysabel@example.org",
        },
    )


def found(client, words):
    """[(what, who, why)] on the page."""
    response = client.post(FIND, {"words": words})
    assert response.status_code == 200
    rows = re.findall(r'class="list-row">(.*?)</li>', response.content.decode(), re.S)
    told = []
    for row in rows:
        parts = re.findall(r"<(?:span|a)[^>]*>([^<]*)</(?:span|a)>", row)
        told.append(tuple(part.strip() for part in parts if part.strip()))
    return told


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("C-7QK4-P9MF", ("C", "7QK4-P9MF")),
        ("c 7qk4 p9mf", ("C", "7QK4-P9MF")),
        ("C7QK4P9MF", ("C", "7QK4-P9MF")),
        ("7qk4-p9", ("", "7QK4-P9")),
        ("7QK", ("", "7QK")),
        ("R-7QK4", ("R", "7QK4")),
        ("7Q", None),
        ("7QK-P9MF", None),
        ("Maria", None),
        ("", None),
    ],
)
def test_a_code_is_read_however_it_is_typed(typed, read):
    assert read_code(typed) == read


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cathy", "kathy"),
        ("jhun", "jun"),
        ("ysabel", "isabel"),
        ("zenaida", "senaida"),
        ("philip", "filip"),
        ("lynn", "lyn"),
        ("victoria", "biktoria"),
        ("cecilia", "sesilia"),
        ("quezon", "keson"),
    ],
)
def test_spellings_that_sound_alike_are_one_sound(one, other):
    assert sound_of(one) == sound_of(other)


def test_names_that_sound_apart_stay_apart():
    names = ["maria", "mario", "ana", "anna-lisa", "jose", "josefa", "tala", "talia", "carlo"]
    sounds = {name: sound_of(words_of(name)[0]) for name in names}
    assert sounds["maria"] != sounds["mario"]
    assert sounds["jose"] != sounds["josefa"]
    assert sounds["tala"] != sounds["talia"]


def test_numbers_are_compared_by_what_is_dialled():
    assert identifier_of("+63 917 555 0134") == identifier_of("0917-555-0134")
    assert identifier_of("ANA@Example.org ") == "ana@example.org"
    assert identifier_of("12") == ""
    assert ("identifier", "9175550134") in findable({"phones": ["0917 555 0134"]})
    assert findable({"street": "Mabini", "school": "North"}) == set()


def test_a_code_leads_to_its_record_and_says_why(cast, case, client_of):
    client = client_of(cast.caseworker)
    (hit,) = found(client, case.reference.lower())
    assert hit[0] == case.reference
    assert "This is its code." in hit
    begins = case.reference[:6]
    assert any(f"Its code begins with {begins}." in row for row in found(client, begins))
    page = client.post(FIND, {"words": case.reference}).content.decode()
    assert f'href="{reverse("cases:case", args=[case.pk])}"' in page


def test_every_kind_of_record_is_found_by_those_who_see_it(cast, case, place, client_of):
    referral = log_referral(cast.intake)
    handoff = send_handoff(cast.caseworker, case, cast.cyber_unit)
    client = client_of(cast.caseworker)
    for code in (referral.reference, handoff.reference, place.person.code):
        assert [row[0] for row in found(client, code)] == [code]
    desk = client_of(cast.partner)
    page = desk.post(FIND, {"words": handoff.reference}).content.decode()
    assert reverse("handoffs:envelope", args=[handoff.pk]) in page
    assert found(desk, case.reference) == []
    assert found(desk, place.person.code) == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("penaflor", "A name of theirs is written so."),
        ("María  PEÑAFLOR", "A name of theirs is written so."),
        ("Isabel", "A name of theirs sounds like it."),
        ("Jun", "A name of theirs sounds like it."),
        ("0917 555 0134", "A number, address or handle of theirs is the same."),
        ("ysabel@example.org", "A number, address or handle of theirs is the same."),
    ],
)
def test_a_person_is_found_by_name_or_number_and_shown_by_code(cast, place, client_of, words, why):
    (hit,) = found(client_of(cast.caseworker), words)
    assert hit[0] == place.person.code
    assert why in hit
    page = client_of(cast.caseworker).post(FIND, {"words": "penaflor"}).content.decode()
    assert "Maria" not in page
    assert "Peñaflor" not in page


def _named(cast, case, **identity):
    return add_participant(cast.caseworker, case, identity=identity).person.code


def test_two_words_that_sound_the_same_are_both_looked_for(cast, case, client_of):
    """Cathy Kathy: each is found by its own spelling or by the sound."""
    code = _named(cast, case, first_name="Catherine Kathy", family_name="Cathy")
    other = _named(cast, case, first_name="Kathy", family_name="Reyes")
    client = client_of(cast.caseworker)
    assert found(client, "Cathy Kathy")[0][0] == code
    assert found(client, "Kathy Cathy")[0][0] == code
    assert {row[0] for row in found(client, "Cathy Kathy")} == {code, other}


def test_who_is_written_so_stands_before_who_sounds_so(cast, case, client_of):
    """And is not lost behind ten others: the nearest come first, then the code."""
    for _each in range(11):
        _named(cast, case, family_name="Senaida")
    codes = {_named(cast, case, family_name="Zenaida") for _each in range(2)}
    client = client_of(cast.caseworker)
    hits = found(client, "Zenaida")
    assert {row[0] for row in hits[:2]} == codes
    assert len(hits) == 10
    page = client.post(FIND, {"words": "Zenaida"}).content.decode()
    assert "the nearest stand first" in page
    assert "give another letter" not in page


def test_a_common_word_hides_nobody(cast, case, client_of):
    """The words are joined where they stand: no count of tokens cuts somebody off."""
    for _each in range(12):
        _named(cast, case, first_name="Maria", family_name="Santos")
    code = _named(cast, case, first_name="Maria", family_name="Dimaculangan")
    assert [row[0] for row in found(client_of(cast.caseworker), "maria dimaculangan")] == [code]


@pytest.mark.parametrize("language", ["en", "fil"])
def test_the_code_itself_stands_before_codes_that_begin_so_in_every_language(
    cast, case, client_of, language
):
    client = client_of(cast.caseworker)
    client.cookies["django_language"] = language
    hits = found(client, case.reference)
    assert hits[0][0] == case.reference


def test_every_word_must_be_theirs(cast, place, client_of):
    assert found(client_of(cast.caseworker), "Maria Santos") == []


def test_people_are_found_only_by_those_who_see_them_and_may_open_them(cast, place, client_of):
    assert found(client_of(cast.south_caseworker), "penaflor") == []
    assert found(client_of(cast.stranger_caseworker), "penaflor") == []
    page = client_of(cast.analyst).post(FIND, {"words": "penaflor"}).content.decode()
    assert "Names are not searched with your role." in page


def test_r_a6_an_alleged_offender_is_found_by_code_alone(cast, case, client_of):
    place = add_participant(
        cast.caseworker,
        case,
        role="alleged_offender_source",
        legal_status="person_of_interest",
        identity={"family_name": "Dimagiba"},
    )
    client = client_of(cast.caseworker)
    assert found(client, "Dimagiba") == []
    assert [row[0] for row in found(client, place.person.code)] == [place.person.code]


def test_a_corrected_name_is_found_and_the_wrong_one_is_not(cast, place, client_of):
    correct_identity(
        actor=cast.caseworker,
        person_id=place.person_id,
        version=1,
        reason="Her school papers say so.",
        changes={"family_name": "Villanueva"},
    )
    client = client_of(cast.caseworker)
    assert len(found(client, "villanueva")) == 1
    assert found(client, "penaflor") == []


def test_nothing_that_was_looked_for_is_kept_but_codes_until_sign_out(
    cast, case, place, client_of, superuser
):
    client = client_of(cast.caseworker)
    client.post(FIND, {"words": "Peñaflor"})
    client.post(FIND, {"words": case.reference})
    page = client.get(FIND).content.decode()
    assert f'value="{case.reference}"' in page
    assert "eñaflor" not in page
    assert client.session["recently_found"] == [case.reference]
    events = AuditEvent.objects.filter(verb="find.searched")
    assert events.count() == 3
    assert not [event for event in events if "flor" in str(event.facts).lower()]
    digests = superuser.execute("SELECT digest FROM cases_persontoken").fetchall()
    assert digests
    assert not [row for row in digests if b"flor" in bytes(row[0]).lower()]


def test_an_empty_box_names_what_is_missing(cast, client_of):
    response = client_of(cast.caseworker).post(FIND, {"words": ""})
    assert response.status_code == 422
    nothing = client_of(cast.caseworker).post(FIND, {"words": "nobody of that name"})
    assert "Nothing matches that you may see" in nothing.content.decode()


def test_it_costs_as_much_for_many_as_for_few(cast, case, client_of):
    client = client_of(cast.caseworker)

    def one_more():
        add_participant(cast.caseworker, case, identity={"family_name": "Santos"})

    def count():
        client.post(FIND, {"words": "santos"})
        with CaptureQueriesContext(connection) as queries:
            client.post(FIND, {"words": "santos"})
        return len(queries)

    one_more()
    few = count()
    for _ in range(8):
        one_more()
    assert count() == few
    assert few < 40


def test_tokens_are_seen_by_whoever_may_open_the_person(cast, place):
    from audit.reading import reading

    with reading(cast.caseworker):
        assert PersonToken.objects.visible_to(cast.caseworker).count() > 5
    with reading(cast.south_caseworker):
        assert not PersonToken.objects.visible_to(cast.south_caseworker).exists()


def test_the_box_is_on_every_page_and_works_without_a_script(cast, client_of):
    page = client_of(cast.caseworker).get("/").content.decode()
    assert f'<a class="btn find-link" href="{FIND}"' in page
    assert f'<form method="post" action="{FIND}"' in page
    assert client_of(cast.caseworker).get(FIND).status_code == 200
