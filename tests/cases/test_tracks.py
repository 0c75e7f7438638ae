"""Protection and justice side by side: neither waits for the other."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from audit.reading import reading
from cases.choices import JUSTICE_STEPS, JusticeStage
from cases.models import Case
from cases.services.care import place_person
from cases.services.justice import move_justice_track
from cases.tracks import tracks_of
from core.errors import Conflict, Denied, DomainError, InvalidTransition
from courts.services.charges import file_charge
from courts.services.proceedings import open_proceeding
from tests.factories import add_participant, open_case


def again(cast, case):
    with reading(cast.caseworker):
        return Case.objects.visible_to(cast.caseworker).get(pk=case.pk)


def test_every_step_of_the_justice_track_leads_somewhere_and_none_to_a_planned_operation():
    reached = {to for steps in JUSTICE_STEPS.values() for to in steps}
    # A planned operation is sealed: it never stands in the head of a case.
    assert JusticeStage.OPERATION_PLANNED not in reached
    assert reached | {JusticeStage.NONE, JusticeStage.OPERATION_PLANNED} == set(JusticeStage)
    assert JusticeStage.CONCLUDED not in JUSTICE_STEPS


def test_the_justice_track_moves_by_itself_with_a_reason_where_it_rests(cast, client_of):
    case = open_case(cast.caseworker)
    move = {"actor": cast.legal, "case_id": case.pk}
    with pytest.raises(InvalidTransition):
        move_justice_track(**move, version=1, to="in_court")
    with pytest.raises(Conflict):
        move_justice_track(**move, version=7, to="information_received")
    with pytest.raises(Denied):
        move_justice_track(actor=cast.intake, case_id=case.pk, version=1, to="information_received")
    moved = move_justice_track(**move, version=1, to="information_received")
    assert (moved.justice_stage, moved.protection_stage) == ("information_received", "registered")
    with pytest.raises(DomainError) as broken:
        move_justice_track(**move, version=2, to="dormant")
    assert broken.value.field == "reason"
    assert again(cast, case).justice_stage == "information_received"
    client = client_of(cast.caseworker)
    step = reverse("cases:move_justice_track", args=[case.pk])
    assert client.post(step, {"version": 2, "to": "dormant"}).status_code == 422
    rests = client.post(step, {"version": 2, "to": "dormant", "reason": "at_large"})
    assert rests.status_code == 302
    page = client.get(reverse("cases:case", args=[case.pk])).content.decode()
    for words in ("Dormant", "The accused person is at large", "Help goes on"):
        assert words in page
    back = client.post(
        f"/api/v1/cases/{case.pk}/move-justice-track/",
        {"to": "under_investigation"},
        content_type="application/json",
        headers={"If-Match": '"3"'},
    ).json()
    assert (back["justice_stage"], back["justice_reason"]) == ("under_investigation", "")
    facts = AuditEvent.objects.filter(verb="case.justice_moved").order_by("id")
    assert [event.facts["to"] for event in facts] == [
        "information_received",
        "dormant",
        "under_investigation",
    ]


def test_dates_of_court_and_care_stand_side_by_side_for_who_may_see_them(cast, client_of):
    today = timezone.localdate()
    case = open_case(cast.caseworker)
    child = add_participant(cast.caseworker, case)
    accused = add_participant(
        cast.caseworker, case, role="alleged_offender_source", legal_status="suspect"
    )
    place_person(
        actor=cast.caseworker,
        participant_id=child.pk,
        kind="shelter",
        since=today - timedelta(days=5),
        name="Harbour house",
        address="3 Pier Road",
    )
    proceeding = open_proceeding(
        actor=cast.legal,
        case_id=case.pk,
        accused_id=accused.pk,
        jurisdiction="PH",
        side="source",
        opened_on=date(2026, 1, 5),
        docket_number="NP-77",
        step="resolved_to_file",
        earlier_unknown=True,
    )
    file_charge(
        actor=cast.legal,
        proceeding_id=proceeding.pk,
        statute="PH-RA11862-4",
        filed_on=date(2026, 1, 6),
    )
    page = client_of(cast.caseworker).get(reverse("cases:case", args=[case.pk])).content.decode()
    left, right = page.index("Protection"), page.index("Help goes on")
    assert left < page.index("was placed: shelter") < right
    assert right < page.index("A charge was filed: RA 9208")
    for secret in ("Pier Road", "Harbour house", "NP-77"):
        assert secret not in page
    # Whoever reads neither care nor courts sees the stages alone.
    with reading(cast.intake):
        seen = tracks_of(cast.intake, Case.objects.visible_to(cast.intake).get(), today)
    assert [step.sentence for step in seen.protection.lately] == ["The case was opened."]
    assert (seen.justice.lately, seen.justice.ahead) == ([], [])
