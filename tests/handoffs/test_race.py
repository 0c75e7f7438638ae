"""Two officers answer at once, in real threads: exactly one wins, every time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import connections
from django.utils import timezone

from cases.choices import InformationPoint
from cases.services.consent import give_consent as record_consent
from cases.services.consent import start_consent, withdraw_consent
from core.errors import DomainError, InvalidTransition
from handoffs.models import SigningKey
from handoffs.offline import verify_handoff
from handoffs.services import handoffs
from handoffs.services.handoffs import (
    accept_handoff,
    decline_handoff,
    revoke_handoff,
    send_handoff,
)
from handoffs.services.opening import open_package
from handoffs.services.sealing import take_sealed_file
from tests.factories import compose_handoff, give_consent
from tests.factories import send_handoff as sent_handoff
from tests.handoffs.conftest import events, stored
from tests.handoffs.sealing import give_keys

ROUNDS = 12


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """Do all at the same moment; what each gave, or the refusal it met."""
    start = threading.Barrier(len(deeds))
    results: list[object] = [None] * len(deeds)

    def run(place: int, deed: Callable[[], object]) -> None:
        start.wait()
        try:
            results[place] = deed()
        except DomainError as late:
            results[place] = late
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, deed)) for place, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def winners(results: list[object]) -> int:
    return sum(not isinstance(result, DomainError) for result in results)


@pytest.mark.slow
def test_of_two_answers_exactly_one_wins(cast, story):
    partner, investigator = cast.partner, cast.investigator
    for number in range(ROUNDS):
        handoff = sent_handoff(cast.caseworker, story.case, cast.cyber_unit)

        def decline(pk=handoff.pk):
            return decline_handoff(actor=investigator, handoff_id=pk, reason="no_capacity")

        def accept(pk=handoff.pk, by=partner):
            return accept_handoff(actor=by, handoff_id=pk)

        def accept_too(pk=handoff.pk):
            return accept_handoff(actor=investigator, handoff_id=pk)

        results = at_once(accept, decline if number % 2 else accept_too)
        assert None not in results
        assert winners(results) == 1
        answers = events("handoff.accepted", handoff) + events("handoff.declined", handoff)
        assert len(answers) == 1
        now = stored(handoff)
        assert now.answered_by_id == answers[0].actor_id
        assert answers[0].verb == f"handoff.{now.status}"
        assert now.version == handoff.version + 1


@pytest.mark.slow
def test_an_answer_and_a_revocation_at_once_leave_one_state(cast, story):
    for _ in range(ROUNDS // 3):
        handoff = sent_handoff(cast.caseworker, story.case, cast.cyber_unit)

        def accept(pk=handoff.pk):
            return accept_handoff(actor=cast.partner, handoff_id=pk)

        def revoke(pk=handoff.pk):
            return revoke_handoff(actor=cast.caseworker, handoff_id=pk)

        results = at_once(accept, revoke)
        assert None not in results
        # A revocation also ends what was accepted a moment before; never the other way round.
        assert stored(handoff).status == "revoked"
        with pytest.raises(InvalidTransition):
            open_package(actor=cast.partner, handoff_id=handoff.pk)


@pytest.mark.slow
def test_a_draft_sent_twice_at_once_leaves_once(cast, story):
    for _ in range(ROUNDS // 3):
        draft = compose_handoff(cast.caseworker, story.case, cast.cyber_unit)

        def send(pk=draft.pk):
            return send_handoff(actor=cast.caseworker, handoff_id=pk)

        results = at_once(send, send)
        assert None not in results
        assert winners(results) == 1
        assert len(events("handoff.sent", draft)) == 1
        # The key that was kept is the one the package is sealed with.
        assert open_package(actor=cast.caseworker, handoff_id=draft.pk)["reference"]


def agree(cast, story):
    return give_consent(
        cast.caseworker,
        story.survivor,
        scopes=["share_with_law_enforcement"],
        recipients=[cast.cyber_unit.pk],
        categories=["case_summary"],
    )


@pytest.mark.slow
def test_r_k2_a_withdrawal_in_the_moment_of_sending_is_never_missed(cast, story, monkeypatch):
    """The sender has asked and is told yes, then waits; the survivor takes it back meanwhile."""
    consent = agree(cast, story)
    draft = compose_handoff(
        cast.caseworker,
        story.case,
        cast.cyber_unit,
        legal_basis="consent",
        sections=["case_summary"],
    )
    asked, go_on = threading.Event(), threading.Event()
    ask = handoffs.carried_today

    def ask_and_wait(handoff):
        answer = ask(handoff)
        asked.set()
        go_on.wait(timeout=20)
        return answer

    monkeypatch.setattr(handoffs, "carried_today", ask_and_wait)

    def send():
        return send_handoff(actor=cast.caseworker, handoff_id=draft.pk)

    def take_back():
        assert asked.wait(timeout=20)
        # Whether it waits for the sending or not, the sending goes on.
        threading.Timer(0.5, go_on.set).start()
        return withdraw_consent(actor=cast.second_caseworker, consent_id=consent.pk)

    results = at_once(send, take_back)
    assert None not in results
    assert consent.__class__.objects.using("owner").get(pk=consent.pk).status == "withdrawn"
    # Sent a moment before and stopped, or not sent at all; never left open.
    assert (stored(draft).status, stored(draft).revoked_because) == ("revoked", "ground_gone")


@pytest.mark.slow
def test_two_talks_recorded_at_once_leave_one_consent_in_force(cast, story):
    for _ in range(ROUNDS // 3):
        drafts = [
            start_consent(
                actor=cast.caseworker,
                case_id=story.case.pk,
                person_id=story.survivor.person_id,
                **whole_answers(),
            )
            for _each in range(2)
        ]

        def record(draft):
            return record_consent(actor=cast.caseworker, consent_id=draft.pk, version=draft.version)

        results = at_once(*(partial(record, draft) for draft in drafts))
        assert None not in results
        assert winners(results) == 2
        states = [
            draft.__class__.objects.using("owner").get(pk=draft.pk).status for draft in drafts
        ]
        assert sorted(states) == ["active", "superseded"]


def whole_answers():
    return {
        "given_by": "state_guardian",
        "giver_details": "The duty social worker",
        "order_reference": "Order 26-17",
        "child_assent": "given",
        "information_given": InformationPoint.values,
        "language": "Cebuano",
        "method": "written",
        "scopes": ["case_management"],
        "valid_until": timezone.localdate() + timedelta(days=100),
    }


@pytest.mark.slow
def test_of_two_first_sendings_at_once_both_leave_with_one_signing_key(cast, story):
    keys = give_keys(cast)
    drafts = [compose_handoff(cast.caseworker, story.case, cast.cyber_unit) for _n in range(4)]
    results = at_once(
        *[partial(send_handoff, actor=cast.caseworker, handoff_id=draft.pk) for draft in drafts]
    )
    assert winners(results) == len(drafts)
    signed = SigningKey.objects.using("owner").get()
    for draft in drafts:
        accept_handoff(actor=cast.partner, handoff_id=draft.pk)
        _name, data = take_sealed_file(actor=cast.partner, handoff_id=draft.pk)
        assert verify_handoff.check(data, str(keys.desk.private), signed.public).proven
