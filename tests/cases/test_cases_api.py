"""The API of the case file gives the same answers as the pages."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from cases.models import Case, CaseNote, CaseParticipant
from tests.factories import add_participant, open_case, write_note
from tests.tampering import lower_walls

CASES = "/api/v1/cases/"
PEOPLE = "/api/v1/participants/"
NOTES = "/api/v1/notes/"


@pytest.fixture
def case(cast):
    return open_case(cast.caseworker, risk="high")


@pytest.fixture
def place(cast, case):
    return add_participant(cast.caseworker, case, identity={"first_name": "Tala"})


@pytest.fixture
def api(client_of):
    """`api(person)` → (get, post), JSON both ways."""

    def of(person):
        client = client_of(person)

        def post(address, etag="", **body):
            headers = {"If-Match": etag} if etag else {}
            return client.post(address, body, content_type="application/json", headers=headers)

        return client.get, post

    return of


def test_one_lists_and_reads_what_one_sees(cast, case, place, api):
    note = write_note(cast.caseworker, case, facts_reported="The aunt called.")
    get, _post = api(cast.second_caseworker)
    assert [row["id"] for row in get(CASES).json()["results"]] == [str(case.pk)]
    assert get(f"{CASES}{case.pk}/").json() == {
        "id": str(case.pk),
        "reference": case.reference,
        "lead_agency": str(cast.agency.pk),
        "opened_on": case.opened_on.isoformat(),
        "protection_stage": "registered",
        "justice_stage": "none",
        "justice_reason": "",
        "risk": "high",
        "country": "PH",
        "admin1": "Northern Province",
        "version": 1,
    }
    person = get(f"{PEOPLE}{place.pk}/").json()
    assert (person["person"]["code"], person["label"]) == (place.person.code, "Survivor")
    assert "Tala" not in get(PEOPLE).content.decode()
    (row,) = get(NOTES, {"case": str(case.pk)}).json()["results"]
    assert "facts_reported" not in row
    read = get(f"{NOTES}{note.pk}/").json()
    assert (read["facts_reported"], read["observations"], read["unreadable"]) == (
        "The aunt called.",
        "",
        [],
    )
    verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert {"case.opened", "person.opened", "person.listed", "note.opened"} <= verbs


@pytest.mark.parametrize("who", ["south_caseworker", "stranger_caseworker"])
def test_what_one_does_not_see_is_not_there(cast, case, place, api, who):
    note = write_note(cast.caseworker, case)
    get, post = api(getattr(cast, who))
    for address in (CASES, PEOPLE, NOTES):
        assert get(address).json()["count"] == 0
    assert get(NOTES, {"case": str(case.pk)}).json()["count"] == 0
    for address in (f"{CASES}{case.pk}/", f"{PEOPLE}{place.pk}/", f"{NOTES}{note.pk}/"):
        assert get(address).status_code == 404
    moved = post(f"{CASES}{case.pk}/change-stage/", etag="1", to="assessment")
    assert moved.status_code == 404
    shown = post(f"{PEOPLE}{place.pk}/show-identity/", purpose="court")
    assert shown.status_code == 404
    written = post(NOTES, case=str(case.pk), kind="contact", occurred_at=timezone.now().isoformat())
    assert written.status_code == 404
    assert Case.objects.using("owner").get().version == 1
    assert CaseNote.objects.using("owner").count() == 1


@pytest.mark.parametrize("who", ["admin", "auditor", "dpo", "manager", "partner"])
def test_roles_without_case_work_are_refused_and_it_is_recorded(cast, case, api, who):
    get, post = api(getattr(cast, who))
    answers = {get(address).status_code for address in (CASES, PEOPLE, NOTES)}
    answers.add(get(f"{CASES}{case.pk}/").status_code)
    answers.add(post(CASES, team=str(cast.north.pk)).status_code)
    assert answers == {403}
    refused = AuditEvent.objects.filter(verb="act.refused")
    assert {event.actor_id for event in refused} == {getattr(cast, who).pk}
    assert refused.count() == 5
    assert Case.objects.using("owner").count() == 1


def test_an_address_without_a_proper_id_is_no_address(cast, api):
    get, post = api(cast.caseworker)
    assert get(f"{CASES}abc/").status_code == 404
    assert post(f"{CASES}abc/change-stage/", to="assessment").status_code == 404
    assert get(f"{CASES}{uuid.uuid4()}/").status_code == 404


def test_a_case_is_opened_moved_and_assessed(cast, api):
    _get, post = api(cast.caseworker)
    opened = post(CASES, team=str(cast.north.pk), country="PH")
    assert opened.status_code == 201
    address = f"{CASES}{opened.json()['id']}/"
    moved = post(f"{address}change-stage/", etag='"1"', to="assessment")
    assert (moved.json()["protection_stage"], moved["ETag"]) == ("assessment", '"2"')
    assessed = post(f"{address}assess-risk/", etag=moved["ETag"], risk="immediate").json()
    assert (assessed["risk"], assessed["version"]) == ("immediate", 3)


def test_a_change_says_which_version_it_was_decided_on(cast, case, api):
    """Without If-Match 428; on a version that somebody changed since 412. Nothing is changed."""
    get, post = api(cast.caseworker)
    address = f"{CASES}{case.pk}/"
    read = get(address)["ETag"]
    for nothing in ("", "*", '"one"'):
        unsaid = post(f"{address}change-stage/", etag=nothing, to="assessment")
        assert (unsaid.status_code, unsaid.json()["code"]) == (428, "version_needed")
    assert post(f"{address}assess-risk/", etag=read, risk="low").status_code == 200
    late = post(f"{address}change-stage/", etag=read, to="assessment")
    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    stored = Case.objects.using("owner").get()
    assert (stored.protection_stage, stored.version) == ("registered", 2)


def test_what_is_said_again_replaces_only_what_was_read(cast, place, api):
    """Contexts, harms, relationships, safe contacts and safety plans: new without If-Match, or
    the one that was read; never somebody else's newer one."""
    _get, post = api(cast.caseworker)
    mother = add_participant(cast.caseworker, place.case, role="protective_caregiver")
    who = {"participant": str(place.pk)}
    later = (timezone.localdate() + timedelta(days=7)).isoformat()
    for name, body in (
        ("contexts", who),
        ("harms", {**who, "harm_type": "grooming", "content_origin": "unknown"}),
        (
            "relationships",
            {
                "participant": str(mother.pk),
                "of_participant": str(place.pk),
                "detail": "parent",
                "source": "document",
            },
        ),
        ("safe-contacts", {**who, "channel": "call"}),
        (
            "safety-plans",
            {**who, "risks": ["press"], "measures": "A new number.", "review_on": later},
        ),
    ):
        address = f"/api/v1/{name}/"
        first = post(address, **body)
        assert (first.status_code, first["ETag"]) == (201, '"1"'), (name, first.content)
        for stale in ("", '"7"'):
            refused = post(address, etag=stale, **body)
            assert (refused.status_code, refused.json()["code"]) == (412, "changed_meanwhile"), name
        second = post(address, etag=first["ETag"], **body)
        assert (second.status_code, second["ETag"]) == (201, '"2"'), name


