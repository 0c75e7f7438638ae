"""A partner that is closed gets nothing more, and what it has closes (R-K1, R-K2)."""

from __future__ import annotations

import pytest
from django.db import DatabaseError

from accounts.services.partners import close_agency, reopen_agency
from audit.models import OutboxMessage
from core.errors import DomainError
from handoffs.grounds import NoGround
from handoffs.services import handoffs as services
from handoffs.services.opening import open_package
from handoffs.services.stopping import confirm_stopped
from handoffs.tasks import stop_uncovered
from tests.factories import compose_handoff, send_handoff
from tests.handoffs.conftest import events, stored
from tests.handoffs.test_agreement_below import SEND, as_application

SECTIONS = ["case_summary", "content_origin"]


@pytest.fixture
def close(cast):
    return lambda: close_agency(actor=cast.admin, agency_id=cast.cyber_unit.pk)


def test_a_draft_to_it_does_not_leave_below_python_either(cast, story, close):
    draft = compose_handoff(cast.caseworker, story.case, cast.cyber_unit, sections=SECTIONS)
    close()
    with pytest.raises(DomainError, match="agency that works with us"):
        services.send_handoff(actor=cast.caseworker, handoff_id=draft.pk)
    with pytest.raises(DatabaseError, match="nothing leaves to a closed agency"):
        as_application(cast.caseworker, SEND, cast.caseworker.pk, draft.pk)
    assert not stored(draft).has_left


def test_what_is_on_its_way_and_what_is_in_use_stops_and_the_receiver_says_so(cast, story, close):
    waiting = send_handoff(cast.caseworker, story.case, cast.cyber_unit, sections=SECTIONS)
    in_use = send_handoff(cast.caseworker, story.case, cast.cyber_unit, sections=SECTIONS)
    services.accept_handoff(actor=cast.partner, handoff_id=in_use.pk)
    open_package(actor=cast.partner, handoff_id=in_use.pk)
    close()
    with pytest.raises(NoGround):
        open_package(actor=cast.partner, handoff_id=in_use.pk)
    assert OutboxMessage.objects.filter(task="handoffs.stop_uncovered").count() == 1
    assert stop_uncovered.apply().get() == 2
    for handoff in (waiting, in_use):
        assert (stored(handoff).status, stored(handoff).revoked_because) == (
            "revoked",
            "ground_gone",
        )
    told = [event.facts["opened_before"] for event in events("handoff.stopped")]
    assert sorted(told) == [False, True]
    # Its people can still sign in for this.
    confirm_stopped(actor=cast.partner, handoff_id=in_use.pk)
    reopen_agency(actor=cast.admin, agency_id=cast.cyber_unit.pk)
    assert stored(waiting).status == "revoked", "what was stopped stays stopped"


def test_a_partner_that_is_opened_again_at_once_keeps_what_it_has(cast, story, close):
    handoff = send_handoff(cast.caseworker, story.case, cast.cyber_unit, sections=SECTIONS)
    close()
    reopen_agency(actor=cast.admin, agency_id=cast.cyber_unit.pk)
    assert stop_uncovered.apply().get() == 0
    services.accept_handoff(actor=cast.partner, handoff_id=handoff.pk)
    open_package(actor=cast.partner, handoff_id=handoff.pk)
