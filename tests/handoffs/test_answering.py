"""Answering: the receiving desk sees an envelope, says yes or no, and opens it after a yes."""

from __future__ import annotations

import pytest

from audit.reading import reading
from cases.models import Case, CaseNote, CaseParticipant, Person, PersonIdentity
from core.errors import Denied, DomainError, InvalidTransition
from handoffs.grounds import NoGround
from handoffs.models import Handoff, HandoffPackage
from handoffs.package import digest_of
from handoffs.services.handoffs import (
    accept_handoff,
    decline_handoff,
    revoke_handoff,
    send_handoff,
)
from handoffs.services.opening import PackageRefused, open_package
from referrals.models import Referral
from tests.factories import compose_handoff
from tests.factories import send_handoff as sent_handoff
from tests.handoffs.conftest import NOTE, events, sees, stored, write_as_owner
from tests.tampering import lower_walls

EVERYTHING = ["case_summary", "content_origin", "people", "identities", "notes"]


@pytest.fixture
def sent(cast, story) -> Handoff:
    return sent_handoff(cast.caseworker, story.case, cast.cyber_unit, sections=EVERYTHING)


@pytest.fixture
def accepted(cast, sent) -> Handoff:
    accept_handoff(actor=cast.partner, handoff_id=sent.pk)
    return sent


def rows_for(actor, model) -> int:
    """What row security lets through where `visible_to` is forgotten."""
    with reading(actor):
        return model.objects.count()


def still(handoff, status) -> bool:
    return stored(handoff).status == status


def test_a_draft_is_on_nobodys_desk(cast, story):
    draft = compose_handoff(cast.caseworker, story.case, cast.cyber_unit)
    assert not sees(cast.partner, Handoff, pk=draft.pk)
    assert not rows_for(cast.partner, Handoff)
    with pytest.raises(Handoff.DoesNotExist):
        accept_handoff(actor=cast.partner, handoff_id=draft.pk)
    assert still(draft, draft.status)


@pytest.mark.parametrize("officer", ["partner", "investigator", "prosecutor"])
def test_every_officer_of_the_desk_may_accept(cast, sent, officer):
    accept_handoff(actor=getattr(cast, officer), handoff_id=sent.pk)
    now = stored(sent)
    assert (now.status, now.answered_by_id) == ("accepted", getattr(cast, officer).pk)
    assert events("handoff.accepted", sent)[0].case_id == sent.case_id


def test_declining_keeps_the_reason_and_the_package_closed(cast, sent):
    decline_handoff(actor=cast.partner, handoff_id=sent.pk, reason="no_capacity")
    assert (stored(sent).status, stored(sent).decline_reason) == ("declined", "no_capacity")
    assert events("handoff.declined", sent)[0].facts == {"reason": "no_capacity"}
    with pytest.raises(InvalidTransition):
        open_package(actor=cast.partner, handoff_id=sent.pk)


@pytest.mark.parametrize("reason", ["", "because"])
def test_declining_needs_a_reason_of_the_list(cast, sent, reason):
    with pytest.raises(DomainError) as refused:
        decline_handoff(actor=cast.partner, handoff_id=sent.pk, reason=reason)
    assert refused.value.field == "reason"
    assert still(sent, "sent")


@pytest.mark.parametrize("who", ["stranger", "stranger_caseworker", "south_caseworker", "manager"])
def test_for_everybody_else_the_handoff_does_not_exist(cast, sent, who):
    actor = getattr(cast, who)
    for act in (accept_handoff, open_package, revoke_handoff, send_handoff):
        with pytest.raises(Handoff.DoesNotExist):
            act(actor=actor, handoff_id=sent.pk)
    with pytest.raises(Handoff.DoesNotExist):
        decline_handoff(actor=actor, handoff_id=sent.pk, reason="no_capacity")
    assert still(sent, "sent")
    assert not events("package.opened")


def test_the_sender_cannot_answer_for_the_receiver(cast, sent):
    with pytest.raises(Denied):
        accept_handoff(actor=cast.caseworker, handoff_id=sent.pk)
    with pytest.raises(Denied):
        decline_handoff(actor=cast.caseworker, handoff_id=sent.pk, reason="no_capacity")
    assert still(sent, "sent")
    assert len(events("act.refused")) == 2


def test_the_receiver_cannot_end_the_senders_handoff(cast, accepted):
    with pytest.raises(Denied):
        revoke_handoff(actor=cast.partner, handoff_id=accepted.pk)
    assert still(accepted, "accepted")


def test_an_answer_is_given_once(cast, accepted):
    with pytest.raises(InvalidTransition):
        accept_handoff(actor=cast.investigator, handoff_id=accepted.pk)
    with pytest.raises(InvalidTransition):
        decline_handoff(actor=cast.investigator, handoff_id=accepted.pk, reason="no_capacity")
    assert stored(accepted).answered_by_id == cast.partner.pk
    assert len(events("handoff.accepted")) == 1


def test_the_package_opens_after_a_yes_and_every_opening_is_recorded(cast, accepted):
    package = open_package(actor=cast.investigator, handoff_id=accepted.pk)
    assert package["content"]["notes"][0]["parts"] == {"facts_reported": NOTE}
    open_package(actor=cast.partner, handoff_id=accepted.pk)
    opened = events("package.opened", accepted)
    assert [event.actor_id for event in opened] == [cast.investigator.pk, cast.partner.pk]
    assert {event.facts["side"] for event in opened} == {"receiver"}
    assert digest_of(package).hex() == events("handoff.sent")[0].facts["digest"]