def test_dates_are_taken_as_well_as_they_are_known(cast, place, api):
    _get, post = api(cast.caseworker)
    who = {"participant": str(place.pk)}
    for name, body, field in (
        ("contexts", {**who, "first_abuse": "2019-Q3"}, "first_abuse"),
        (
            "harms",
            {**who, "harm_type": "grooming", "content_origin": "unknown", "since": "2021"},
            "since",
        ),
        ("household-members", {**who, "source": "document", "since": "2020-05-04"}, "since"),
    ):
        made = post(f"/api/v1/{name}/", **body)
        assert (made.status_code, made.json().get(field)) == (201, body[field]), (name, made)
    left = post(f"/api/v1/household-members/{made.json()['id']}/leave/", until="2024-06")
    assert (left.status_code, left.json()["until"]) == (200, "2024-06")
    refused = post("/api/v1/contexts/", **who, first_abuse="last summer")
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["first_abuse"])


@pytest.mark.parametrize(
    ("code", "field", "body"),
    [
        ("too_long", "facts_reported", {"facts_reported": "word " * 4_001}),
        ("material_refused", "actions", {"actions": "data:image/png;base64,iVBORw0KGgo="}),
        ("rule_broken", "occurred_at", {"occurred_at": "2999-01-01T00:00:00Z"}),
        ("empty", "facts_reported", {"facts_reported": ""}),
    ],
)
def test_a_broken_rule_names_its_code_and_field(cast, case, api, code, field, body):
    _get, post = api(cast.caseworker)
    note = {
        "case": str(case.pk),
        "kind": "contact",
        "occurred_at": timezone.now().isoformat(),
        "facts_reported": "x",
    }
    refused = post(NOTES, **{**note, **body})
    assert refused.status_code == 400
    assert (refused.json()["code"], refused.json()["field"]) == (code, field)
    assert not CaseNote.objects.using("owner").exists()


