"""Every way out asks the same question, and a withdrawal closes all of them at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import User
from accounts.service_accounts import HOUSEKEEPER_ID
from audit.acting import open_settings
from audit.models import OutboxMessage
from audit.reading import reading
from cases.services.consent import refuse_consent, start_consent, withdraw_consent
from cases.services.grounds import decide_legal_ground, record_legal_ground
from cases.services.legal_status import give_role
from cases.tasks import run_out_consents
from core.errors import Denied, InvalidTransition
from handoffs.disclosing import facts_behind
from handoffs.grounds import NoGround
from handoffs.models import Handoff, HandoffPackage
from handoffs.services.handoffs import (
    accept_handoff,
    compose_handoff,
    preview_package,
    revoke_handoff,
    send_handoff,
)
from handoffs.services.opening import open_package
from handoffs.services.stopping import confirm_stopped
from handoffs.tasks import stop_uncovered
from tests.factories import add_participant, authorise_handoff, give_consent
from tests.handoffs.conftest import (
    NAME,
    NOTE,
    events,
    sees,
    stored,
    tomorrow,
    write_as_owner,
)

EVERYTHING = ["case_summary", "content_origin", "people", "identities", "notes"]
TO_THE_POLICE = {
    "scopes": ["case_management", "share_with_law_enforcement"],
    "categories": EVERYTHING,
}


def compose(cast, story, **over):
    values = {
        "case_id": story.case.pk,
        "to_agency_id": cast.cyber_unit.pk,
        "kind": "joint_work",
        "purpose": "To find who did it",
        "legal_basis": "consent",
        "sections": EVERYTHING,
        "answer_by": tomorrow(),
    }
    draft = compose_handoff(actor=cast.caseworker, **{**values, **over})
    return authorise_handoff(cast.caseworker, draft)


def agree(cast, place, **over):
    values = {**TO_THE_POLICE, "recipients": [cast.cyber_unit.pk], **over}
    return give_consent(cast.caseworker, place, **values)


@pytest.fixture
def sent(cast, story):
    """A handoff on the survivor's consent, accepted by the cyber unit."""
    story_consent = agree(cast, story.survivor)
    draft = compose(cast, story)
    send_handoff(actor=cast.caseworker, handoff_id=draft.pk)
    accept_handoff(actor=cast.partner, handoff_id=draft.pk)
    return draft, story_consent


def test_r_k1_composing_sending_and_each_opening_ask_for_the_consent(cast, story):
    with pytest.raises(NoGround, match="has not agreed to anything yet"):
        compose(cast, story)
    assert not events("handoff.composed")
    consent = agree(cast, story.survivor)
    draft = compose(cast, story)
    previewed = preview_package(actor=cast.caseworker, handoff_id=draft.pk)
    assert NAME.split()[0] in str(previewed)
    write_as_owner("UPDATE cases_consent SET recipients = '{}' WHERE id = %s", consent.pk)
    for leave in (preview_package, send_handoff):
        with pytest.raises(NoGround, match="has not agreed to this agency"):
            leave(actor=cast.caseworker, handoff_id=draft.pk)
    assert not stored(draft).has_left
    write_as_owner(
        "UPDATE cases_consent SET recipients = %s WHERE id = %s",
        [cast.cyber_unit.pk],
        consent.pk,
    )
    send_handoff(actor=cast.caseworker, handoff_id=draft.pk)
    assert events("handoff.sent")[0].facts["rests_on"] == [str(consent.pk)]
    accept_handoff(actor=cast.partner, handoff_id=draft.pk)
    assert NOTE in str(open_package(actor=cast.partner, handoff_id=draft.pk))
    # Time alone closes it: no job has to have run.
    write_as_owner(
        "UPDATE cases_consent SET valid_from = %s, valid_until = %s WHERE id = %s",
        timezone.localdate() - timedelta(days=9),
        timezone.localdate() - timedelta(days=1),
        consent.pk,
    )
    opened_before = len(events("package.opened"))
    with pytest.raises(NoGround, match="no longer in force") as closed:
        open_package(actor=cast.partner, handoff_id=draft.pk)
    # The receiver is not told who or what.
    assert story.survivor.person.code not in closed.value.message
    assert len(events("package.opened")) == opened_before


