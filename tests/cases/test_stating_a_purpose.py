"""Whoever opens a case says why: once in four hours, with one tap, and it stands in the log."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from audit.acting import acting
from audit.models import AuditEvent, Review
from audit.reading import reading
from audit.reviewing import close_review
from cases.models import CaseUserObjectPermission, StatedPurpose
from cases.services.cases import view_permission
from cases.services.emergency import break_glass
from cases.services.purposes import ask_to_open_many, state_purpose
from cases.services.sight import change_lead, set_cover
from core.errors import DomainError
from tests.factories import add_participant, open_case

REASON = "Her worker is ill, and the court asks for a date today."


@pytest.fixture
def case(cast):
    return open_case(cast.supervisor)


@pytest.fixture
def worker(cast, client_of):
    client = client_of(cast.caseworker)
    client.states_purposes = False
    return client


def _events(*verbs):
    found = AuditEvent.objects.filter(verb__in=verbs).order_by("id")
    return [(event.verb, event.purpose) for event in found]


def _hours_later(superuser, hours):
    with superuser.transaction():
        superuser.execute("SELECT set_config('liwanag.act', 'later', true)")
        superuser.execute("ALTER TABLE cases_statedpurpose DISABLE TRIGGER ALL")
        superuser.execute(
            "UPDATE cases_statedpurpose SET created_at = created_at - make_interval(hours => %s)",
            [hours],
        )
        superuser.execute("ALTER TABLE cases_statedpurpose ENABLE TRIGGER ALL")


def test_one_tap_opens_the_case_and_every_event_says_why(cast, case, worker, superuser):
    page = reverse("cases:case", args=[case.pk])
    asked = worker.get(f"{page}?all=1")
    where = urlsplit(asked["Location"])
    assert where.path == reverse("cases:state_purpose", args=[case.pk])
    assert parse_qs(where.query)["next"] == [f"{page}?all=1"]
    assert _events("case.opened") == [], "nothing was shown"
    question = worker.get(asked["Location"]).content.decode()
    assert question.count('name="purpose"') == 7
    assert "What for?" not in question, "no words are asked of the team"
    assert worker.post(where.path, {"purpose": "", "next": page}).status_code == 422
    told = worker.post(where.path, {"purpose": "meeting", "next": f"{page}?all=1"})
    assert told["Location"] == f"{page}?all=1"
    assert worker.get(told["Location"]).status_code == 200
    assert worker.get(reverse("cases:people", args=[case.pk])).status_code == 200
    worker.post(
        reverse("cases:assess_risk", args=[case.pk]), {"risk": "high", "version": case.version}
    )
    assert _events("purpose.stated", "case.opened", "case.risk_assessed") == [
        ("purpose.stated", "meeting"),
        ("case.opened", "meeting"),
        ("case.risk_assessed", "meeting"),
    ]
    # Not into the next request of somebody else, and not for good.
    assert worker.get("/cases/").status_code == 200
    assert _events("case.listed") == [("case.listed", "")]
    _hours_later(superuser, 3)
    assert worker.get(page).status_code == 200
    _hours_later(superuser, 1)
    assert worker.get(page)["Location"].startswith(where.path)


def test_a_form_a_fragment_and_the_api_ask_too_and_nothing_typed_is_lost(cast, case, worker):
    asks = reverse("cases:state_purpose", args=[case.pk])
    write = reverse("cases:assess_risk", args=[case.pk])
    asked = worker.post(write, {"risk": "high", "version": case.version})
    back = parse_qs(urlsplit(asked["Location"]).query)["next"][0]
    with reading(cast.caseworker):
        case.refresh_from_db()
    assert case.risk != "high"
    fragment = worker.get(
        write, headers={"hx-request": "true", "hx-current-url": "http://x/cases/"}
    )
    assert fragment.status_code == 204
    assert fragment["HX-Redirect"].startswith(asks)
    refused = worker.get(f"/api/v1/cases/{case.pk}/")
    assert (refused.status_code, refused.json()["code"]) == (403, "purpose_needed")
    told = worker.post(
        f"/api/v1/cases/{case.pk}/purpose/", {"purpose": "request"}, content_type="application/json"
    )
    assert told.json()["reference"] == case.reference
    assert worker.get(f"/api/v1/cases/{case.pk}/").status_code == 200
    page = worker.get(back).content.decode()
    assert re.search(r'value="high"[^>]*(selected|checked)', page)


def test_who_opened_the_case_is_not_asked_and_an_emergency_has_its_own_reason(
    cast, case, client_of
):
    opener = client_of(cast.supervisor)
    opener.states_purposes = False
    page = reverse("cases:case", args=[case.pk])
    assert opener.get(page).status_code == 200
    break_glass(
        actor=cast.south_caseworker,
        reference=case.reference,
        reason_code="danger_to_life",
        reason="The uncle is at the door of the shelter.",
        minutes=15,
        at=timezone.now(),
    )
    glass = client_of(cast.south_caseworker)
    glass.states_purposes = False
    assert glass.get(page).status_code == 200
    assert _events("case.opened") == [("case.opened", "casework"), ("case.opened", "emergency")]


def test_off_the_team_a_sentence_is_asked_and_sealed(cast, case, client_of, superuser):
    guest = cast.south_caseworker
    with acting(cast.supervisor) as act:
        act.authorise("cases.assign_team", case)
        CaseUserObjectPermission.objects.create(
            user=guest,
            content_object=case,
            permission=view_permission(),
            reason="covering",
            until=timezone.now() + timedelta(days=1),
        )
        act.record("case.team_assigned", case)
    with pytest.raises(DomainError):
        state_purpose(actor=guest, case_id=case.pk, purpose="cover", at=timezone.now())
    client = client_of(guest)
    client.states_purposes = False
    asks = reverse("cases:state_purpose", args=[case.pk])
    assert "What for?" in client.get(asks).content.decode()
    assert client.post(asks, {"purpose": "cover"}).status_code == 422
    elsewhere = "https://elsewhere.example/"
    told = client.post(asks, {"purpose": "cover", "reason": REASON, "next": elsewhere})
    assert told["Location"] == reverse("cases:case", args=[case.pk])
    with reading(guest):
        assert StatedPurpose.objects.visible_to(guest).get().reason == REASON
    stored = superuser.execute("SELECT reason FROM cases_statedpurpose").fetchone()[0]
    assert REASON.encode() not in bytes(stored)


def test_whoever_leads_or_covers_is_of_the_team_and_gives_no_reason_in_words(cast, case, client_of):
    other = cast.south_caseworker
    covered = open_case(cast.caseworker)
    change_lead(
        actor=cast.supervisor, case_id=case.pk, user_id=other.pk, reason="workload", version=1
    )
    today = timezone.localdate()
    set_cover(actor=cast.caseworker, cover_id=other.pk, starts_on=today, ends_on=today)
    client = client_of(other)
    client.states_purposes = False
    for one in (case, covered):
        asks = reverse("cases:state_purpose", args=[one.pk])
        assert "What for?" not in client.get(asks).content.decode()
        assert client.post(asks, {"purpose": "cover"}).status_code == 302
    assert _events("purpose.stated") == [("purpose.stated", "cover")] * 2


def test_programs_say_why_before_they_read_or_write_anything_of_a_case(cast, case, worker):
    place = add_participant(cast.supervisor, case)
    sent = {"content_type": "application/json"}
    case_api = f"/api/v1/cases/{case.pk}/"
    for url, body in (
        (f"/api/v1/participants/{place.pk}/show-identity/", {"purpose": "court"}),
        (f"{case_api}assess-risk/", {"risk": "high"}),
        ("/api/v1/notes/check/", {"case": str(case.pk), "kind": "contact"}),
        ("/api/v1/crises/", {"participant": str(place.pk), "kind": "immediate_danger"}),
        ("/api/v1/copies/", {"participant": str(place.pk), "asked_for_by": "self"}),
    ):
        asked = worker.post(url, body, **sent)
        assert (asked.status_code, asked.json().get("code")) == (403, "purpose_needed"), url
    for url in (f"{case_api}who-sees/", f"{case_api}lead/", f"/api/v1/notes/?case={case.pk}"):
        assert worker.get(url).json()["code"] == "purpose_needed", url
    worker.post(f"{case_api}purpose/", {"purpose": "meeting"}, **sent)
    told = worker.post(
        f"{case_api}assess-risk/",
        {"risk": "high"},
        **sent,
        headers={"If-Match": f'"{case.version}"'},
    )
    assert told.status_code == 200, told.content
    assert _events("case.risk_assessed") == [("case.risk_assessed", "meeting")]


def test_a_purpose_is_ones_own_and_stays_as_it_was(cast, case, client_of, superuser):
    stranger = client_of(cast.stranger_caseworker)
    stranger.states_purposes = False
    asks = reverse("cases:state_purpose", args=[case.pk])
    page = reverse("cases:case", args=[case.pk])
    assert stranger.get(page).status_code == 404, "not asked either"
    assert stranger.post(asks, {"purpose": "casework"}).status_code == 404
    add_participant(cast.supervisor, case)
    state_purpose(actor=cast.caseworker, case_id=case.pk, purpose="casework", at=timezone.now())
    with reading(cast.supervisor):
        assert not StatedPurpose.objects.visible_to(cast.supervisor).exists()
    with pytest.raises(Exception, match=r"refused|denied"), acting(cast.caseworker) as act:
        act.authorise("cases.read_case")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE cases_statedpurpose SET purpose = 'cover'")
        act.record("case.opened")
    with pytest.raises(Exception, match=r"policy|denied"), acting(cast.caseworker) as act:
        act.authorise("cases.read_case")
        StatedPurpose(pk=uuid4(), case=case, user=cast.second_caseworker, purpose="cover").save(
            force_insert=True
        )
        act.record("case.opened")


def test_r_a8_nobody_opens_a_whole_caseload_within_an_hour(
    cast, worker, superuser, settings, client_of
):
    settings.LIWANAG_MOST_CASES = 2
    first, second, third = (open_case(cast.supervisor) for _one in range(3))

    def say_why(case):
        return worker.post(
            reverse("cases:state_purpose", args=[case.pk]), {"purpose": "casework"}
        ).status_code

    assert [say_why(case) for case in (first, second, first, third)] == [302, 302, 302, 422]
    program = worker.post(
        f"/api/v1/cases/{third.pk}/purpose/",
        {"purpose": "casework"},
        content_type="application/json",
    )
    assert (program.status_code, program.json()["code"]) == (400, "too_many_cases")
    assert worker.get(f"/api/v1/cases/{third.pk}/").status_code == 403
    _hours_later(superuser, 1)
    assert say_why(third) == 302


def test_r_a8_a_second_person_lets_somebody_open_many_cases_for_a_while(
    cast, worker, client_of, settings
):
    settings.LIWANAG_MOST_CASES = 1
    first, second = (open_case(cast.supervisor) for _one in range(2))

    def say_why(case):
        where = reverse("cases:state_purpose", args=[case.pk])
        return worker.post(where, {"purpose": "casework"}).status_code

    assert [say_why(first), say_why(second)] == [302, 422]
    page = worker.get(reverse("cases:state_purpose", args=[second.pk])).content.decode()
    assert reverse("cases:open_many") in page
    assert worker.post(reverse("cases:open_many"), {"reason": ""}).status_code == 422
    for _again in range(2):
        assert worker.post(reverse("cases:open_many"), {"reason": "order"}).status_code == 302
    assert say_why(second) == 422, "asking is not being allowed"
    program = worker.post(
        "/api/v1/cases/open-many/", {"reason": "order"}, content_type="application/json"
    )
    assert program.status_code == 202
    with reading(cast.supervisor):
        (review,) = Review.objects.visible_to(cast.supervisor).filter(kind="open_many")
    assert (review.subject_id, review.facts["reason"]) == (cast.caseworker.pk, "order")
    with reading(cast.caseworker):
        assert not Review.objects.visible_to(cast.caseworker).filter(pk=review.pk).exists()
    close_review(actor=cast.supervisor, review_id=review.pk, finding="in_order")
    assert say_why(second) == 302
    assert _events("purpose.many_asked") == [("purpose.many_asked", "")] * 3


@pytest.mark.parametrize("finding", ["not_in_order", "false_alarm"])
def test_r_a8_what_a_second_person_finds_not_called_for_stays_closed(
    cast, worker, settings, finding
):
    settings.LIWANAG_MOST_CASES = 1
    first, second = (open_case(cast.supervisor) for _one in range(2))
    where = [reverse("cases:state_purpose", args=[case.pk]) for case in (first, second)]
    assert worker.post(where[0], {"purpose": "casework"}).status_code == 302
    review_id = ask_to_open_many(actor=cast.caseworker, reason="figures", at=timezone.now())
    close_review(
        actor=cast.supervisor, review_id=review_id, finding=finding, remark="A report gives them."
    )
    assert worker.post(where[1], {"purpose": "casework"}).status_code == 422
    # The supervisor's own asking is nobody's leave but another's.
    own = ask_to_open_many(actor=cast.supervisor, reason="check", at=timezone.now())
    with pytest.raises(Review.DoesNotExist):
        close_review(actor=cast.supervisor, review_id=own, finding="in_order")
