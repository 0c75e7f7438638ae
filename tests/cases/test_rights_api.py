"""The API of erasures, holds and copies gives the same answers as the pages."""

from __future__ import annotations

import pytest

from cases.models import ErasureRequest
from cases.services.safe_contact import set_safe_contact
from referrals.services.deciding import decline_referral
from referrals.services.desk import start_triage
from tests.factories import add_participant, log_referral, open_case, write_note
from vault.models import DataKey

ERASURES, HOLDS, COPIES = "/api/v1/erasures/", "/api/v1/legal-holds/", "/api/v1/copies/"
NAME = "canary-dalisay-4410"


@pytest.fixture
def place(cast):
    case = open_case(cast.caseworker)
    return add_participant(cast.caseworker, case, identity={"first_name": NAME})


@pytest.fixture
def post_as(client_of):
    def post(who, address, **body):
        return client_of(who).post(address, body, content_type="application/json")

    return post


def has_key(kind, pk):
    return DataKey.objects.using("owner").filter(owner_type=kind, owner_id=pk).exists()


def test_a_person_is_erased_by_two(cast, place, post_as, client_of):
    body = {"participant": str(place.pk), "ground": "person_asked"}
    asked = post_as(cast.caseworker, ERASURES, **body)
    assert asked.status_code == 201
    told = asked.json()
    assert (told["status"], told["person_code"]) == ("requested", place.person.code)
    again = post_as(cast.caseworker, ERASURES, **body)
    assert (again.status_code, again.json()["code"]) == (400, "rule_broken")
    wrong = post_as(cast.caseworker, ERASURES, **body | {"ground": "because"})
    assert "ground" in wrong.json()["fields"]
    page = f"{ERASURES}{told['id']}/"
    assert post_as(cast.caseworker, f"{page}approve/").status_code == 403
    assert client_of(cast.stranger_caseworker).get(page).status_code == 404
    assert has_key("person", place.person_id)
    listed = client_of(cast.dpo).get(ERASURES, {"status": "requested"}).json()["results"]
    assert [row["id"] for row in listed] == [told["id"]]
    erased = post_as(cast.dpo, f"{page}approve/")
    assert erased.status_code == 200
    assert (erased.json()["status"], erased.json()["person_code"]) == ("carried_out", "")
    assert erased.json()["receipt"]["keys"] == 1
    assert not has_key("person", place.person_id)
    # Nobody is left: the shared texts of the case, by themselves.
    texts = post_as(
        cast.caseworker, f"{ERASURES}texts/", case=str(place.case_id), ground="person_asked"
    )
    assert texts.status_code == 201
    refused = post_as(cast.dpo, f"{ERASURES}{texts.json()['id']}/refuse/", because="legal_duty")
    assert refused.json()["refused_because"] == "legal_duty"
    assert has_key("case", place.case_id)


def test_a_referral_that_became_no_case_is_asked_for(cast, post_as):
    referral = log_referral(cast.caseworker, subject={"prs_FirstName": NAME})
    address = f"/api/v1/referrals/{referral.pk}/request-erasure/"
    early = post_as(cast.caseworker, address, ground="person_asked")
    assert (early.status_code, early.json()["code"]) == (400, "undecided")
    start_triage(actor=cast.caseworker, referral_id=referral.pk)
    decline_referral(actor=cast.caseworker, referral_id=referral.pk, reason="out_of_scope")
    asked = post_as(cast.caseworker, address, ground="person_asked")
    assert asked.status_code == 201
    assert asked.json()["record_id"] == str(referral.pk)
    approve = f"{ERASURES}{asked.json()['id']}/approve/"
    assert post_as(cast.dpo, approve).status_code == 200
    assert not has_key("referral", referral.pk)


def test_r_d4_a_hold_is_placed_read_and_released(cast, place, post_as, client_of):
    body = {"case": str(place.case_id), "authority": "Court, branch 7", "why": "An appeal."}
    assert post_as(cast.caseworker, HOLDS, **body).status_code == 403
    placed = post_as(cast.legal, HOLDS, **body)
    assert placed.status_code == 201
    assert (placed.json()["stands"], placed.json()["why"]) == (True, "An appeal.")
    past = post_as(cast.legal, HOLDS, **body | {"until": "2020-01-01"})
    assert (past.status_code, past.json()["field"]) == (400, "until")
    page = f"{HOLDS}{placed.json()['id']}/"
    # The officer answers for it without seeing the case; a list holds no words for anybody.
    outside = client_of(cast.dpo).get(page).json()
    assert (outside["stands"], outside["authority"], outside["why"]) == (True, "", "")
    assert "why" not in client_of(cast.caseworker).get(HOLDS).json()["results"][0]
    asked = post_as(cast.caseworker, ERASURES, participant=str(place.pk), ground="person_asked")
    approve = f"{ERASURES}{asked.json()['id']}/approve/"
    held = post_as(cast.dpo, approve)
    assert (held.status_code, held.json()["code"]) == (400, "stopped")
    assert has_key("person", place.person_id)
    assert post_as(cast.caseworker, f"{page}release/").status_code == 403
    assert post_as(cast.supervisor, f"{page}release/").json()["stands"] is False
    assert post_as(cast.dpo, approve).status_code == 200


def test_r_d6_a_copy_is_asked_for_released_and_shown(cast, place, post_as, client_of):
    write_note(cast.caseworker, place.case, person_id=place.person_id, facts_reported="Draws.")
    body = {"participant": str(place.pk), "asked_for_by": "self"}
    asked = post_as(cast.caseworker, COPIES, **body)
    assert asked.status_code == 201
    assert NAME not in asked.content.decode()
    page = f"{COPIES}{asked.json()['id']}/"
    assert post_as(cast.caseworker, f"{page}show/").status_code == 403
    assert post_as(cast.caseworker, f"{page}release/").status_code == 403
    draft = post_as(cast.supervisor, f"{page}show/").json()
    assert NAME in str(draft["parts"])
    assert "Draws." in [text["text"] for part in draft["parts"] for text in part["texts"]]
    unsafe = post_as(cast.supervisor, f"{page}release/")
    assert (unsafe.status_code, unsafe.json()["code"]) == (400, "no_safe_contact")
    set_safe_contact(
        actor=cast.caseworker, participant_id=place.pk, channel="call", number="0917 555 0000"
    )
    assert post_as(cast.supervisor, f"{page}release/").json()["status"] == "released"
    assert post_as(cast.caseworker, f"{page}show/").json()["code"] == place.person.code
    assert client_of(cast.south_caseworker).get(page).status_code == 404
    assert not ErasureRequest.objects.using("owner").exists()