def test_what_was_not_agreed_to_is_not_in_the_package(cast, story):
    sister = add_participant(
        cast.caseworker,
        story.case,
        role="at_risk_child",
        identity={"first_name": "Liwayway", "birthdate": "2016-01-02"},
    )
    agree(cast, story.survivor, categories=["people", "identities", "case_summary"])
    draft = compose(cast, story)
    send_handoff(actor=cast.caseworker, handoff_id=draft.pk)
    package = open_package(actor=cast.caseworker, handoff_id=draft.pk)
    assert package["sections"] == stored(draft).sections == ["people", "identities"]
    assert package["withheld"] == sorted(EVERYTHING)
    codes = {one["code"] for one in package["content"]["people"]}
    assert codes == {story.survivor.person.code}
    text = str(package)
    assert NAME.split()[0] in text
    for secret in ("Liwayway", sister.person.code, NOTE, "Dante", story.case.reference):
        assert secret not in text
    accept_handoff(actor=cast.partner, handoff_id=draft.pk)
    assert open_package(actor=cast.partner, handoff_id=draft.pk) == package
    # Somebody added later is not in it, so their missing yes closes nothing.
    add_participant(cast.caseworker, story.case)
    assert open_package(actor=cast.partner, handoff_id=draft.pk) == package


def test_r_k2_withdrawal_stops_waiting_and_open_handoffs_in_the_same_moment(cast, story, sent):
    accepted, consent = sent
    open_package(actor=cast.partner, handoff_id=accepted.pk)
    waiting = compose(cast, story)
    send_handoff(actor=cast.caseworker, handoff_id=waiting.pk)
    draft = compose(cast, story)
    withdraw_consent(
        actor=cast.caseworker, consent_id=consent.pk, scopes=["share_with_law_enforcement"]
    )
    for handoff in (accepted, waiting):
        ended = stored(handoff)
        assert (ended.status, ended.revoked_because) == ("revoked", "ground_gone")
    assert stored(accepted).may_stand_in_proceedings
    assert not stored(waiting).may_stand_in_proceedings
    with pytest.raises(InvalidTransition):
        open_package(actor=cast.partner, handoff_id=accepted.pk)
    with pytest.raises(InvalidTransition):
        accept_handoff(actor=cast.partner, handoff_id=waiting.pk)
    with pytest.raises(NoGround):
        send_handoff(actor=cast.caseworker, handoff_id=draft.pk)
    # Marked, not deleted: the sender still sees what was sent, and the receivers are told.
    assert NOTE in str(open_package(actor=cast.caseworker, handoff_id=accepted.pk))
    stops = events("handoff.stopped")
    assert {event.facts["opened_before"] for event in stops} == {True, False}
    assert events("consent.withdrawn")[0].facts["handoffs_stopped"] == 2


def test_r_k2_saying_no_to_everything_stops_what_an_earlier_yes_let_out(cast, story, sent):
    handoff, consent = sent
    no = start_consent(
        actor=cast.caseworker,
        case_id=story.case.pk,
        person_id=story.survivor.person_id,
        given_by="individual",
    )
    refuse_consent(actor=cast.caseworker, consent_id=no.pk, version=no.version)
    ended = stored(handoff)
    assert (ended.status, ended.revoked_because) == ("revoked", "ground_gone")
    assert events("consent.refused")[0].facts["handoffs_stopped"] == 1
    assert events("consent.superseded")[0].object_id == consent.pk
    with pytest.raises(NoGround):
        compose(cast, story)


