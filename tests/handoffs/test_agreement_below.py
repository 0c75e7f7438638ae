"""The database lets nothing leave without an agreement in force, whatever the services believe."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connections, transaction

from tests.factories import compose_handoff
from tests.handoffs.conftest import stored

SEND = (
    "UPDATE handoffs_handoff SET status = 'sent', version = version + 1, sent_at = now(), "
    "sent_by_id = %s WHERE id = %s"
)


def as_application(actor, query, *parameters):
    """Run a statement as the application with somebody's name set, in an act, without a service."""
    with transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT set_config('liwanag.act', gen_random_uuid()::text, true), "
            "set_config('liwanag.actor', %s, true)",
            [str(actor.pk)],
        )
        cursor.execute(query, parameters)
        return cursor.rowcount


def as_time_would(query):
    """Change the directory below the services, every trigger in its place."""
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, true)")
        cursor.execute(query)


@pytest.fixture
def draft(cast, story):
    return compose_handoff(
        cast.caseworker, story.case, cast.cyber_unit, sections=["case_summary", "content_origin"]
    )


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE accounts_datasharingagreement SET valid_until = current_date - 2, "
        "valid_from = '2024-01-01'",
        "UPDATE accounts_datasharingagreement SET valid_from = current_date + 3",
        "UPDATE accounts_datasharingagreement SET categories = '{case_summary}'",
        "UPDATE accounts_datasharingagreement SET from_agency_id = "
        "(SELECT id FROM accounts_agency WHERE short_code = 'HLS')",
        "UPDATE handoffs_handoff SET agreement_id = NULL",
    ],
    ids=["lapsed", "not begun", "too narrow", "another's", "none"],
)
def test_nothing_is_sent_below_the_services_on_an_agreement_that_does_not_carry_it(
    cast, draft, change
):
    as_time_would(change)
    with pytest.raises(DatabaseError, match="nothing leaves without an agreement"):
        as_application(cast.caseworker, SEND, cast.caseworker.pk, draft.pk)
    assert not stored(draft).has_left


def test_an_agreement_in_force_lets_it_leave(cast, draft):
    assert as_application(cast.caseworker, SEND, cast.caseworker.pk, draft.pk) == 1


def test_a_legal_duty_needs_no_agreement(cast, story):
    draft = compose_handoff(
        cast.caseworker,
        story.case,
        cast.shelter,
        sections=["people"],
        legal_basis="legal_obligation",
    )
    assert as_application(cast.caseworker, SEND, cast.caseworker.pk, draft.pk) == 1


def test_no_handoff_is_born_sent(cast, draft):
    with pytest.raises(DatabaseError, match="begins as a draft"):
        as_application(
            cast.caseworker,
            "INSERT INTO handoffs_handoff SELECT (jsonb_populate_record(h, jsonb_build_object("
            "'id', gen_random_uuid(), 'reference', 'H-ZZZZ-99', 'status', 'sent', "
            "'sent_at', now()))).* FROM handoffs_handoff h WHERE h.id = %s",
            draft.pk,
        )
