"""What a person reads about who opened their record: by role, in plain words, nobody else in it."""

from __future__ import annotations

import html
import re

from audit.models import AuditEvent
from cases.services.people import show_identity
from tests.factories import add_participant, compose_handoff, open_case, write_note


def text_of(response):
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


def test_it_says_which_role_opened_what_and_why_and_names_nobody(cast, client_of, settings):
    case = open_case(cast.caseworker)
    mine = add_participant(cast.caseworker, case, identity={"first_name": "Luz"})
    other = add_participant(cast.caseworker, case, identity={"first_name": "Tala"})
    accused = add_participant(
        cast.caseworker, case, role="alleged_offender_source", legal_status="suspect"
    )
    show_identity(actor=cast.supervisor, person_id=mine.person_id, purpose="court")
    show_identity(actor=cast.clinician, person_id=other.person_id, purpose="safety")
    client_of(cast.clinician).get(f"/cases/people/{other.pk}/")
    client_of(cast.intake).get(f"/cases/{case.pk}/")
    note = write_note(cast.caseworker, case)
    client_of(cast.legal).get(f"/cases/{case.pk}/notes/{note.pk}/")
    compose_handoff(cast.caseworker, case, cast.cyber_unit)
    worker = client_of(cast.caseworker)
    url = f"/cases/people/{mine.pk}/opened/"
    assert url in worker.get(f"/cases/{case.pk}/opened/").content.decode()
    page = text_of(worker.get(url))
    assert f"In our files you are {mine.person.code}" in page
    assert "Case supervisor, Tanglaw Foundation your name, your birth date" in page
    assert "for a court date" in page
    assert "Intake officer, Tanglaw Foundation your case file" in page
    # Nobody is named, no other person stands there, and no other code.
    body = page.split("Who opened what we keep about you")[-1].split("If something here")[0]
    for name in ("Corazon", "Dino", "Gil", "Luz", "Tala", case.reference):
        assert name not in body
    assert other.person.code not in page
    assert accused.person.code not in page
    assert "to keep somebody safe" not in page  # that was the other person
    made = AuditEvent.objects.filter(verb="access_report.made").get()
    assert (made.object_id, made.case_id, made.actor_id) == (
        mine.person_id,
        case.pk,
        cast.caseworker.pk,
    )
    assert made.facts["names"] is False
    settings.LIWANAG_STAFF_NAMES = True
    assert "Corazon Vera, Case supervisor, Tanglaw Foundation" in text_of(worker.get(url))
    # Not for those whose record is another matter, and not for others.
    assert worker.get(f"/cases/people/{accused.pk}/opened/").status_code == 404
    assert client_of(cast.south_caseworker).get(url).status_code == 404
    for person in (cast.intake, cast.legal, cast.auditor, cast.manager):
        assert client_of(person).get(url).status_code == 403
    assert AuditEvent.objects.filter(verb="access_report.made").count() == 2


def test_the_protection_officer_finds_it_by_the_code_and_sees_no_case(cast, client_of):
    case = open_case(cast.caseworker)
    mine = add_participant(cast.caseworker, case, identity={"first_name": "Luz"})
    accused = add_participant(
        cast.caseworker, case, role="alleged_offender_source", legal_status="suspect"
    )
    show_identity(actor=cast.supervisor, person_id=mine.person_id, purpose="court")
    dpo = client_of(cast.dpo)
    url = f"/audit/people/{mine.person_id}/report/"
    found = dpo.post("/audit/", {"code": mine.person.code}).content.decode()
    assert url in found
    assert "Case supervisor, Tanglaw Foundation your name" in text_of(dpo.get(url))
    assert dpo.get(f"/audit/people/{accused.person_id}/report/").status_code == 404
    searched = dpo.post("/audit/", {"code": accused.person.code}).content.decode()
    assert "/report/" not in searched.replace("/breaches/report/", "")
    assert client_of(cast.auditor).get(url).status_code == 403
    assert client_of(cast.caseworker).get(url).status_code == 404


def test_it_asks_for_the_second_factor_first(cast, client_of):
    case = open_case(cast.caseworker)
    mine = add_participant(cast.caseworker, case)
    client = client_of(cast.caseworker)
    from tests.client import confirm

    confirm(client, cast.caseworker, minutes_ago=60)
    answer = client.get(f"/cases/people/{mine.pk}/opened/")
    assert answer.status_code == 302
    assert not AuditEvent.objects.filter(verb="access_report.made").exists()
