"""A second person before restricted data leaves: author ≠ authoriser, in the services and below."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from audit.models import AuditEvent, OutboxMessage, Review
from audit.reading import reading
from cases.services.consent import withdraw_consent
from core.errors import Conflict, Denied, DomainError, InvalidTransition
from handoffs.grounds import NoGround
from handoffs.models import Handoff, HandoffPackage
from handoffs.package import digest_of
from handoffs.selectors import handoffs_to_authorise
from handoffs.services.authorising import authorise_handoff, return_handoff, submit_handoff
from handoffs.services.handoffs import (
    NotAuthorised,
    change_handoff,
    preview_package,
    send_handoff,
)
from tests.factories import compose_handoff, give_consent, write_note
from tests.handoffs.conftest import NAME, events, stored, write_as_owner
from tests.handoffs.test_agreement_below import as_application

EVERYTHING = ["case_summary", "content_origin", "people", "identities", "notes"]


@pytest.fixture
def draft(cast, story) -> Handoff:
    return compose_handoff(
        cast.caseworker, story.case, cast.cyber_unit, authorised=False, sections=EVERYTHING
    )


@pytest.fixture
def pending(cast, draft) -> Handoff:
    return submit_handoff(actor=cast.caseworker, handoff_id=draft.pk)


@pytest.fixture
def authorised(cast, pending) -> Handoff:
    return authorise_handoff(actor=cast.supervisor, handoff_id=pending.pk)


def send(cast, handoff, by="caseworker"):
    return send_handoff(actor=getattr(cast, by), handoff_id=handoff.pk)


def nothing_left(handoff) -> bool:
    return (
        not stored(handoff).has_left
        and not HandoffPackage.objects.using("owner").exists()
        and not events("handoff.sent")
    )


def change(actor, handoff, **over):
    values = {
        "to_agency_id": handoff.to_agency_id,
        "kind": "information_share",
        "purpose": "To find the place and keep the child safe",
        "legal_basis": "public_task",
        "sections": EVERYTHING,
        "answer_by": timezone.localdate() + timedelta(days=3),
        "version": handoff.version,
    }
    return change_handoff(actor=actor, handoff_id=handoff.pk, **{**values, **over})


def told_since(number: int) -> set[str]:
    jobs = (
        OutboxMessage.objects.using("owner")
        .filter(task="handoffs.tell_sender")
        .order_by("created_at")
    )
    return {ids[0] for ids in list(jobs.values_list("ids", flat=True))[number:]}


def jobs() -> int:
    return OutboxMessage.objects.using("owner").filter(task="handoffs.tell_sender").count()


def test_restricted_data_leaves_only_as_a_second_person_authorised_it(cast, draft):
    with pytest.raises(NotAuthorised):
        send(cast, draft)
    before = jobs()
    submit_handoff(actor=cast.caseworker, handoff_id=draft.pk)
    # Whoever may say yes is told, and told nothing of the case.
    assert told_since(before) == {str(cast.supervisor.pk)}
    with pytest.raises(InvalidTransition):
        send(cast, draft)
    assert nothing_left(draft)
    before = jobs()
    done = authorise_handoff(actor=cast.supervisor, handoff_id=draft.pk)
    assert (done.status, done.authorised_by_id) == ("authorised", cast.supervisor.pk)
    assert told_since(before) == {str(cast.caseworker.pk)}
    assert nothing_left(draft)
    assert send(cast, draft).status == "sent"
    event = events("handoff.authorised", draft)[0]
    assert event.facts["content"] == bytes(stored(draft).authorised_digest).hex()
    assert event.facts["identities"] == 2
    assert NAME.split()[0] not in str(event.facts)
    assert not Review.objects.using("owner").filter(kind="acted_alone").exists()


@pytest.mark.parametrize(
    "over",
    [
        {"sections": ["case_summary", "notes"], "to": "shelter", "legal_basis": "legal_obligation"},
        {"sections": EVERYTHING, "to": "cyber_unit", "legal_basis": "vital_interests"},
        {"sections": EVERYTHING, "to": "cyber_unit", "legal_basis": "mandatory_report"},
    ],
    ids=["up to L2", "a life in danger", "a mandatory report"],
)
def test_what_is_not_restricted_or_cannot_wait_leaves_at_once(cast, story, over):
    receiver = getattr(cast, over.pop("to"))
    draft = compose_handoff(cast.caseworker, story.case, receiver, authorised=False, **over)
    with pytest.raises(InvalidTransition, match="no second person"):
        submit_handoff(actor=cast.caseworker, handoff_id=draft.pk)
    assert stored(draft).status == "draft"
    assert send(cast, draft).status == "sent"


def test_no_author_authorises_whoever_asked(cast, story):
    """Composing, changing and asking each make an author; a supervisor is no exception."""
    # Its legal basis is recorded with the first, and approved by the supervisor beside its author.
    changed = compose_handoff(
        cast.caseworker, story.case, cast.cyber_unit, authorised=False, sections=["people"]
    )
    own = compose_handoff(
        cast.supervisor, story.case, cast.cyber_unit, authorised=False, sections=["people"]
    )
    submit_handoff(actor=cast.caseworker, handoff_id=own.pk)
    change(cast.supervisor, changed, sections=["people"], purpose="To find the place")
    change(cast.caseworker, stored(changed), sections=["people"])
    submit_handoff(actor=cast.caseworker, handoff_id=changed.pk)
    asked = compose_handoff(
        cast.caseworker, story.case, cast.cyber_unit, authorised=False, sections=["people"]
    )
    submit_handoff(actor=cast.supervisor, handoff_id=asked.pk)
    for handoff in (own, changed, asked):
        with pytest.raises(Denied):
            authorise_handoff(actor=cast.supervisor, handoff_id=handoff.pk)
        with pytest.raises(Denied):
            return_handoff(actor=cast.supervisor, handoff_id=handoff.pk, reason="not_now")
        assert stored(handoff).status == "pending"
    with reading(cast.supervisor):
        assert not handoffs_to_authorise(cast.supervisor).exists()


@pytest.mark.parametrize(
    "who", ["caseworker", "second_caseworker", "liaison", "legal", "intake", "dpo", "partner"]
)
def test_it_is_for_supervisors_who_see_the_case(cast, pending, who):
    with pytest.raises((Denied, Handoff.DoesNotExist)):
        authorise_handoff(actor=getattr(cast, who), handoff_id=pending.pk)
    assert stored(pending).status == "pending"


def test_nobody_outside_learns_of_what_has_not_left(cast, pending):
    for handoff_status in ("pending", "authorised"):
        if handoff_status == "authorised":
            authorise_handoff(actor=cast.supervisor, handoff_id=pending.pk)
        for who in ("partner", "investigator", "dpo"):
            with reading(getattr(cast, who)):
                assert not Handoff.objects.all().exists()
                assert not Handoff.pgh_event_model.objects.all().exists()


def test_the_ground_is_asked_at_authorising(cast, pending):
    write_as_owner("UPDATE accounts_datasharingagreement SET valid_until = '2025-01-01'")
    with pytest.raises(NoGround):
        authorise_handoff(actor=cast.supervisor, handoff_id=pending.pk)
    assert stored(pending).status == "pending"


def test_a_consent_taken_back_between_authorising_and_sending_stops_it(cast, story):
    consents = [
        give_consent(
            cast.caseworker,
            story.survivor,
            scopes=["case_management", "share_with_law_enforcement"],
            recipients=[cast.cyber_unit.pk],
            categories=EVERYTHING,
        )
    ]
    draft = compose_handoff(
        cast.caseworker, story.case, cast.cyber_unit, legal_basis="consent", sections=["people"]
    )
    assert draft.status == "authorised"
    withdraw_consent(actor=cast.second_caseworker, consent_id=consents[0].pk)
    with pytest.raises(NoGround):
        send(cast, draft)
    assert nothing_left(draft)


def test_what_was_authorised_and_nothing_else_leaves(cast, story, authorised):
    write_note(cast.second_caseworker, story.case, facts_reported="The address was given.")
    with pytest.raises(Conflict, match="not what was authorised"):
        send(cast, authorised)
    assert nothing_left(authorised)
    # Asked again, looked at again, it leaves.
    submit_handoff(actor=cast.caseworker, handoff_id=authorised.pk)
    authorise_handoff(actor=cast.supervisor, handoff_id=authorised.pk)
    assert send(cast, authorised).status == "sent"


def test_a_case_that_changed_since_it_was_looked_at_is_not_authorised_unseen(cast, story, pending):
    package = preview_package(actor=cast.supervisor, handoff_id=pending.pk)
    seen = digest_of(package["content"]).hex()
    write_note(cast.second_caseworker, story.case, facts_reported="The address was given.")
    with pytest.raises(Conflict):
        authorise_handoff(actor=cast.supervisor, handoff_id=pending.pk, seen=seen)
    assert stored(pending).status == "pending"


@pytest.mark.parametrize("state", ["pending", "authorised"])
def test_a_change_takes_the_word_back(cast, request, state):
    handoff = request.getfixturevalue(state)
    change(cast.second_caseworker, handoff, purpose="Another use")
    now = stored(handoff)
    assert (now.status, now.authorised_by_id, bytes(now.authorised_digest)) == ("draft", None, b"")
    with pytest.raises(NotAuthorised):
        send(cast, handoff)


def test_it_is_given_back_with_a_reason(cast, pending):
    with pytest.raises(DomainError) as refused:
        return_handoff(actor=cast.supervisor, handoff_id=pending.pk, reason="")
    assert refused.value.field == "reason"
    before = jobs()
    back = return_handoff(actor=cast.supervisor, handoff_id=pending.pk, reason="too_much")
    assert (back.status, back.return_reason) == ("draft", "too_much")
    assert told_since(before) == {str(cast.caseworker.pk)}
    assert events("handoff.returned", pending)[0].facts == {"reason": "too_much"}
    again = submit_handoff(actor=cast.caseworker, handoff_id=pending.pk)
    assert again.return_reason == ""


def test_in_a_small_agency_its_author_may_and_somebody_looks_afterwards(cast, story):
    write_as_owner("UPDATE accounts_agency SET small_profile = true WHERE short_code = 'TANGLAW'")
    supervisor = type(cast.supervisor).objects.get(pk=cast.supervisor.pk)
    own = compose_handoff(
        supervisor, story.case, cast.cyber_unit, authorised=False, sections=["people"]
    )
    submit_handoff(actor=supervisor, handoff_id=own.pk)
    with reading(supervisor):
        assert handoffs_to_authorise(supervisor).get() == own
    assert authorise_handoff(actor=supervisor, handoff_id=own.pk).decided_alone
    review = Review.objects.using("owner").get(kind="acted_alone", about_id=own.pk)
    assert review.facts == {"matter": "authorise_handoff"}
    assert send_handoff(actor=supervisor, handoff_id=own.pk).status == "sent"


AUTHORISED = (
    "status = 'authorised', authorised_at = now(), authorised_digest = '\\x01', authorised_by_id = "
)
ATTACKS = {
    "sent without a second person": ("caseworker", "status = 'sent', sent_at = now()"),
    "authorised by its author": ("caseworker", f"{AUTHORISED} '{{caseworker}}'"),
    "authorised in another's name": ("caseworker", f"{AUTHORISED} '{{supervisor}}'"),
    "alone in a large agency": (
        "supervisor",
        f"decided_alone = true, {AUTHORISED} '{{supervisor}}'",
    ),
    "another receiver while it waits": ("caseworker", "to_agency_id = '{shelter}'"),
    "an author who was none": ("caseworker", "author_ids = '{{}}'"),
}


@pytest.mark.parametrize(("who", "attack"), ATTACKS.values(), ids=ATTACKS)
def test_the_database_says_the_same(cast, pending, who, attack):
    names = {one: getattr(cast, one).pk for one in ("caseworker", "supervisor", "shelter")}
    with pytest.raises(DatabaseError):
        as_application(
            getattr(cast, who),
            f"UPDATE handoffs_handoff SET {attack.format(**names)} WHERE id = %s",
            pending.pk,
        )
    assert stored(pending).status == "pending"


def test_the_word_of_a_second_person_does_not_change(cast, authorised):
    with pytest.raises(DatabaseError, match="what was authorised stays"):
        as_application(
            cast.caseworker,
            "UPDATE handoffs_handoff SET authorised_digest = '\\x01' WHERE id = %s",
            authorised.pk,
        )


def test_both_sides_see_who_stood_behind_it(cast, authorised, client_of):
    send(cast, authorised)
    ours = client_of(cast.caseworker).get(f"/handoffs/{authorised.pk}/").content.decode()
    assert f"{cast.supervisor.name} authorised the handoff" in ours
    theirs = client_of(cast.partner).get(f"/handoffs/desk/{authorised.pk}/").content.decode()
    assert f"{cast.agency.name} authorised the handoff" in theirs
    assert cast.supervisor.name not in theirs


def test_nothing_of_it_is_in_the_log_but_codes(cast, authorised):
    for event in AuditEvent.objects.using("owner").filter(object_id=authorised.pk):
        assert authorised.purpose not in str(event.facts)