def test_before_a_yes_the_package_is_not_even_a_row_for_the_receiver(cast, sent):
    with pytest.raises(InvalidTransition):
        open_package(actor=cast.partner, handoff_id=sent.pk)
    assert not sees(cast.partner, HandoffPackage)
    assert not rows_for(cast.partner, HandoffPackage)
    assert not events("package.opened")
    accept_handoff(actor=cast.partner, handoff_id=sent.pk)
    assert sees(cast.partner, HandoffPackage)
    assert rows_for(cast.partner, HandoffPackage) == 1
    assert not rows_for(cast.stranger, HandoffPackage)
    assert not rows_for(cast.south_caseworker, HandoffPackage)


def test_revoking_ends_the_receivers_access_and_stays_on_their_desk(cast, accepted):
    open_package(actor=cast.partner, handoff_id=accepted.pk)
    revoke_handoff(actor=cast.second_caseworker, handoff_id=accepted.pk)
    with pytest.raises(InvalidTransition, match="ended"):
        open_package(actor=cast.partner, handoff_id=accepted.pk)
    assert not sees(cast.partner, HandoffPackage)
    assert sees(cast.partner, Handoff, pk=accepted.pk)
    assert len(events("package.opened")) == 1
    assert events("handoff.revoked", accepted)


def test_a_handoff_revoked_before_an_answer_cannot_be_accepted(cast, sent):
    revoke_handoff(actor=cast.caseworker, handoff_id=sent.pk)
    with pytest.raises(InvalidTransition):
        accept_handoff(actor=cast.partner, handoff_id=sent.pk)
    assert still(sent, "revoked")


def test_a_draft_and_a_declined_handoff_cannot_be_revoked(cast, story, sent):
    draft = compose_handoff(cast.caseworker, story.case, cast.cyber_unit)
    decline_handoff(actor=cast.partner, handoff_id=sent.pk, reason="no_capacity")
    for handoff in (draft, sent):
        before = stored(handoff).status
        with pytest.raises(InvalidTransition):
            revoke_handoff(actor=cast.caseworker, handoff_id=handoff.pk)
        assert still(handoff, before)


def test_an_agreement_that_lapsed_closes_the_package(cast, accepted):
    write_as_owner("UPDATE accounts_datasharingagreement SET valid_until = '2025-01-01'")
    with pytest.raises(NoGround, match="no longer in force"):
        open_package(actor=cast.partner, handoff_id=accepted.pk)
    assert not events("package.opened")


def test_the_sender_sees_again_what_was_sent_whatever_became_of_the_agreement(cast, accepted):
    write_as_owner("UPDATE accounts_datasharingagreement SET valid_until = '2025-01-01'")
    package = open_package(actor=cast.second_caseworker, handoff_id=accepted.pk)
    assert package["reference"] == accepted.reference
    assert events("package.opened", accepted)[0].facts == {"side": "sender"}


@pytest.mark.parametrize("who", ["liaison", "legal"])
def test_of_the_sender_only_those_who_may_open_names_see_a_package_with_names(cast, sent, who):
    with pytest.raises(Denied):
        open_package(actor=getattr(cast, who), handoff_id=sent.pk)
    assert not events("package.opened")


def test_a_package_without_names_is_shown_to_all_who_read_handoffs(cast, story):
    sent = sent_handoff(cast.caseworker, story.case, cast.cyber_unit)
    assert open_package(actor=cast.legal, handoff_id=sent.pk)["sections"]


def tamper(superuser, query, *parameters):
    superuser.execute("SET session_replication_role = replica")
    lower_walls(superuser, "handoffs_handoffpackage")
    superuser.execute(query, parameters)


def test_a_package_whose_digest_was_changed_is_refused_and_recorded(cast, accepted, superuser):
    tamper(superuser, "UPDATE handoffs_handoffpackage SET digest = sha256('other'::bytea)")
    with pytest.raises(PackageRefused):
        open_package(actor=cast.partner, handoff_id=accepted.pk)
    assert len(events("package.opened", accepted)) == 1
    assert events("package.mismatched", accepted)[0].facts == {"read": True}


def test_a_package_whose_bytes_were_changed_is_refused_and_recorded(cast, accepted, superuser):
    tamper(
        superuser,
        "UPDATE handoffs_handoffpackage SET content = set_byte(content, 40, "
        "(get_byte(content, 40) + 1) %% 256)",
    )
    with pytest.raises(PackageRefused):
        open_package(actor=cast.partner, handoff_id=accepted.pk)
    assert events("package.mismatched", accepted)[0].facts == {"read": False}


def test_a_package_put_under_another_handoff_is_refused(cast, story, accepted, superuser):
    other = sent_handoff(cast.caseworker, story.case, cast.cyber_unit)
    accept_handoff(actor=cast.partner, handoff_id=other.pk)
    tamper(
        superuser,
        "UPDATE handoffs_handoffpackage p SET content = q.content, digest = q.digest "
        "FROM handoffs_handoffpackage q WHERE p.handoff_id = %s AND q.handoff_id = %s",
        accepted.pk,
        other.pk,
    )
    with pytest.raises(PackageRefused):
        open_package(actor=cast.partner, handoff_id=accepted.pk)
    assert open_package(actor=cast.partner, handoff_id=other.pk)["reference"] == other.reference


def test_the_receiver_sees_nothing_of_the_case(cast, accepted):
    open_package(actor=cast.partner, handoff_id=accepted.pk)
    for officer in (cast.partner, cast.investigator, cast.prosecutor):
        for model in (Case, CaseParticipant, Person, PersonIdentity, CaseNote, Referral):
            assert not sees(officer, model)
            assert not rows_for(officer, model)
