"""Case conferences: who came, what was decided, and tasks for what is ours to do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from audit.acting import acting
from audit.models import AuditEvent
from audit.reading import reading
from cases.models import CaseConference, CaseTask, ConferenceDecision
from cases.services.conferences import Decided, hold_conference
from core.errors import Denied, DomainError
from tests.factories import open_case

MINUTES = "The cyber unit knows the place; nobody goes there before Friday."


def held(cast, case, **over):
    values = {
        "case_id": case.pk,
        "held_at": timezone.now() - timedelta(hours=1),
        "agencies": [cast.cyber_unit.pk],
        "minutes": MINUTES,
    }
    return hold_conference(actor=cast.caseworker, **{**values, **over})


def test_a_conference_leaves_its_minutes_sealed_and_tasks_for_colleagues(
    cast, client_of, superuser
):
    case, client = open_case(cast.caseworker), client_of(cast.caseworker)
    url = reverse("cases:hold_conference", args=[case.pk])
    assert "Northern Cyber Response Unit" in client.get(url).content.decode()
    form = {
        "held_at": f"{timezone.localtime() - timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "agencies": [str(cast.cyber_unit.pk)],
        "colleagues": [str(cast.supervisor.pk)],
        "others": "duty prosecutor",
        "minutes": MINUTES,
        "what_1": "Ask the school for a place",
        "assignee_1": str(cast.supervisor.pk),
        "due_1": (timezone.localdate() + timedelta(days=3)).isoformat(),
        "what_2": "Look for the device",
        "agency_2": str(cast.cyber_unit.pk),
    }
    half = client.post(url, {**form, "due_1": ""})
    assert half.status_code == 422
    assert "needs their name and a day" in half.content.decode()
    assert MINUTES in half.content.decode()
    saved = client.post(url, form)
    with reading(cast.caseworker):
        conference = CaseConference.objects.visible_to(cast.caseworker).get()
        task = CaseTask.objects.visible_to(cast.caseworker).get()
        decisions = ConferenceDecision.objects.visible_to(cast.caseworker)
        assert sorted(one.task_id == task.pk for one in decisions) == [False, True]
    page = reverse("cases:conference", args=[conference.pk])
    assert (saved.status_code, saved.headers["Location"]) == (302, page)
    assert (task.assignee_id, task.case_id) == (cast.supervisor.pk, case.pk)
    assert "Ask the school for a place" in client_of(cast.supervisor).get("/").content.decode()
    shown = client.get(page).content.decode()
    for words in (MINUTES, "duty prosecutor", "Look for the device", cast.supervisor.name):
        assert words in shown
    tab = client.get(reverse("cases:work", args=[case.pk])).content.decode()
    assert "2 decisions" in tab
    assert MINUTES not in tab
    row = superuser.execute("SELECT record FROM cases_caseconference").fetchone()[0]
    assert MINUTES.encode() not in bytes(row)
    events = AuditEvent.objects.filter(object_id=conference.pk)
    assert {"conference.held", "conference.opened"} <= set(events.values_list("verb", flat=True))
    assert MINUTES not in str([event.__dict__ for event in events])
    with pytest.raises(DatabaseError), acting(cast.caseworker) as act:
        act.authorise("cases.hold_conference", conference)
        conference.record = {"minutes": "Something else."}
        conference.save(update_fields=["record"])


def test_what_is_wrong_is_refused_and_neither_conference_nor_task_is_kept(cast):
    case = open_case(cast.caseworker)
    tomorrow = timezone.localdate() + timedelta(days=1)
    ours = cast.caseworker.pk
    for wrong, field in (
        ({"held_at": timezone.now() + timedelta(hours=1)}, "held_at"),
        ({"agencies": []}, "agencies"),
        # Whom we have no agreement with is nobody we know (R-A5).
        ({"agencies": [cast.shelter.pk]}, "agencies"),
        ({"colleagues": [cast.dpo.pk]}, "colleagues"),
        ({"minutes": ""}, "minutes"),
        ({"minutes": "see www.example.test"}, "minutes"),
        ({"decisions": [Decided("Call", assignee_id=ours, due_on=tomorrow), Decided(" ")]}, None),
        ({"decisions": [Decided("Call", assignee_id=ours)]}, "decisions"),
        ({"decisions": [Decided("Call", agency_id=cast.shelter.pk)]}, "decisions"),
        ({"decisions": [Decided("Call")] * 21}, "decisions"),
    ):
        with pytest.raises(DomainError) as broken:
            held(cast, case, **wrong)
        assert field is None or broken.value.field == field
    with reading(cast.caseworker):
        assert not CaseConference.objects.visible_to(cast.caseworker).exists()
        assert not CaseTask.objects.visible_to(cast.caseworker).exists()


def test_only_who_works_with_survivors_or_the_law_reads_minutes(cast, client_of):
    case = open_case(cast.caseworker)
    conference = held(cast, case)
    page = reverse("cases:conference", args=[conference.pk])
    for who in ("supervisor", "legal", "clinician"):
        assert MINUTES in client_of(getattr(cast, who)).get(page).content.decode()
    assert client_of(cast.intake).get(page).status_code == 403
    assert client_of(cast.south_caseworker).get(page).status_code == 404
    with pytest.raises(Denied):
        hold_conference(
            actor=cast.liaison,
            case_id=case.pk,
            held_at=timezone.now(),
            agencies=[cast.cyber_unit.pk],
            minutes="x",
        )


def test_programs_write_conferences_by_the_same_service(cast, client_of):
    case, client = open_case(cast.caseworker), client_of(cast.caseworker)
    made = client.post(
        "/api/v1/conferences/",
        {
            "case": str(case.pk),
            "held_at": (timezone.now() - timedelta(hours=1)).isoformat(),
            "agencies": [str(cast.cyber_unit.pk)],
            "minutes": MINUTES,
            "decisions": [
                {
                    "what": "Call the aunt",
                    "assignee": str(cast.caseworker.pk),
                    "due_on": timezone.localdate().isoformat(),
                }
            ],
        },
        content_type="application/json",
    )
    assert made.status_code == 201, made.content
    assert made.json()["told"]["minutes"] == MINUTES
    assert MINUTES not in client.get("/api/v1/conferences/").content.decode()
    one = f"/api/v1/conferences/{made.json()['id']}/"
    assert client_of(cast.south_caseworker).get(one).status_code == 404
