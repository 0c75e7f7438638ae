"""The court pages and their API, as the legal officer and as others."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import add_participant, open_case


@pytest.fixture
def case(cast):
    return open_case(cast.caseworker)


@pytest.fixture
def accused(cast, case):
    return add_participant(
        cast.caseworker, case, role="alleged_offender_source", legal_status="suspect"
    )


def _form(accused, **over):
    return {
        "accused": accused.pk,
        "jurisdiction": "PH",
        "side": "source",
        "court": "Regional Trial Court",
        "docket_number": "NP-1",
        "opened_on": "2026-01-05",
        **over,
    }


def test_from_opening_to_verdict_on_the_pages(cast, case, accused, client_of):
    client = client_of(cast.legal)
    assert "No proceedings here" in client.get(f"/court/case/{case.pk}/").content.decode()
    response = client.post(f"/court/case/{case.pk}/open/", _form(accused))
    assert response.status_code == 302
    page = response["Location"]
    assert "NP-1" in client.get(page).content.decode()
    response = client.post(
        f"{page}charge/", {"statute": "RA 9208", "counts": 2, "filed_on": "2026-01-06"}
    )
    assert response.status_code == 302
    shown = client.get(page).content.decode()
    assert "2 counts" in shown
    verdict_url = re.search(r'href="([^"]*/verdict/)"', shown)[1]
    response = client.post(verdict_url, {"result": "convicted", "decided_on": "2026-02-01"})
    assert response.status_code == 302
    assert "Verdict given" in client.get(page).content.decode()
    assert "Convicted person" in client.get(f"/court/case/{case.pk}/").content.decode()


def test_bad_input_comes_back_with_what_was_typed(cast, case, accused, client_of):
    client = client_of(cast.legal)
    response = client.post(
        f"/court/case/{case.pk}/open/", _form(accused, opened_on="2999-01-01", court="High Court")
    )
    assert response.status_code == 422
    page = response.content.decode()
    assert "This day lies ahead" in page
    assert "High Court" in page


def test_another_teams_person_is_no_choice(cast, case, accused, client_of):
    client = client_of(cast.legal)
    other = add_participant(
        cast.south_caseworker,
        open_case(cast.south_caseworker),
        role="alleged_offender_source",
        legal_status="suspect",
    )
    response = client.post(f"/court/case/{case.pk}/open/", _form(other))
    assert response.status_code == 422


@pytest.mark.parametrize("who", ["south_caseworker", "stranger_caseworker"])
def test_others_find_nothing(cast, case, accused, client_of, who):
    client_of(cast.legal).post(f"/court/case/{case.pk}/open/", _form(accused))
    client = client_of(getattr(cast, who))
    assert client.get(f"/court/case/{case.pk}/").status_code == 404
    assert "Regional" not in client.get("/court/").content.decode()
    assert client.get("/api/v1/proceedings/").json()["results"] == []


def test_the_api_does_the_same(cast, case, accused, client_of):
    client = client_of(cast.legal)
    body = {
        "case": str(case.pk),
        "accused": str(accused.pk),
        "jurisdiction": "PH",
        "side": "source",
        "opened_on": "2026-01-05",
    }
    made = client.post("/api/v1/proceedings/", body, content_type="application/json")
    assert made.status_code == 201
    url = f"/api/v1/proceedings/{made.json()['id']}/"
    charged = client.post(
        f"{url}charge/",
        {"statute": "RA 9208", "filed_on": "2026-01-06"},
        content_type="application/json",
    ).json()
    assert charged["stage"] == "charged"
    verdict = {
        "charge": charged["charges"][0]["id"],
        "result": "acquitted",
        "decided_on": "2026-01-07",
    }
    decided = client.post(f"{url}verdict/", verdict, content_type="application/json").json()
    assert decided["charges"][0]["verdict"]["result"] == "acquitted"
    again = client.post(f"{url}verdict/", verdict, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (400, "already_decided")
    unknown = client.post(
        f"{url}charge/", {"statute": "x", "judge": "y"}, content_type="application/json"
    )
    assert unknown.status_code == 400
    assert "judge" in unknown.json()["fields"]
    refused = client_of(cast.caseworker).post(
        "/api/v1/proceedings/", body, content_type="application/json"
    )
    assert refused.status_code == 403


def test_the_list_asks_as_often_for_many_as_for_few(cast, case, client_of):
    client = client_of(cast.legal)

    def add(count):
        for _ in range(count):
            person = add_participant(
                cast.caseworker, case, role="alleged_offender_demand", legal_status="suspect"
            )
            client.post(f"/court/case/{case.pk}/open/", _form(person))

    def count():
        client.get("/court/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/court/").status_code == 200
        return len(queries)

    add(3)
    few = count()
    add(15)
    assert count() == few


def test_a_charge_of_another_proceeding_is_not_there(cast, case, accused, client_of):
    client = client_of(cast.legal)
    pages = [
        client.post(f"/court/case/{case.pk}/open/", _form(accused, jurisdiction=country))[
            "Location"
        ]
        for country in ("PH", "NL")
    ]
    charge = {"statute": "RA 9208", "counts": 1, "filed_on": "2026-01-06"}
    client.post(f"{pages[0]}charge/", charge)
    verdict_url = re.search(
        r'href="[^"]*/(charge/[^"]*/verdict/)"', client.get(pages[0]).content.decode()
    )[1]
    answer = {"result": "convicted", "decided_on": "2026-02-01"}
    assert client.post(pages[1] + verdict_url, answer).status_code == 404
    assert "Verdict given" not in client.get(pages[0]).content.decode()
    assert client.post(pages[0] + verdict_url, answer).status_code == 302
