"""R-D6, R-D1: a copy for the person, in plain words, with nobody else in it, by two people."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from cases.models import SubjectCopy
from cases.redacting import Others, redact
from cases.services.copies import release_copy, request_copy, show_copy
from cases.services.identity import correct_identity
from cases.services.safe_contact import set_safe_contact
from core.errors import Denied, DomainError, InvalidTransition
from tests.cases.races import at_once
from tests.factories import add_participant, open_case, send_handoff, write_note

BROTHER, AUNT = "Bayani", "Consolación"


def now():
    return timezone.now()


@pytest.fixture
def told(cast):
    """A survivor with a brother and an aunt, notes that name all of them, and a handoff."""
    worker = cast.caseworker
    case = open_case(worker)
    identity = {"first_name": "Tala", "family_name": "Amihan", "phones": ["0917 111 2222"]}
    place = add_participant(worker, case, identity=identity)
    brother = add_participant(
        worker, case, identity={"first_name": BROTHER, "family_name": "Amihan"}
    )
    add_participant(worker, case, role="support_person", identity={"first_name": AUNT})
    write_note(
        worker,
        case,
        facts_reported=f"Tala Amihan and {BROTHER} ({brother.person.code}) went to Consolacion, "
        "who answers at 0918 333 4444; Tala at 0917-111-2222.",
    )
    write_note(worker, case, person_id=place.person_id, facts_reported="Tala draws again.")
    write_note(worker, case, person_id=brother.person_id, facts_reported="Only the brother's.")
    write_note(
        worker,
        case,
        sensitivity=4,
        reader_ids=[cast.supervisor.pk],
        facts_reported="Sealed words.",
    )
    send_handoff(worker, case, cast.cyber_unit)
    return case, place, brother


def test_r_d1_others_are_taken_out_and_the_text_stays_readable():
    others = Others(
        names=frozenset({"bayani", "jose"}), own=frozenset({"S-4F7K-9M3C", "09171112222"})
    )
    text = (
        "José-Maria and BAYANI of S-GGGG-7777 called S-4F7K-9M3C at +63 918 333 4444, "
        "0917-111-2222, on 2026-11-25."
    )
    clean, taken = redact(text, others)
    for word in ("José", "BAYANI", "S-GGGG-7777", "918"):
        assert word not in clean
    assert "S-4F7K-9M3C" in clean
    assert "0917-111-2222, on 2026-11-25." in clean
    assert taken == 4


def test_r_d6_the_copy_tells_all_of_one_person_and_nothing_of_others(cast, told, client_of):
    case, place, brother = told
    worker, reader = cast.caseworker, cast.supervisor
    copy = request_copy(actor=worker, participant_id=place.pk, asked_for_by="self", at=now())
    with pytest.raises(DomainError, match="waits"):
        request_copy(actor=reader, participant_id=place.pk, asked_for_by="self", at=now())
    # Nobody opens it before a second person has released it; the one who asked never decides.
    for call in (show_copy, release_copy):
        with pytest.raises(Denied):
            call(actor=worker, copy_id=copy.pk, at=now())
    for who in ("legal", "dpo", "south_caseworker", "stranger_caseworker"):
        with pytest.raises((Denied, SubjectCopy.DoesNotExist)):
            show_copy(actor=getattr(cast, who), copy_id=copy.pk, at=now())
    _copy, made = show_copy(actor=reader, copy_id=copy.pk, at=now())
    told_to_them = str([(part.title, part.facts, part.texts) for part in made.parts])
    for word in ("Tala", "Amihan", "0917-111-2222", "draws again", cast.cyber_unit.name):
        assert word in told_to_them
    for word in (
        BROTHER,
        "Consolacion",
        AUNT,
        "0918 333",
        brother.person.code,
        "Only the",
        "Sealed",
    ):
        assert word not in told_to_them
    assert made.held_back == 1
    assert made.taken_out == 4
    # R-D6: without a safe way to hand it over it stays here.
    with pytest.raises(DomainError, match="no safe way"):
        release_copy(actor=reader, copy_id=copy.pk, at=now())
    set_safe_contact(actor=worker, participant_id=place.pk, channel="visit")
    release_copy(actor=reader, copy_id=copy.pk, at=now())
    with pytest.raises(InvalidTransition):
        release_copy(actor=reader, copy_id=copy.pk, at=now())
    assert show_copy(actor=worker, copy_id=copy.pk, at=now())
    with pytest.raises(Denied):
        show_copy(actor=worker, copy_id=copy.pk, at=now() + timedelta(days=15))
    shown = AuditEvent.objects.filter(verb="copy.shown", case_id=case.pk)
    assert [event.facts["released"] for event in shown.order_by("id")] == [False, True]
    assert not AuditEvent.objects.filter(facts__icontains="tala").exists()


def test_r_d6_the_pages_lead_from_asking_to_handing_over(cast, told, client_of):
    _case, place, _brother = told
    worker, reader = client_of(cast.caseworker), client_of(cast.supervisor)
    set_safe_contact(actor=cast.caseworker, participant_id=place.pk, channel="visit")
    person = worker.get(reverse("cases:person", args=[place.pk])).content.decode()
    assert reverse("cases:request_copy", args=[place.pk]) in person
    asked = worker.post(reverse("cases:request_copy", args=[place.pk]), {"asked_for_by": "self"})
    page = asked["Location"]
    assert "Open the copy" not in worker.get(page).content.decode()
    assert worker.post(page + "open/").status_code == 403
    assert "Read through a copy" in reader.get("/").content.decode()
    assert "Read it through" in reader.get(page).content.decode()
    draft = reader.post(page + "open/").content.decode()
    assert "Not released yet" in draft
    assert reader.get(page + "release/").status_code == 200
    assert reader.post(page + "release/").status_code == 302
    paper = worker.post(page + "open/").content.decode()
    assert "What we keep about you" in paper
    assert "Not released yet" not in paper
    assert BROTHER not in paper
    assert "Tala" in paper


def test_r_x3_the_copy_can_be_left_at_once_and_says_that_others_may_find_it(cast, told, client_of):
    _case, place, _brother = told
    copy = request_copy(
        actor=cast.caseworker, participant_id=place.pk, asked_for_by="self", at=now()
    )
    shown = client_of(cast.supervisor).post(reverse("cases:show_copy", args=[copy.pk]))
    page = shown.content.decode()
    assert page.index("Exit this page") < page.index("What we keep about you")
    assert "who else could find it" in page


def test_the_copy_speaks_of_days_and_details_in_words(cast, told, superuser):
    _case, place, _brother = told
    correct_identity(
        actor=cast.caseworker,
        person_id=place.person_id,
        version=1,
        reason="Her birth certificate.",
        changes={"birthdate": date(2012, 5, 9), "city": "Lawis"},
    )
    correct_identity(
        actor=cast.caseworker,
        person_id=place.person_id,
        version=2,
        reason="The last figure was wrong.",
        changes={"birthdate": date(2012, 5, 8)},
    )
    copy = request_copy(
        actor=cast.caseworker, participant_id=place.pk, asked_for_by="self", at=now()
    )
    _copy, made = show_copy(actor=cast.supervisor, copy_id=copy.pk, at=now())
    facts = [(str(label), str(value)) for part in made.parts for label, value in part.facts]
    assert ("Date of birth", "8 May 2012") in facts
    assert ("It said before: Date of birth", "9 May 2012") in facts
    figures = re.compile(r"\d{4}-\d\d-\d\d|[a-z]_[a-zA-Z]")
    assert [fact for fact in facts if figures.search(" ".join(fact))] == []


def test_two_who_ask_for_a_copy_at_once_leave_one_request(cast, told):
    _case, place, _brother = told
    askers = iter((cast.caseworker, cast.second_caseworker))
    outcomes = at_once(
        2,
        lambda: request_copy(
            actor=next(askers), participant_id=place.pk, asked_for_by="self", at=now()
        ),
    )
    assert sorted(outcomes) == ["DomainError", "done"]
    assert SubjectCopy.objects.using("owner").count() == 1
