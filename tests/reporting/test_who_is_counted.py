"""Only survivors who agreed, or for whom another basis is recorded, are in any figure."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from django.db import connections
from django.utils import timezone

from audit.reading import reading
from cases.choices import OTHER_BASES
from cases.disclosure import Asked, may_disclose
from cases.selectors.disclosure import disclosure_facts
from cases.services.consent import withdraw_consent
from cases.services.grounds import record_legal_ground
from reporting.facts import uncounted_survivors
from tests.factories import (
    add_participant,
    approve_grounds,
    give_consent,
    log_referral,
    open_case,
)

COUNT = frozenset({"aggregate_statistics"})


def counted():
    with connections["reporting"].cursor() as cursor:
        cursor.execute("SELECT person_key FROM fact_survivor")
        return {row[0] for row in cursor.fetchall()}


def keys_of(*ids):
    """What stands for these ids in the facts; as the owner, who alone holds the salt."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT salt FROM reporting_fact_salt")
        salt = bytes(cursor.fetchone()[0])
    return {UUID(bytes=sha256(salt + one.bytes).digest()[:16]) for one in ids}


def may_be_counted(actor, case, place):
    """What the one question answers, over any of the bases."""
    with reading(actor):
        facts = disclosure_facts(case.pk)
    bases = ["consent", *(basis.value for basis in OTHER_BASES)]
    return any(
        may_disclose(Asked(basis=basis, purposes=COUNT, on=timezone.localdate()), facts).lets(
            "", place.person_id
        )
        for basis in bases
    )


def test_r_k1_the_view_and_the_one_question_agree_whoever_said_what(cast):
    worker, today = cast.caseworker, timezone.localdate()
    case, other = open_case(worker), open_case(worker)
    yes = {"scopes": ["case_management", "aggregate_statistics"]}
    silent, agrees, refuses, took_back, ran_out, of_other, accused = (
        add_participant(worker, case),
        add_participant(worker, case),
        add_participant(worker, case, role="at_risk_child"),
        add_participant(worker, case),
        add_participant(worker, case),
        add_participant(worker, other),
        add_participant(worker, case, role="alleged_offender_source", legal_status="suspect"),
    )
    give_consent(worker, agrees, child_assent="refused", **yes)
    give_consent(worker, refuses, refused_scopes=["aggregate_statistics"])
    gone = give_consent(worker, took_back, **yes)
    withdraw_consent(actor=worker, consent_id=gone.pk, scopes=["aggregate_statistics"])
    give_consent(worker, ran_out, valid_from=today + timedelta(days=1), **yes)
    assert counted() == keys_of(agrees.person_id)
    everybody = [silent, agrees, refuses, took_back, ran_out]
    asked = {place: may_be_counted(worker, case, place) for place in everybody}
    assert [place for place, yes_ in asked.items() if yes_] == [agrees]
    assert uncounted_survivors(cast.agency.pk) == 5
    # Another basis, for one person of the other case; it counts once somebody approved it.
    record_legal_ground(
        actor=worker,
        case_id=other.pk,
        basis="public_task",
        reason="A yearly figure that the law asks for.",
        purposes=["aggregate_statistics"],
        person_id=of_other.person_id,
    )
    assert counted() == keys_of(agrees.person_id)
    approve_grounds(worker, other.pk)
    assert counted() == keys_of(agrees.person_id, of_other.person_id)
    assert may_be_counted(worker, other, of_other)
    assert not keys_of(accused.person_id) & counted()
    assert uncounted_survivors(cast.agency.pk) == 4


def test_no_key_of_a_fact_is_the_id_of_a_record(cast):
    case = open_case(cast.caseworker)
    place = add_participant(cast.caseworker, case)
    give_consent(cast.caseworker, place, scopes=["case_management", "aggregate_statistics"])
    referral = log_referral(cast.intake)
    ids = {place.person_id, place.pk, case.pk, referral.pk}
    with connections["reporting"].cursor() as cursor:
        cursor.execute("SELECT person_key, case_key FROM fact_survivor")
        keys = set(cursor.fetchone())
        cursor.execute("SELECT referral_key FROM fact_referral")
        keys |= {key for (key,) in cursor.fetchall()}
        assert len(keys) >= 3
        assert not keys & ids
        # The same record has the same key each time; nobody who reads facts can tell of which id.
        assert keys_of(referral.pk, case.pk, place.person_id) <= keys
        with pytest.raises(Exception, match="permission denied"):
            cursor.execute("SELECT salt FROM reporting_fact_salt")
