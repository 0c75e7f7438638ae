"""The identity panel: masked until a purpose is given, and only for the answer to that."""

from __future__ import annotations

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from tests.factories import add_participant, open_case

WHO = {"first_name": "Tala", "family_name": "Mirasol", "as_reported": {"prs_Nickname": "Tal"}}


@pytest.fixture
def place(cast):
    return add_participant(cast.caseworker, open_case(cast.caseworker), identity=WHO)


def person(place):
    return reverse("cases:person", args=[place.pk])


def show(place):
    return reverse("cases:show_identity", args=[place.pk])


def names_in(response):
    return [word for word in ("Tala", "Mirasol", "Tal<") if word in response.content.decode()]


def shown():
    return AuditEvent.objects.filter(verb="identity.shown").count()


def test_the_identity_is_masked_until_a_purpose_is_given(cast, place, client_of):
    client = client_of(cast.caseworker)
    assert names_in(client.get(person(place))) == []
    response = client.post(show(place), {"purpose": "court"})
    assert response.status_code == 200
    assert names_in(response) == ["Tala", "Mirasol", "Tal<"]
    assert "For a court date" in response.content.decode()
    assert response.headers["Cache-Control"] == "no-store"
    assert shown() == 1


def test_it_is_masked_again_on_the_next_page(cast, place, client_of):
    client = client_of(cast.caseworker)
    client.post(show(place), {"purpose": "safety"})
    assert names_in(client.get(person(place))) == []
    assert names_in(client.get(show(place))) == []
    assert shown() == 1


def test_with_a_script_the_answer_is_the_panel_alone(cast, place, client_of):
    response = client_of(cast.caseworker).post(
        show(place), {"purpose": "service"}, headers={"HX-Request": "true"}
    )
    assert names_in(response) == ["Tala", "Mirasol", "Tal<"]
    assert response.content.decode().lstrip().startswith('<section id="identity"')


@pytest.mark.parametrize("purpose", ["", "curiosity"])
def test_without_a_purpose_it_stays_masked(cast, place, client_of, purpose):
    response = client_of(cast.caseworker).post(show(place), {"purpose": purpose})
    assert response.status_code == 422
    assert names_in(response) == []
    assert shown() == 0


@pytest.mark.parametrize(
    ("who", "page", "panel"),
    [("intake", 200, 403), ("legal", 200, 403), ("south_caseworker", 404, 404), ("dpo", 403, 403)],
)
def test_others_do_not_get_it(cast, place, client_of, who, page, panel):
    client = client_of(getattr(cast, who))
    assert client.get(person(place)).status_code == page
    response = client.post(show(place), {"purpose": "court"})
    assert (response.status_code, names_in(response)) == (panel, [])
    assert shown() == 0


def test_an_identity_that_does_not_open_says_so_and_is_reported(cast, place, client_of, superuser):
    superuser.execute("SET liwanag.act = 'test'")
    superuser.execute("UPDATE cases_personidentity SET details = '\\x01'")
    response = client_of(cast.caseworker).post(show(place), {"purpose": "court"})
    assert response.status_code == 422
    assert "This text cannot be read. It was reported." in response.content.decode()
    assert AuditEvent.objects.filter(verb="text.unreadable").count() == 1


def test_adding_a_person_by_the_form_seals_who_they_are(cast, place, client_of):
    client = client_of(cast.caseworker)
    response = client.post(
        reverse("cases:add_person", args=[place.case_id]),
        {
            "role": "protective_caregiver",
            "legal_status": "not_applicable",
            "gender": "Feminine",
            "citizenships": "ph, us",
            "first_name": "Auntie",
            "birthdate": "1980-02-03",
            "phones": "0917 000 0000, 0918 000 0000",
        },
    )
    assert response.status_code == 302
    page = client.get(response.headers["Location"]).content.decode()
    assert "Protective caregiver" in page
    assert "PH, US" in page
    assert "1980" in page
    assert "Auntie" not in page


def test_an_alleged_offender_without_a_legal_status_is_refused_beside_the_field(
    cast, place, client_of
):
    response = client_of(cast.caseworker).post(
        reverse("cases:add_person", args=[place.case_id]),
        {
            "role": "alleged_offender_demand",
            "legal_status": "not_applicable",
            "gender": "Masculine",
            "first_name": "Somebody",
        },
    )
    assert response.status_code == 422
    page = response.content.decode()
    assert 'href="#id_legal_status"' in page
    assert 'value="Somebody"' in page
