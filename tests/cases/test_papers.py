"""Papers are registered: that they exist, who signed them, where the original lies. No file."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from audit.reading import reading
from cases.models import Case, Paper
from cases.services.papers import move_original, register_paper
from core.errors import Denied, DomainError
from tests.factories import add_participant, open_case
from vault.keys import forget_keys

CANARY = "Kulasisi"


@pytest.fixture
def place(cast):
    return add_participant(cast.caseworker, open_case(cast.caseworker))


def register(cast, place, **over):
    values = {
        "actor": cast.caseworker,
        "case_id": place.case_id,
        "person_id": place.person_id,
        "kind": "court_order",
        "original_at": f"Branch 7, {CANARY}",
        "reference": "SP-12",
        "signatories": "the judge",
        "dated_on": date(2026, 1, 5),
    }
    return register_paper(**{**values, **over})


def test_a_paper_is_registered_and_its_original_moves(cast, place, client_of):
    client = client_of(cast.caseworker)
    address = reverse("cases:register_paper", args=[place.case_id])
    assert client.get(address).status_code == 200
    empty = client.post(address, {"kind": "court_order", "original_at": " "})
    assert empty.status_code == 422
    assert 'href="#id_original_at"' in empty.content.decode()
    done = client.post(
        address,
        {
            "kind": "court_order",
            "person_id": str(place.person_id),
            "original_at": f"Branch 7, {CANARY}",
            "dated_on": "2026-01-05",
            "reference": "SP-12",
            "signatories": "the judge",
        },
    )
    assert done.status_code == 302
    page = client.get(done["Location"]).content.decode()
    for words in ("Court order", place.person.code, CANARY, "SP-12", "the judge", "5 Jan 2026"):
        assert words in page, words
    assert CANARY not in done["Location"]
    with reading(cast.caseworker):
        paper = Paper.objects.visible_to(cast.caseworker).get()
    moved = client.post(
        reverse("cases:move_original", args=[paper.pk]), {"original_at": "Safe of the office"}
    )
    assert moved.status_code == 302
    listed = client.get(reverse("cases:papers", args=[place.case_id])).content.decode()
    assert "Safe of the office" in listed
    assert CANARY not in listed
    events = AuditEvent.objects.filter(object_id=paper.pk).order_by("id")
    assert [event.verb for event in events] == [
        "paper.registered",
        "paper.looked_at",
        "paper.original_moved",
    ]
    assert not any(CANARY in str(event.facts) for event in events)


def test_what_is_about_one_person_is_sealed_under_their_key(cast, place, superuser):
    register(cast, place)
    register(cast, place, person_id=None, kind="letter")
    with reading(cast.caseworker):
        owners = {
            paper.kind: bool(paper.person_id) for paper in Paper.objects.visible_to(cast.caseworker)
        }
    assert owners == {"court_order": True, "letter": False}
    rows = superuser.execute("SELECT p::text FROM cases_paper p").fetchall()
    assert not any(CANARY in row or CANARY.encode().hex() in row for (row,) in rows)


def test_an_erased_key_leaves_words_in_its_place_and_the_list_whole(
    cast, place, superuser, client_of
):
    paper = register(cast, place)
    register(cast, place, person_id=None, kind="letter", original_at="Kept whole")
    superuser.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, false)")
    superuser.execute("DELETE FROM vault_datakey WHERE owner_id = %s", [place.person_id])
    forget_keys()
    client = client_of(cast.caseworker)
    listed = client.get(reverse("cases:papers", args=[place.case_id]))
    assert listed.status_code == 200
    assert "Kept whole" in listed.content.decode()
    assert CANARY not in listed.content.decode()
    assert "This text cannot be read" in listed.content.decode()
    broken = AuditEvent.objects.filter(verb="text.unreadable", object_id=paper.pk)
    assert broken.get().fields == ["reference", "signatories", "original_at"]


def test_nobody_registers_what_breaks_a_rule(cast, place):
    elsewhere = add_participant(cast.caseworker, open_case(cast.caseworker))
    for wrong, names in (
        ({"kind": "photograph"}, "kind"),
        ({"dated_on": date(2999, 1, 1)}, "dated_on"),
        ({"original_at": "  "}, "original_at"),
        ({"person_id": elsewhere.person_id}, "person_id"),
        ({"reference": "data:image/png;base64,AAAA"}, "reference"),
        ({"reference": "d41d8cd98f00b204e9800998ecf8427e"}, "reference"),
        ({"original_at": "https://drive.example/x"}, "original_at"),
        ({"signatories": "x" * 201}, "signatories"),
    ):
        with pytest.raises(DomainError) as broken:
            register(cast, place, **wrong)
        assert broken.value.field == names, wrong
    # Who has no part in it: refused by role, or not there at all.
    for person, refusal in (
        (cast.intake, Denied),
        (cast.liaison, Denied),
        (cast.south_caseworker, Case.DoesNotExist),
        (cast.stranger_caseworker, Case.DoesNotExist),
    ):
        with pytest.raises(refusal):
            register(cast, place, actor=person)
    assert not Paper.objects.using("owner").exists()
    paper = register(cast, place)
    with pytest.raises(Paper.DoesNotExist):
        move_original(actor=cast.intake, paper_id=paper.pk, original_at="Taken")


def test_the_list_costs_the_same_for_few_and_many(cast, place, client_of):
    client = client_of(cast.caseworker)
    address = reverse("cases:papers", args=[place.case_id])

    def statements():
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    for _number in range(3):
        register(cast, place)
    few = statements()
    for _number in range(12):
        register(cast, place)
    assert statements() <= few


def test_the_api_registers_and_takes_no_file(cast, place, client_of):
    client = client_of(cast.caseworker)
    body = {
        "case": str(place.case_id),
        "kind": "letter",
        "original_at": CANARY,
        "dated_on": timezone.localdate().isoformat(),
    }
    made = client.post("/api/v1/papers/", body, content_type="application/json")
    assert made.status_code == 201
    assert CANARY not in made.content.decode()
    moved = client.post(
        f"/api/v1/papers/{made.json()['id']}/move-original/",
        {"original_at": "Folder 3"},
        content_type="application/json",
    )
    assert moved.status_code == 200
    with_file = client.post(
        "/api/v1/papers/", {**body, "file": "JVBERi0="}, content_type="application/json"
    )
    assert with_file.status_code == 400
    assert [row["kind"] for row in client.get("/api/v1/papers/").json()["results"]] == ["letter"]
    south = client_of(cast.south_caseworker)
    assert south.get("/api/v1/papers/").json()["results"] == []
    assert client_of(cast.liaison).get("/api/v1/papers/").status_code == 403
