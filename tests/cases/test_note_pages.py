"""Reading and writing notes on pages: what is hard to read stays closed, every opening is known."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from cases.models import CaseNote
from tests.factories import open_case, write_note
from tests.tampering import lower_walls
from vault.keys import forget_keys

OPEN = "She starts school on Monday"
HARD = "She said: “He told me to stay awake.”"
UNREADABLE = "This text cannot be read. It was reported."


@pytest.fixture
def case(cast):
    return open_case(cast.caseworker)


@pytest.fixture
def hard(cast, case):
    return write_note(
        cast.caseworker, case, kind="survivor_own_words", facts_reported=HARD, actions="Called."
    )


def listed(case):
    return reverse("cases:notes", args=[case.pk])


def one(note):
    return reverse("cases:note", args=[note.pk])


def body(**over):
    values = {
        "kind": "contact",
        "occurred_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
        "draft_id": str(uuid.uuid4()),
        "facts_reported": OPEN,
        "facts_said_by": "the aunt",
    }
    return {**values, **over}


def test_the_list_shows_the_text_up_to_l2_and_names_what_it_showed(cast, case, hard, client_of):
    plain = write_note(cast.caseworker, case, facts_reported=OPEN)
    page = client_of(cast.second_caseworker).get(listed(case)).content.decode()
    assert OPEN in page
    assert HARD not in page
    assert "2 notes" in page
    event = AuditEvent.objects.filter(verb="note.listed").get()
    assert event.facts == {"opened": [str(plain.pk)], "covered": 1}


def test_r_x4_l3_text_reaches_the_page_only_when_the_note_is_opened_and_stays_covered_there(
    cast, case, hard, client_of
):
    page = client_of(cast.second_caseworker).get(one(hard)).content.decode()
    assert HARD in page
    assert page.index('<details class="covered">') < page.index(HARD)
    assert page.count('<details class="covered">') == 2
    assert '<details class="covered" open' not in page
    event = AuditEvent.objects.filter(verb="note.opened").get()
    assert (event.object_id, event.case_id) == (hard.pk, case.pk)


def test_with_a_script_a_note_opens_in_its_place(cast, case, hard, client_of):
    response = client_of(cast.caseworker).get(one(hard), headers={"HX-Request": "true"})
    assert (
        response.content.decode().lstrip().startswith(f'<article class="card" id="note-{hard.pk}"')
    )


def test_addenda_are_read_beside_their_note_and_each_opening_is_known(cast, case, hard, client_of):
    added = write_note(
        cast.second_caseworker, case, addendum_to_id=hard.pk, facts_reported="It was Tuesday."
    )
    page = client_of(cast.supervisor).get(one(hard)).content.decode()
    assert page.index(HARD) < page.index("It was Tuesday.")
    opened = AuditEvent.objects.filter(verb="note.opened").values_list("object_id", flat=True)
    assert set(opened) == {hard.pk, added.pk}


def test_an_addendum_is_listed_alone_for_somebody_who_may_not_read_its_note(cast, case, client_of):
    sealed = write_note(cast.caseworker, case, sensitivity=4)
    write_note(
        cast.caseworker,
        case,
        sensitivity=4,
        addendum_to_id=sealed.pk,
        facts_reported="For the clinician alone.",
        reader_ids=[cast.clinician.pk],
    )
    page = client_of(cast.clinician).get(listed(case)).content.decode()
    assert "1 note." in page
    assert "1 note." not in client_of(cast.supervisor).get(listed(case)).content.decode()


def test_writing_a_note_by_the_form(cast, case, client_of):
    client = client_of(cast.caseworker)
    response = client.post(reverse("cases:write_note", args=[case.pk]), body(actions="Called."))
    assert (response.status_code, response.headers["Location"]) == (302, listed(case))
    page = client.get(listed(case)).content.decode()
    assert OPEN in page
    assert "The note is signed and in the case." in page


@pytest.mark.parametrize(
    ("field", "over"),
    [
        ("facts_reported", {"facts_reported": "word " * 4_001}),
        ("facts_reported", {"facts_reported": "data:image/png;base64,iVBORw0KGgo="}),
        ("occurred_at", {"occurred_at": "2999-01-01T10:00"}),
        ("occurred_at", {"occurred_at": "last week"}),
        ("sensitivity", {"kind": "risk", "sensitivity": "2"}),
        ("kind", {"kind": ""}),
    ],
)
def test_a_note_that_does_not_fit_comes_back_whole_with_the_field_named(
    cast, case, client_of, field, over
):
    response = client_of(cast.caseworker).post(
        reverse("cases:write_note", args=[case.pk]), body(observations="Kept as typed.", **over)
    )
    assert response.status_code == 422
    page = response.content.decode()
    assert f'href="#id_{field}"' in page
    assert "Kept as typed." in page
    assert not CaseNote.objects.using("owner").exists()


def test_a_note_that_says_nothing_is_refused(cast, case, client_of):
    response = client_of(cast.caseworker).post(
        reverse("cases:write_note", args=[case.pk]), body(facts_reported="  ")
    )
    assert response.status_code == 422
    assert 'href="#id_facts_reported"' in response.content.decode()
    assert not CaseNote.objects.using("owner").exists()


def test_a_supervisor_sets_a_lower_level_by_the_form(cast, case, client_of):
    response = client_of(cast.supervisor).post(
        reverse("cases:write_note", args=[case.pk]), body(kind="risk", sensitivity="2")
    )
    assert response.status_code == 302
    assert CaseNote.objects.using("owner").get().sensitivity == 2


def test_adding_to_a_note_by_the_form_keeps_kind_and_level(cast, case, hard, client_of):
    values = body(facts_reported="“I start on Monday.”")
    del values["kind"]
    response = client_of(cast.second_caseworker).post(
        reverse("cases:add_to_note", args=[hard.pk]), values
    )
    assert (response.status_code, response.headers["Location"]) == (302, one(hard))
    added = CaseNote.objects.using("owner").get(addendum_to=hard)
    assert (added.kind, added.sensitivity) == ("survivor_own_words", 3)


def test_a_note_that_is_none_of_ones_business_cannot_be_added_to(cast, case, hard, client_of):
    address = reverse("cases:add_to_note", args=[hard.pk])
    assert client_of(cast.south_caseworker).post(address, body()).status_code == 404
    assert client_of(cast.intake).post(address, body()).status_code == 403
    assert CaseNote.objects.using("owner").count() == 1


def spoil(superuser, note, sql):
    superuser.execute("SET liwanag.act = 'test'")
    lower_walls(superuser, "cases_casenote")
    superuser.execute(
        f"UPDATE cases_casenote SET facts_reported = {sql} WHERE id = %s",
        [note.pk],
    )


@pytest.mark.parametrize(
    "sql",
    [
        "set_byte(facts_reported, 20, get_byte(facts_reported, 20) # 1)",
        "observations",
        "substring(facts_reported for 10)",
        r"'\x00'::bytea",
    ],
)
def test_a_text_that_does_not_open_says_so_in_its_place(cast, case, client_of, superuser, sql):
    note = write_note(cast.caseworker, case, facts_reported=OPEN, observations="Two beds.")
    spoil(superuser, note, sql)
    client = client_of(cast.second_caseworker)
    for address in (listed(case), one(note)):
        response = client.get(address)
        page = response.content.decode()
        assert response.status_code == 200
        assert UNREADABLE in page
        assert "Two beds." in page
        assert OPEN not in page
    reports = AuditEvent.objects.filter(verb="text.unreadable")
    assert {(r.object_id, tuple(r.fields)) for r in reports} == {(note.pk, ("facts_reported",))}
    assert reports.count() == 2


def test_a_case_whose_key_is_gone_still_has_its_page(cast, case, client_of, superuser):
    note = write_note(cast.caseworker, case, facts_reported=OPEN)
    superuser.execute("SET liwanag.act = 'test'")
    superuser.execute("DELETE FROM vault_datakey WHERE owner_id = %s", [case.pk])
    forget_keys()
    page = client_of(cast.caseworker).get(one(note)).content.decode()
    assert UNREADABLE in page
    assert OPEN not in page


def test_a_moment_is_read_in_the_readers_time_zone(cast, case, client_of):
    at = (timezone.localtime() - timedelta(hours=2)).replace(second=0, microsecond=0)
    client_of(cast.caseworker).post(
        reverse("cases:write_note", args=[case.pk]),
        body(occurred_at=at.strftime("%Y-%m-%dT%H:%M")),
    )
    assert CaseNote.objects.using("owner").get().occurred_at == at
