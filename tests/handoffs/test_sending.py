"""Sending: the ground is asked again, the package is frozen, sealed and never changes."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connections, transaction

from audit.models import OutboxMessage
from audit.reading import reading
from core.errors import Conflict, Denied, DomainError, InvalidTransition
from handoffs.case_read import read_case
from handoffs.grounds import NoGround
from handoffs.models import Handoff, HandoffPackage
from handoffs.package import canonical, digest_of
from handoffs.services.handoffs import preview_package, send_handoff
from handoffs.services.opening import open_package
from tests.factories import compose_handoff, write_note
from tests.handoffs.conftest import (
    CLINICAL,
    NAME,
    NOTE,
    RESTRICTED,
    SEALED,
    STREET,
    SUMMARY,
    events,
    stored,
    write_as_owner,
)
from tests.tampering import lower_walls
from vault.errors import CannotOpen

EVERYTHING = ["case_summary", "content_origin", "people", "identities", "notes"]


@pytest.fixture
def draft(cast, story) -> Handoff:
    return compose_handoff(cast.caseworker, story.case, cast.cyber_unit, sections=EVERYTHING)


def send(cast, draft, by="caseworker", **more):
    return send_handoff(actor=getattr(cast, by), handoff_id=draft.pk, **more)


def nothing_left(draft) -> bool:
    """Still here, no package, no event, no job that tells the desk."""
    return (
        not stored(draft).has_left
        and not HandoffPackage.objects.using("owner").exists()
        and not events("handoff.sent")
        and not OutboxMessage.objects.filter(task="handoffs.tell_desk").exists()
    )


def what_was_sent(cast, draft):
    return open_package(actor=cast.caseworker, handoff_id=draft.pk)


def test_sending_freezes_what_the_sections_say(cast, story, draft):
    send(cast, draft)
    package = what_was_sent(cast, draft)
    text = canonical(package).decode()
    first, last = NAME.split()
    assert first in text
    assert last in text
    assert NOTE in text
    for stays in (STREET, RESTRICTED, SEALED, CLINICAL, SUMMARY, cast.caseworker.name):
        assert stays not in text
    assert package["content"]["content_origin"] == {
        "harm_types": ["csam_production", "live_streaming"],
        "content_origin": ["in_person_recorded"],
    }
    assert package["agreement"] == "DSA-NCRU-1"
    assert package["onward_sharing"] == "not allowed"
    assert package["sent_at"] == stored(draft).sent_at.isoformat()
    assert [note["author_roles"] for note in package["content"]["notes"]] == [["caseworker"]]


def test_the_event_holds_the_digest_and_counts_and_no_content(cast, draft):
    send(cast, draft)
    event = events("handoff.sent", draft)[0]
    package = what_was_sent(cast, draft)
    assert event.facts["digest"] == digest_of(package).hex()
    assert (event.facts["identities"], event.facts["notes"]) == (2, 1)
    assert event.facts["sections"] == EVERYTHING
    for word in (*NAME.split(), NOTE, draft.purpose):
        assert word not in str(event.facts)


def test_the_stored_package_is_ciphertext(cast, draft):
    send(cast, draft)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT content FROM handoffs_handoffpackage")
        sealed = bytes(cursor.fetchone()[0])
    assert NAME.split()[0].encode() not in sealed
    assert draft.purpose.encode() not in sealed


def test_what_was_not_chosen_is_not_even_read(cast, story):
    draft = compose_handoff(
        cast.caseworker,
        story.case,
        cast.shelter,
        sections=["people"],
        legal_basis="legal_obligation",
    )
    send(cast, draft)
    package = what_was_sent(cast, draft)
    assert set(package["content"]) == {"people"}
    assert package["agreement"] is None
    with reading(cast.caseworker):
        read = read_case(cast.caseworker, story.case.pk, ["people"], None)
    assert not read.notes
    assert not any(person.identity for person in read.people)


def test_an_agreement_that_lapsed_since_composing_stops_the_sending(cast, draft):
    write_as_owner("UPDATE accounts_datasharingagreement SET valid_until = '2025-01-01'")
    with pytest.raises(NoGround, match="not in force"):
        send(cast, draft)
    assert nothing_left(draft)


def test_an_agreement_that_shrank_since_composing_stops_the_sending(cast, draft):
    write_as_owner(
        "UPDATE accounts_datasharingagreement SET categories = '{case_summary,content_origin}'"
    )
    with pytest.raises(NoGround, match="does not cover"):
        send(cast, draft)
    assert nothing_left(draft)


def test_a_receiver_closed_since_composing_stops_the_sending(cast, draft):
    write_as_owner("UPDATE accounts_agency SET is_active = false WHERE short_code = 'NCRU'")
    with pytest.raises(DomainError) as refused:
        send(cast, draft)
    assert refused.value.field == "to_agency"
    assert nothing_left(draft)


def test_a_day_to_answer_by_that_has_passed_stops_the_sending(cast, draft):
    write_as_owner("UPDATE handoffs_handoff SET answer_by = '2025-01-01'")
    with pytest.raises(DomainError) as refused:
        send(cast, draft)
    assert refused.value.field == "answer_by"
    assert nothing_left(draft)


def test_somebody_who_may_not_open_names_cannot_send_a_colleagues_draft_with_names(cast, draft):
    with pytest.raises(Denied):
        send(cast, draft, by="liaison")
    assert nothing_left(draft)
    assert events("act.refused")[-1].facts == {"permission": "cases.show_identity"}


def test_somebody_of_another_team_cannot_find_the_draft(cast, draft):
    with pytest.raises(Handoff.DoesNotExist):
        send(cast, draft, by="south_caseworker")
    assert nothing_left(draft)


def test_a_draft_is_sent_once(cast, draft):
    send(cast, draft)
    with pytest.raises(InvalidTransition):
        send(cast, draft)
    assert len(events("handoff.sent")) == 1
    assert HandoffPackage.objects.using("owner").count() == 1


def test_a_case_that_changed_since_it_was_looked_at_is_not_sent_unseen(cast, story):
    draft = compose_handoff(
        cast.caseworker,
        story.case,
        cast.cyber_unit,
        sections=EVERYTHING,
        legal_basis="vital_interests",
    )
    package = preview_package(actor=cast.caseworker, handoff_id=draft.pk)
    seen = digest_of(package["content"]).hex()
    write_note(cast.second_caseworker, story.case, facts_reported="The address was given.")
    with pytest.raises(Conflict):
        send(cast, draft, seen=seen)
    assert nothing_left(draft)
    package = preview_package(actor=cast.caseworker, handoff_id=draft.pk)
    send(cast, draft, seen=digest_of(package["content"]).hex())
    assert what_was_sent(cast, draft)["content"] == package["content"]


def test_a_text_that_does_not_open_stops_the_sending_instead_of_leaving_a_gap(
    cast, draft, superuser
):
    superuser.execute("SET session_replication_role = replica")
    lower_walls(superuser, "cases_casenote")
    superuser.execute(
        "UPDATE cases_casenote SET facts_reported = facts_reported || '\\x00'::bytea "
        "WHERE sensitivity = 2"
    )
    with pytest.raises(CannotOpen):
        send(cast, draft)
    assert nothing_left(draft)


def test_a_preview_shows_what_would_leave_and_records_each_name_shown(cast, story, draft):
    package = preview_package(actor=cast.caseworker, handoff_id=draft.pk)
    assert NAME.split()[0] in str(package)
    assert package["sent_at"] is None
    assert events("package.previewed", draft)[0].facts["identities"] == 2
    shown = events("identity.shown")
    assert {event.object_id for event in shown} == {
        story.survivor.person_id,
        story.accused.person_id,
    }
    assert {event.purpose for event in shown} == {"handoff"}
    assert "first_name" in shown[0].fields


def test_a_preview_is_for_drafts(cast, draft):
    send(cast, draft)
    with pytest.raises(InvalidTransition):
        preview_package(actor=cast.caseworker, handoff_id=draft.pk)


def test_a_lapsed_ground_shows_no_preview_either(cast, draft):
    write_as_owner("UPDATE accounts_datasharingagreement SET valid_until = '2025-01-01'")
    with pytest.raises(NoGround):
        preview_package(actor=cast.caseworker, handoff_id=draft.pk)
    assert not events("identity.shown")


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE handoffs_handoffpackage SET digest = '\\x00'::bytea",
        "UPDATE handoffs_handoffpackage SET content = '\\x00'::bytea",
        "DELETE FROM handoffs_handoffpackage",
        "TRUNCATE handoffs_handoffpackage",
        "DELETE FROM handoffs_handoff",
    ],
)
def test_the_application_can_neither_change_nor_remove_what_was_sent(cast, draft, attack):
    send(cast, draft)
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute(
            "SELECT set_config('liwanag.act', 'x', true), set_config('liwanag.actor', %s, true)",
            [str(cast.caseworker.pk)],
        )
        cursor.execute(attack)
    assert HandoffPackage.objects.using("owner").count() == 1