def test_r_k1_an_erased_sibling_does_not_keep_the_others_file_from_leaving(cast, story):
    sister = add_participant(cast.caseworker, story.case, role="at_risk_child")
    agree(cast, story.survivor)
    assert "case_summary" in what_leaves_now(cast, story)["withheld"]
    write_as_owner(
        "UPDATE cases_person SET erased_on = current_date WHERE id = %s", sister.person_id
    )
    package = what_leaves_now(cast, story)
    assert "case_summary" in package["sections"]
    assert "case_summary" not in package["withheld"]
    draft = Handoff.objects.using("owner").first()
    send_handoff(actor=cast.caseworker, handoff_id=draft.pk)
    accept_handoff(actor=cast.partner, handoff_id=draft.pk)
    assert open_package(actor=cast.partner, handoff_id=draft.pk)["sections"] == package["sections"]


def what_leaves_now(cast, story):
    draft = compose(cast, story)
    return preview_package(actor=cast.caseworker, handoff_id=draft.pk)


def test_r_k2_a_receiver_who_had_opened_it_says_that_they_stopped(cast, story, sent, client_of):
    handoff, consent = sent
    unopened = compose(cast, story)
    send_handoff(actor=cast.caseworker, handoff_id=unopened.pk)
    open_package(actor=cast.partner, handoff_id=handoff.pk)
    with pytest.raises(InvalidTransition):
        confirm_stopped(actor=cast.partner, handoff_id=handoff.pk)
    withdraw_consent(actor=cast.caseworker, consent_id=consent.pk)
    officer, worker = client_of(cast.partner), client_of(cast.caseworker)
    assert "Stop using a handoff, and say so" in officer.get("/").content.decode()
    asked, sender = f"/handoffs/desk/{handoff.pk}/", f"/handoffs/{handoff.pk}/"
    assert "We have stopped using it" in officer.get(asked).content.decode()
    assert (
        "there is nothing to do" in officer.get(f"/handoffs/desk/{unopened.pk}/").content.decode()
    )
    assert "has not confirmed yet" in worker.get(sender).content.decode()
    # Only the receiver can say so, once, and of what they had opened.
    assert worker.post(f"{asked}stopped/").status_code in (403, 404)
    assert officer.post(f"/handoffs/desk/{unopened.pk}/stopped/").status_code == 422
    assert stored(handoff).stop_confirmed_at is None
    assert officer.post(f"{asked}stopped/").status_code == 302
    assert stored(handoff).stop_confirmed_by_id == cast.partner.pk
    assert officer.post(f"{asked}stopped/").status_code == 422
    assert "use nothing of it any more" in worker.get(sender).content.decode()
    assert len(events("handoff.stop_confirmed", handoff)) == 1


def test_r_k2_taking_back_something_else_stops_nothing(cast, story, sent):
    handoff, consent = sent
    withdraw_consent(actor=cast.caseworker, consent_id=consent.pk, scopes=["case_management"])
    assert stored(handoff).status == "accepted"
    assert open_package(actor=cast.partner, handoff_id=handoff.pk)


def test_a_narrower_consent_given_later_closes_what_it_no_longer_covers(cast, story, sent):
    handoff, _consent = sent
    agree(cast, story.survivor, categories=["case_summary"])
    assert stored(handoff).status == "revoked"


def test_r_k7_a_basis_that_a_second_person_does_not_approve_stops_what_left_on_it(cast, story):
    reason = {"legal_basis": "vital_interests", "basis_reason": "A child is in danger."}
    urgent = compose(cast, story, **reason)
    send_handoff(actor=cast.caseworker, handoff_id=urgent.pk)
    (recorded,) = events("ground.recorded")
    decide_legal_ground(
        actor=cast.supervisor, ground_id=recorded.object_id, version=1, approve=False
    )
    assert stored(urgent).status == "revoked"
    draft = compose(cast, story, legal_basis="public_task", basis_reason="By law.")
    with pytest.raises(NoGround, match="waits for its approval"):
        send_handoff(actor=cast.caseworker, handoff_id=draft.pk)
    with pytest.raises(Exception, match="Say why this legal basis applies"):
        compose(cast, story, legal_basis="legal_claims")
    # The case's own basis is used again without asking for it twice.
    again = compose(cast, story, legal_basis="public_task")
    assert len(events("ground.recorded")) == 2
    assert not stored(again).has_left


