"""The second look before signing: words, other people's names, length. It asks and never blocks."""

from __future__ import annotations

import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from audit.reading import reading
from cases.models import CaseNote
from cases.third_parties import parts_naming_others
from tests.factories import add_participant, open_case


@pytest.fixture
def case(cast):
    return open_case(cast.caseworker)


def body(case, **over):
    return {
        "draft_id": str(uuid.uuid4()),
        "draft_case": str(case.pk),
        "kind": "contact",
        "occurred_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
        "facts_said_by": "the aunt",
        **over,
    }


def test_r_n3_a_word_is_pointed_out_once_and_the_note_can_be_signed_as_it_is(cast, case, client_of):
    client = client_of(cast.caseworker)
    address = reverse("cases:write_note", args=[case.pk])
    values = body(case, facts_reported="The uncle says she was promiscuous.")
    asked = client.post(address, values)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "“promiscuous”" in page
    assert "Sign it as it is" in page
    assert not CaseNote.objects.using("owner").exists()
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    # Something new is pointed out again; the same is not.
    again = client.post(address, {**values, "observations": "Manipulative.", "seen": seen})
    assert again.status_code == 422
    assert client.post(address, {**values, "seen": seen}).status_code == 302
    assert CaseNote.objects.using("owner").count() == 1
    # A quotation is nobody's business.
    quoted = body(case, facts_reported="The uncle says: “she was promiscuous”.")
    assert client.post(address, quoted).status_code == 302


def test_r_n6_other_peoples_names_and_codes_are_noticed_without_showing_them(cast, case, client_of):
    child = add_participant(
        cast.caseworker, case, identity={"first_name": "Tala", "family_name": "Amihan"}
    )
    sibling = add_participant(
        cast.caseworker, case, identity={"first_name": "Íñigo", "family_name": "Amihan"}
    )
    texts = {
        "facts_reported": "INIGO was there.",
        "observations": f"Beside {sibling.person.code}.",
        "professional_assessment": "Tala Amihan is calm.",
        "actions": "Visit again.",
    }
    with reading(cast.legal):
        # A legal officer sees no identity, and is warned all the same.
        about_child = parts_naming_others(cast.legal, case, texts, person_id=child.person_id)
        about_all = parts_naming_others(cast.legal, case, texts, person_id=None)
    assert about_child == ["facts_reported", "observations"]
    assert about_all == ["facts_reported", "professional_assessment"]
    client = client_of(cast.legal)
    page = client.post(
        reverse("cases:write_note", args=[case.pk]),
        body(case, person_id=str(child.person_id), facts_reported="Met Inigo."),
    ).content.decode()
    assert "Somebody else of this case seems to be named" in page
    assert "Íñigo" not in page
    assert not AuditEvent.objects.filter(verb="identity.shown").exists()
    assert not CaseNote.objects.using("owner").exists()


def test_r_n8_a_long_l3_note_is_asked_whether_all_of_it_is_needed(cast, case, client_of):
    client = client_of(cast.caseworker)
    address = reverse("cases:write_note", args=[case.pk])
    long = "Nothing new here. " * 80
    asked = client.post(address, body(case, kind="risk", observations=long))
    assert "Is all of it needed" in asked.content.decode()
    assert client.post(address, body(case, observations=long)).status_code == 302


def test_the_api_tells_the_same_and_takes_an_idempotency_key(cast, case, client_of):
    client = client_of(cast.caseworker)
    note = {"case": str(case.pk), "kind": "contact", "observations": "She was promiscuous."}
    told = client.post("/api/v1/notes/check/", note, content_type="application/json").json()
    assert [(word["part"], word["written"]) for word in told["words"]] == [
        ("observations", "promiscuous")
    ]
    note["occurred_at"] = timezone.now().isoformat()
    key = {"Idempotency-Key": str(uuid.uuid4())}
    for _time in range(2):
        made = client.post("/api/v1/notes/", note, content_type="application/json", headers=key)
        assert (made.status_code, made.json()["id"]) == (201, key["Idempotency-Key"])
    assert CaseNote.objects.using("owner").count() == 1
    bad = client.post(
        "/api/v1/notes/",
        note,
        content_type="application/json",
        headers={"Idempotency-Key": "again"},
    )
    assert (bad.status_code, bad.json()["code"]) == (400, "bad_key")
    level = client.post(
        f"/api/v1/notes/{key['Idempotency-Key']}/change-level/",
        {"level": 1},
        content_type="application/json",
    )
    assert level.status_code == 403
    assert CaseNote.objects.using("owner").get().sensitivity == 2
