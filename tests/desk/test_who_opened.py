"""“Who opened this” tells a case's people what they may know of anyway, and nothing beside it."""

from __future__ import annotations

from datetime import date

from courts.services import proceedings
from handoffs.services import handoffs
from tests.factories import add_participant, open_case, send_handoff, write_note


def _opened(client, case):
    return client.get(f"/cases/{case.pk}/opened/").content.decode()


def test_people_of_a_partner_stand_without_their_names(cast, client_of):
    case = open_case(cast.caseworker)
    handoff = send_handoff(cast.caseworker, case, cast.cyber_unit)
    handoffs.accept_handoff(actor=cast.partner, handoff_id=handoff.pk)
    page = _opened(client_of(cast.caseworker), case)
    assert "Northern Cyber Response Unit accepted the handoff" in page
    assert "Noel Pardo" not in page


def test_a_note_that_is_not_ones_to_read_is_not_told_of(cast, client_of):
    case = open_case(cast.caseworker)
    write_note(cast.caseworker, case, kind="contact")
    write_note(cast.caseworker, case, kind="contact", sensitivity=4)
    for person, told in ((cast.caseworker, 2), (cast.supervisor, 1), (cast.liaison, 1)):
        page = _opened(client_of(person), case)
        assert page.count("wrote a note") == told


def test_what_the_courts_did_is_told_to_those_who_read_it(cast, client_of):
    case = open_case(cast.caseworker)
    accused = add_participant(
        cast.caseworker, case, role="alleged_offender_source", legal_status="suspect"
    )
    proceeding = proceedings.open_proceeding(
        actor=cast.legal,
        case_id=case.pk,
        accused_id=accused.pk,
        jurisdiction="PH",
        side="source",
        opened_on=date(2026, 1, 5),
    )
    proceedings.file_charge(
        actor=cast.legal, proceeding_id=proceeding.pk, statute="RA 9208", filed_on=date(2026, 1, 5)
    )
    assert "recorded a charge" in _opened(client_of(cast.caseworker), case)
    page = _opened(client_of(cast.clinician), case)
    assert "opened a new case" in page
    assert "charge" not in page
    assert "proceeding" not in page


def test_handoffs_are_told_to_those_who_read_them(cast, client_of):
    case = open_case(cast.caseworker)
    send_handoff(cast.caseworker, case, cast.cyber_unit)
    assert "sent the handoff" in _opened(client_of(cast.liaison), case)
    assert "handoff" not in _opened(client_of(cast.clinician), case)