def test_r_k7_the_data_protection_officer_stops_what_left_and_sees_no_case(cast, story, client_of):
    reason = {"legal_basis": "vital_interests", "basis_reason": "A child is in danger."}
    urgent = compose(cast, story, **reason)
    send_handoff(actor=cast.caseworker, handoff_id=urgent.pk)
    accept_handoff(actor=cast.partner, handoff_id=urgent.pk)
    agree(cast, story.survivor)
    on_consent = compose(cast, story)
    send_handoff(actor=cast.caseworker, handoff_id=on_consent.pk)
    assert sees(cast.dpo, Handoff, pk=urgent.pk)
    assert not sees(cast.dpo, Handoff, pk=on_consent.pk)
    assert not sees(cast.dpo, HandoffPackage, handoff=urgent)
    assert client_of(cast.dpo).get(f"/handoffs/{urgent.pk}/").status_code == 403
    (recorded,) = events("ground.recorded")
    with pytest.raises(Denied):
        revoke_handoff(actor=cast.dpo, handoff_id=urgent.pk)
    decide_legal_ground(actor=cast.dpo, ground_id=recorded.object_id, version=1, approve=False)
    assert (stored(urgent).status, stored(on_consent).status) == ("revoked", "sent")


def test_a_basis_recorded_for_one_agency_carries_nothing_to_another(cast, story):
    ground = record_legal_ground(
        actor=cast.caseworker,
        case_id=story.case.pk,
        basis="legal_obligation",
        reason="Ordered by the court.",
        purposes=["service_referral"],
        recipient_id=cast.shelter.pk,
        categories=EVERYTHING,
    )
    decide_legal_ground(actor=cast.supervisor, ground_id=ground.pk, version=1, approve=True)
    with pytest.raises(Exception, match="Say why this legal basis applies"):
        compose(cast, story, legal_basis="legal_obligation")
    assert (
        compose(cast, story, legal_basis="legal_obligation", to_agency_id=cast.shelter.pk).status
        == "authorised"
    )


def outbox(task):
    return OutboxMessage.objects.using("owner").filter(task=task).count()


def let_run_out(consent, **over):
    values = {"until_majority": False, **over}
    write_as_owner(
        "UPDATE cases_consent SET valid_from = %s, valid_until = %s, until_majority = %s "
        "WHERE id = %s",
        timezone.localdate() - timedelta(days=9),
        timezone.localdate() - timedelta(days=1),
        values["until_majority"],
        consent.pk,
    )


@pytest.mark.parametrize("until_majority", [False, True])
def test_r_k2_when_time_alone_ends_a_consent_its_receivers_are_told(
    cast, story, sent, client_of, until_majority
):
    handoff, consent = sent
    open_package(actor=cast.partner, handoff_id=handoff.pk)
    let_run_out(consent, until_majority=until_majority)
    told = outbox("handoffs.tell_desk")
    assert run_out_consents() == 1
    ended = stored(handoff)
    assert (ended.status, ended.revoked_because) == ("revoked", "ground_gone")
    assert outbox("handoffs.tell_desk") == told + 1
    (event,) = events("handoff.stopped")
    assert event.facts == {"opened_before": True}
    assert events("consent.ran_out")[0].facts["handoffs_stopped"] == 1
    # As after a withdrawal: whoever had opened it says that they stopped.
    officer = client_of(cast.partner)
    assert "Stop using a handoff, and say so" in officer.get("/").content.decode()
    assert stop_uncovered() == run_out_consents() == 0


