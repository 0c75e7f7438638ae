"""The pages of a case: who gets them, what they show, and what stays closed."""

from __future__ import annotations

import html
import re

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from tests.factories import add_participant, open_case, write_note

NAME = "Tala Mirasol"


@pytest.fixture
def case(cast):
    case = open_case(cast.caseworker, risk="high")
    add_participant(cast.caseworker, case, identity={"first_name": NAME})
    return case


@pytest.fixture
def alleged(cast, case):
    return add_participant(
        cast.caseworker,
        case,
        role="alleged_offender_source",
        legal_status="suspect",
        identity={"first_name": "Ramil Dapdap"},
    )


def url(name, record):
    return reverse(f"cases:{name}", args=[record.pk])


def text_of(response):
    return response.content.decode()


READ = ("case", "people", "history")
CHANGE = ("change_stage", "assess_risk", "add_person", "write_note")


def test_the_team_gets_every_page_and_no_title_tells_what_it_is(cast, case, alleged, client_of):
    note = write_note(cast.caseworker, case)
    client = client_of(cast.supervisor)
    pages = [url(name, case) for name in (*READ, *CHANGE, "notes", "assign_team")]
    pages += [reverse("cases:list"), reverse("cases:open")]
    pages += [url("person", alleged), url("note", note), url("add_to_note", note)]
    for page in pages:
        response = client.get(page)
        assert response.status_code == 200, page
        title = text_of(response).split("<title>")[1].split("</title>")[0]
        assert case.reference not in title
        assert alleged.person.code not in title
        assert NAME not in text_of(response)
        assert "Ramil" not in text_of(response)


@pytest.mark.parametrize(
    ("who", "reads", "changes"),
    [
        ("caseworker", 200, 200),
        ("intake", 200, 403),
        ("liaison", 200, 403),
        ("south_caseworker", 404, 404),
        ("stranger_caseworker", 404, 404),
        ("manager", 403, 403),
        ("analyst", 403, 403),
        ("dpo", 403, 403),
        ("auditor", 403, 403),
        ("admin", 403, 403),
        ("partner", 403, 403),
        ("prosecutor", 403, 403),
    ],
)
def test_others_get_what_their_role_and_their_cases_allow(
    cast, case, client_of, who, reads, changes
):
    client = client_of(getattr(cast, who))
    answers = {name: client.get(url(name, case)).status_code for name in READ}
    assert answers == dict.fromkeys(READ, reads)
    steps = ("change_stage", "assess_risk", "write_note")
    answers = {name: client.get(url(name, case)).status_code for name in steps}
    assert answers == dict.fromkeys(steps, changes)


def test_nobody_reads_a_case_without_signing_in(case, visitor):
    for name in READ:
        response = visitor.get(url(name, case))
        assert response.status_code == 302
        assert response.headers["Location"].startswith(reverse("account_login"))


def test_asking_for_a_case_one_cannot_see_stands_in_the_log(cast, case, client_of):
    client_of(cast.south_caseworker).get(url("case", case))
    event = AuditEvent.objects.filter(verb="record.missed").get()
    assert (event.actor_id, event.facts) == (cast.south_caseworker.pk, {"asked": str(case.pk)})


def test_the_overview_tells_what_happened_who_is_in_it_and_who_sees_it(
    cast, case, alleged, client_of
):
    write_note(cast.second_caseworker, case, kind="risk", facts_reported="HIDDENTEXT")
    page = text_of(client_of(cast.caseworker).get(url("case", case)))
    for words in (
        "The case was opened: registered, high risk.",
        "was added: survivor.",
        f"{alleged.person.code} was added: alleged offender, source side.",
        "Note: risk.",
        "Berto Salonga",
        "Leads the case: Ana Ilustre",
        "Move the case along",
        "Led by Ana Ilustre, Tanglaw Foundation.",
    ):
        assert words in page
    assert "HIDDENTEXT" not in page


def test_the_overview_is_narrowed_by_kind(cast, case, client_of):
    write_note(cast.caseworker, case)
    page = text_of(client_of(cast.caseworker).get(url("case", case), {"kind": "notes"}))
    assert "Note: contact." in page
    assert "The case was opened:" not in page


def test_people_stand_in_circles_by_code_with_the_word_of_the_law(cast, case, alleged, client_of):
    add_participant(cast.caseworker, case, role="child_displaying_hsb")
    page = text_of(client_of(cast.caseworker).get(url("people", case)))
    at = [
        page.index(words)
        for words in (
            "Survivors and children at risk",
            "Children displaying harmful sexual behaviour",
            "Alleged offenders",
        )
    ]
    assert at == sorted(at)
    assert page.index(alleged.person.code) > at[2]
    assert "Suspect" in page


