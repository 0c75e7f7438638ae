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
        "step": "submitted_for_decision",
        "earlier_unknown": "on",
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
        f"{page}charge/",
        {"statute": "PH-RA11862-6", "counts": 2, "filed_on": "2026-01-06", "qualified": "on"},
    )
    assert response.status_code == 302
    shown = client.get(page).content.decode()
    assert "2 counts" in shown
    verdict_url = re.search(r'href="([^"]*/verdict/)"', shown)[1]
    convicted = {"result": "convicted", "decided_on": "2026-02-01"}
    # Whoever did not see the charge as it stands is told so first.
    assert client.post(verdict_url, convicted).status_code == 422
    response = client.post(verdict_url, {"version": 1, **convicted})
    assert response.status_code == 302
    assert "Judgment promulgated" in client.get(page).content.decode()
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
        "step": "resolved_to_file",
        "earlier_unknown": True,
    }
    made = client.post("/api/v1/proceedings/", body, content_type="application/json")
    assert made.status_code == 201
    url = f"/api/v1/proceedings/{made.json()['id']}/"
    charged = client.post(
        f"{url}charge/",
        {"statute": "PH-RA11862-6", "filed_on": "2026-01-06"},
        content_type="application/json",
    ).json()
    assert (charged["stage"], charged["step"]) == ("charged", "information_filed")
    version = charged["version"]
    for step in ("arraigned", "pre_trial", "trial", "submitted_for_decision"):
        moved = client.post(
            f"{url}advance/",
            {"to": step, "happened_on": "2026-01-07", "document": "Order"},
            content_type="application/json",
            headers={"If-Match": f'"{version}"'},
        )
        assert moved.status_code == 200, moved.json()
        version = moved.json()["version"]
    charge_url = f"/api/v1/charges/{charged['charges'][0]['id']}/"
    amended = client.post(
        f"{charge_url}amend/",
        {"counts": 2},
        content_type="application/json",
        headers={"If-Match": '"1"'},
    )
    assert amended.json()["counts"] == 2
    assert (
        client.post(
            f"{charge_url}plea/",
            {"plea": "guilty", "plea_on": "2026-01-07"},
            content_type="application/json",
            headers={"If-Match": '"1"'},
        ).status_code
        == 412
    )
    verdict = {
        "charge": charged["charges"][0]["id"],
        "version": 2,
        "result": "acquitted",
        "decided_on": "2026-01-07",
    }
    decided = client.post(f"{url}verdict/", verdict, content_type="application/json").json()
    assert decided["charges"][0]["verdict"]["result"] == "acquitted"
    stale = client.post(f"{url}verdict/", verdict, content_type="application/json")
    assert stale.status_code == 412
    again = client.post(
        f"{url}verdict/", {**verdict, "version": 3}, content_type="application/json"
    )
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
        client.post(f"/court/case/{case.pk}/open/", _form(accused, court=court))["Location"]
        for court in ("One", "Another")
    ]
    charge = {"statute": "PH-RA11862-6", "counts": 1, "filed_on": "2026-01-06"}
    client.post(f"{pages[0]}charge/", charge)
    verdict_url = re.search(
        r'href="[^"]*/(charge/[^"]*/verdict/)"', client.get(pages[0]).content.decode()
    )[1]
    answer = {"version": 1, "result": "convicted", "decided_on": "2026-02-01"}
    assert client.post(pages[1] + verdict_url, answer).status_code == 404
    assert "Judgment promulgated" not in client.get(pages[0]).content.decode()
    assert client.post(pages[0] + verdict_url, answer).status_code == 302


def test_a_step_is_recorded_on_its_page_with_day_and_document(cast, case, accused, client_of):
    client = client_of(cast.legal)
    page = client.post(f"/court/case/{case.pk}/open/", _form(accused, step="", earlier_unknown=""))[
        "Location"
    ]
    shown = client.get(f"{page}advance/").content.decode()
    assert "Inquest" in shown
    assert "Information filed" not in shown
    version = re.search(r'name="version" value="(\d+)"', shown)[1]
    seen = re.search(r'name="seen" value="([^"]*)"', shown)[1]
    sent = {"to": "inquest", "happened_on": "2026-01-06", "version": version, "seen": seen}
    refused = client.post(f"{page}advance/", sent)
    assert refused.status_code == 422
    assert "Document that says so" in refused.content.decode()
    done = client.post(f"{page}advance/", {**sent, "document": "Minutes of the inquest"})
    assert done.status_code == 302
    shown = client.get(page).content.decode()
    assert "Minutes of the inquest" in shown
    assert cast.legal.name in shown
    other = client.post(f"{page}advance/", {**sent, "document": "Again"})
    assert other.status_code == 422
    assert "Inquest" in other.content.decode()
    assert "while you had it open" in other.content.decode()


def test_a_jump_over_steps_is_no_choice(cast, case, accused, client_of):
    client = client_of(cast.legal)
    page = client.post(f"/court/case/{case.pk}/open/", _form(accused, step="", earlier_unknown=""))[
        "Location"
    ]
    sent = {"to": "trial", "happened_on": "2026-01-06", "version": 1, "document": "Order"}
    assert client.post(f"{page}advance/", sent).status_code == 422
    assert "Complaint filed" in client.get(page).content.decode()


def test_the_table_of_offences_is_read_by_many_and_kept_by_legal_officers(cast, client_of):
    client = client_of(cast.legal)
    page = client.get("/court/laws/?country=NL").content.decode()
    assert "Wetboek van Strafrecht" in page
    assert "Not checked" in page
    sent = {
        "jurisdiction": "NO",
        "code": "NO-STRL-311",
        "title": "Straffeloven",
        "section": "311",
        "description": "Depiction of sexual abuse of children",
        "valid_from": "2015-10-01",
    }
    assert client.post("/court/laws/add/", sent).status_code == 302
    assert "Straffeloven" in client.get("/court/laws/?country=NO").content.decode()
    assert client.post("/court/laws/add/", sent).status_code == 422
    assert "Case build-up" in client.get("/court/procedures/").content.decode()
    worker = client_of(cast.caseworker)
    assert "add/" not in worker.get("/court/laws/").content.decode()
    assert worker.post("/court/laws/add/", sent).status_code == 403