def test_unknown_fields_and_codes_are_refused_by_name(cast, case, api):
    _get, post = api(cast.caseworker)
    refused = post(PEOPLE, case=str(case.pk), role="bystander", nickname="Tal")
    assert refused.status_code == 400
    assert set(refused.json()["fields"]) == {"nickname"}
    refused = post(PEOPLE, case=str(case.pk), role="bystander")
    assert set(refused.json()["fields"]) == {"role"}
    assert not CaseParticipant.objects.using("owner").exists()


def test_identity_is_shown_by_an_action_with_a_purpose(cast, place, api):
    get, post = api(cast.caseworker)
    address = f"{PEOPLE}{place.pk}/show-identity/"
    assert get(address).status_code == 405
    assert post(address).status_code == 400
    assert post(address, purpose="curiosity").status_code == 400
    assert AuditEvent.objects.filter(verb="identity.shown").count() == 0
    shown = post(address, purpose="court").json()
    assert shown == {
        "person": str(place.person_id),
        "details": {"first_name": "Tala"},
        "version": 1,
    }
    assert AuditEvent.objects.filter(verb="identity.shown", purpose="court").count() == 1
    _get, post = api(cast.intake)
    assert post(address, purpose="court").status_code == 403


def test_a_lower_level_is_refused_to_all_but_supervisors(cast, case, api):
    note = {
        "case": str(case.pk),
        "kind": "risk",
        "occurred_at": timezone.now().isoformat(),
        "observations": "x",
        "sensitivity": 1,
    }
    _get, post = api(cast.caseworker)
    assert post(NOTES, **note).status_code == 403
    assert not CaseNote.objects.using("owner").exists()
    _get, post = api(cast.supervisor)
    assert post(NOTES, **note).status_code == 201


def test_text_that_does_not_open_says_so_and_is_reported(cast, case, api, superuser):
    note = write_note(cast.caseworker, case, observations="Two beds.")
    superuser.execute("SET liwanag.act = 'test'")
    lower_walls(superuser, "cases_casenote")
    superuser.execute("UPDATE cases_casenote SET facts_reported = observations")
    get, _post = api(cast.caseworker)
    read = get(f"{NOTES}{note.pk}/").json()
    assert read["facts_reported"] == "This text cannot be read. It was reported."
    assert (read["unreadable"], read["observations"]) == (["facts_reported"], "Two beds.")
    report = AuditEvent.objects.filter(verb="text.unreadable").get()
    assert (report.object_id, report.fields) == (note.pk, ["facts_reported"])


def test_nobody_reads_without_signing_in(case, visitor):
    for address in (CASES, PEOPLE, NOTES, f"{CASES}{case.pk}/"):
        assert visitor.get(address).status_code in (302, 401, 403)