def test_the_word_offender_is_never_alone(cast, case, alleged, client_of):
    for name in ("case", "people"):
        page = text_of(client_of(cast.caseworker).get(url(name, case)))
        assert page.lower().count("offender") == page.lower().count("alleged offender")


def test_opening_a_case_by_the_form_leads_to_it(cast, client_of):
    client = client_of(cast.caseworker)
    response = client.post(
        reverse("cases:open"),
        {"team_id": cast.north.pk, "opened_on": "2026-01-05", "risk": "medium", "country": "PH"},
    )
    assert response.status_code == 302
    assert client.get(response.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("Opened on", {"opened_on": "2999-01-01"}),
        ("Opened on", {"opened_on": "yesterday"}),
        ("Team", {"team_id": ""}),
        ("Risk", {"risk": "enormous"}),
    ],
)
def test_a_form_that_does_not_fit_comes_back_with_what_was_typed(cast, client_of, field, values):
    good = {"team_id": cast.north.pk, "opened_on": "2026-01-05", "risk": "low"}
    response = client_of(cast.caseworker).post(
        reverse("cases:open"), {**good, "admin1": "Bicol", **values}
    )
    assert response.status_code == 422
    page = text_of(response)
    assert 'value="Bicol"' in page
    # The label nearest above the first error is that of the field.
    before = page.split('class="error"')[0]
    assert field in before[before.rindex("<label") :]


def test_moving_a_case_along_by_the_form(cast, case, client_of):
    client = client_of(cast.caseworker)
    response = client.post(url("change_stage", case), {"to": "assessment", "version": 1})
    assert (response.status_code, response.headers["Location"]) == (302, url("case", case))
    history = text_of(client.get(url("history", case)))
    assert "The case moved from “Registered” to “Assessment”." in history
    assert "Ana Ilustre" in history


def test_two_who_move_a_case_at_once_are_told_kindly_and_can_go_on(cast, case, client_of):
    client = client_of(cast.second_caseworker)
    client_of(cast.caseworker).post(url("change_stage", case), {"to": "assessment", "version": 1})
    response = client.post(url("change_stage", case), {"to": "assessment", "version": 1})
    page = text_of(response)
    assert response.status_code == 422
    assert "Ana Ilustre changed this while you had it open" in page
    assert 'name="version" value="2"' in page
    assert "<strong>Assessment</strong>" in page
    again = client.post(url("change_stage", case), {"to": "planning", "version": 2})
    assert again.status_code == 302


def test_a_supervisor_gives_another_team_sight_by_the_form(cast, case, client_of):
    client = client_of(cast.supervisor)
    response = client.post(
        url("assign_team", case),
        {"team_id": cast.south.pk, "reason": "cover", "until": "2999-12-31"},
    )
    assert response.status_code == 302
    assert client_of(cast.south_caseworker).get(url("case", case)).status_code == 200
    assert "South team: Covers for colleagues who are away" in text_of(
        client.get(url("case", case))
    )
    assert client_of(cast.caseworker).get(url("assign_team", case)).status_code == 403


def test_the_apps_above_add_their_tabs_and_what_happened(cast, world, client_of):
    client = client_of(cast.supervisor)
    address = reverse("cases:case", args=[world.case_id])
    newest = text_of(client.get(address))
    assert newest.count('class="timeline-event"') == 12
    assert "was accepted into this case" not in newest
    page, told = newest, newest
    while earlier := re.search(r'href="\?([^"]+)#happened"[^>]*>Show what happened earlier', page):
        page = text_of(client.get(f"{address}?{html.unescape(earlier[1])}"))
        told += page
    tabs = re.findall(r'class="tab"[^>]*>\s*([^<]+)<', newest)
    assert tabs == [
        "Overview",
        "People",
        "Notes",
        "Work",
        "Papers",
        "Consent",
        "Handoffs",
        "Court",
        "Who opened this",
        "History",
    ]
    for words in (
        f"Referral {world.referral.reference} was accepted into this case.",
        "Handoff sent to Northern Cyber Response Unit.",
        "A charge was filed on",
        "Verdict of",
    ):
        assert words in told


def test_what_ones_role_does_not_read_is_not_told(cast, world, client_of):
    client = client_of(cast.clinician)
    address = reverse("cases:case", args=[world.case_id])
    assert "Note: contact." in text_of(client.get(address, {"kind": "notes"}))
    page = text_of(client.get(address))
    for kind in ("referrals", "handoffs", "court"):
        assert f"?kind={kind}#" not in page
        page += text_of(client.get(address, {"kind": kind}))
    for words in ("Referral R-", "Handoff sent", "A charge was filed", "Verdict of"):
        assert words not in page