def test_r_k2_when_another_basis_ends_by_its_day_its_receivers_are_told(cast, story):
    agree(cast, story.survivor)
    ground = record_legal_ground(
        actor=cast.caseworker,
        case_id=story.case.pk,
        basis="legal_obligation",
        reason="Ordered by the court.",
        purposes=["share_with_law_enforcement"],
        recipient_id=cast.cyber_unit.pk,
        categories=EVERYTHING,
        valid_until=timezone.localdate(),
    )
    decide_legal_ground(actor=cast.supervisor, ground_id=ground.pk, version=1, approve=True)
    draft = compose(cast, story, legal_basis="legal_obligation")
    send_handoff(actor=cast.caseworker, handoff_id=draft.pk)
    on_consent = compose(cast, story)
    send_handoff(actor=cast.caseworker, handoff_id=on_consent.pk)
    told = outbox("handoffs.tell_desk")
    assert stop_uncovered() == 0
    write_as_owner(
        "UPDATE cases_legalground SET valid_from = %s, valid_until = %s WHERE id = %s",
        timezone.localdate() - timedelta(days=9),
        timezone.localdate() - timedelta(days=1),
        ground.pk,
    )
    assert stop_uncovered() == 1
    assert (stored(draft).status, stored(on_consent).status) == ("revoked", "sent")
    assert outbox("handoffs.tell_desk") == told + 1
    assert stop_uncovered() == 0


def test_r_k4_a_guardian_who_turns_out_an_alleged_offender_closes_what_left_on_their_word(
    cast, story
):
    aunt = add_participant(cast.caseworker, story.case, role="protective_caregiver")
    agree(cast, story.survivor, given_by="caregiver", giver_id=aunt.person_id, order_reference="")
    draft = compose(cast, story)
    send_handoff(actor=cast.caseworker, handoff_id=draft.pk)
    give_role(
        actor=cast.caseworker,
        participant_id=aunt.pk,
        role="alleged_offender_source",
        legal_status="suspect",
    )
    assert stored(draft).status == "revoked"
    assert events("consent.to_ask_again")[0].facts["handoffs_stopped"] == 1


def test_what_stops_what_time_ended_sees_no_draft_and_no_package(cast, story, sent):
    handoff, _consent = sent
    draft = compose(cast, story)
    keeper = User.objects.get(pk=HOUSEKEEPER_ID)
    assert sees(keeper, Handoff, pk=handoff.pk)
    assert not sees(keeper, Handoff, pk=draft.pk)
    assert not sees(keeper, HandoffPackage)
    revoke_handoff(actor=cast.caseworker, handoff_id=handoff.pk)
    assert not sees(keeper, Handoff, pk=handoff.pk)


@pytest.mark.parametrize(
    "change",
    [
        "status = 'revoked', revoked_because = 'sender', revoked_at = now()",
        "status = 'accepted', answered_by_id = composed_by_id, answered_at = now()",
        "purpose = 'Something else'",
        "withheld = '{notes}'",
        "status = 'revoked', revoked_because = 'ground_gone', purpose = 'Something else'",
    ],
)
def test_what_stops_what_time_ended_changes_nothing_else(cast, story, sent, change):
    waiting = compose(cast, story)
    send_handoff(actor=cast.caseworker, handoff_id=waiting.pk)
    before = stored(waiting)
    with pytest.raises(DatabaseError), transaction.atomic():
        open_settings(actor=HOUSEKEEPER_ID, act=waiting.pk)
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE handoffs_handoff SET {change} WHERE id = %s", [waiting.pk])
            assert cursor.rowcount == 1
    assert stored(waiting) == before
    assert stored(waiting).status == "sent"


def test_r_k7_the_officer_asks_only_about_what_left_without_consent(cast, story, sent):
    on_consent, _consent = sent
    urgent = compose(
        cast, story, legal_basis="vital_interests", basis_reason="A child is in danger."
    )
    send_handoff(actor=cast.caseworker, handoff_id=urgent.pk)
    draft = compose(cast, story, legal_basis="vital_interests")
    with reading(cast.dpo):
        assert facts_behind(urgent.pk) is not None
        assert facts_behind(on_consent.pk) is None
        assert facts_behind(draft.pk) is None
    with reading(cast.stranger):
        assert facts_behind(urgent.pk) is None
