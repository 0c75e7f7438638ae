"""What is learnt later undoes a consent, in every case, whoever learns it and wherever."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection, connections, transaction
from django.urls import reverse
from django.utils import timezone

from audit.acting import open_settings
from audit.models import AuditEvent
from audit.reading import reading
from cases.models import CaseParticipant, Consent
from cases.services.family import join_household
from cases.services.identity import correct_identity
from cases.services.legal_status import change_legal_status, give_role
from core.approx_dates import ApproxDate
from tests.factories import add_participant, give_consent, open_case


@pytest.fixture
def case(cast):
    return open_case(cast.caseworker)


@pytest.fixture
def child(cast, case):
    return add_participant(cast.caseworker, case, birth_year=timezone.localdate().year - 12)


@pytest.fixture
def aunt(cast, case):
    return add_participant(cast.caseworker, case, role="protective_caregiver")


def stored(consent):
    return Consent.objects.using("owner").get(pk=consent.pk)


def asked_again(consent):
    """(status, why) of a consent as it stands."""
    now = stored(consent)
    return now.status, now.ask_again_because


def by(cast, place, giver, **over):
    who = {"given_by": "caregiver", "giver_id": giver.person_id, **over}
    return give_consent(cast.caseworker, place, **who)


def accuse(cast, place, actor=None, **over):
    values = {"role": "alleged_offender_source", "legal_status": "suspect", **over}
    return give_role(actor=actor or cast.caseworker, participant_id=place.pk, **values)


def lives(cast, place, household=None):
    return join_household(
        actor=cast.caseworker,
        participant_id=place.pk,
        source="survivor_statement",
        household_id=household,
        since=ApproxDate.parse("2020"),
    )


def test_r_k4_whoever_answered_and_turns_out_an_alleged_offender_decides_no_more(
    cast, case, child, aunt, client_of
):
    consent = by(cast, child, aunt)
    other = give_consent(cast.caseworker, add_participant(cast.caseworker, case))
    accuse(cast, aunt)
    assert asked_again(consent) == ("review_due", "conflict")
    assert stored(other).status == "active"
    (event,) = AuditEvent.objects.filter(verb="consent.to_ask_again")
    assert (event.object_id, event.case_id) == (consent.pk, case.pk)
    assert event.facts == {"because": "conflict", "handoffs_stopped": 0}
    client = client_of(cast.caseworker)
    page = client.get(reverse("cases:consent", args=[consent.pk])).content.decode()
    assert "Ask again: conflict found" in page
    assert "until somebody else answers" in page
    assert "who answered may not" in client.get("/").content.decode()


def test_r_k4_an_interpreter_and_a_child_whose_behaviour_harmed_count_as_well(
    cast, case, child, aunt
):
    helper = add_participant(cast.caseworker, case, role="support_person")
    consent = give_consent(
        cast.caseworker,
        child,
        interpreter_use="of_the_case",
        interpreter_id=helper.person_id,
    )
    brother = add_participant(cast.caseworker, case, role="household_member")
    by_brother = by(cast, aunt_of(cast, case), brother)
    accuse(cast, helper)
    assert asked_again(consent) == ("review_due", "conflict")
    accuse(cast, brother, role="child_displaying_hsb", legal_status="not_applicable")
    assert asked_again(by_brother) == ("review_due", "conflict")


def aunt_of(cast, case):
    return add_participant(cast.caseworker, case, birth_year=timezone.localdate().year - 11)


def test_r_k4_moving_in_with_an_alleged_offender_ends_it_from_either_side(cast, case, child, aunt):
    uncle = add_participant(
        cast.caseworker, case, role="alleged_offender_source", legal_status="suspect"
    )
    consent = by(cast, child, aunt)
    home = lives(cast, uncle).household_id
    assert stored(consent).status == "active"
    lives(cast, aunt, home)
    assert asked_again(consent) == ("review_due", "conflict")
    # And where the alleged offender moves in with whoever answered.
    neighbour = add_participant(cast.caseworker, case, role="support_person")
    theirs = lives(cast, neighbour).household_id
    again = by(cast, child, neighbour)
    lives(cast, uncle, theirs)
    assert asked_again(again) == ("review_due", "conflict")


def test_r_k4_a_change_of_legal_status_is_looked_at(cast, case, child, aunt):
    accused = accuse(cast, aunt, legal_status="person_of_interest")
    change_legal_status(
        actor=cast.caseworker,
        participant_id=accused.pk,
        to="suspect",
        happened_on=timezone.localdate(),
        source="court_record",
    )
    assert not AuditEvent.objects.filter(verb="consent.to_ask_again").exists()
    # Cleared first, so that a consent could be given; then the law moves again.
    as_owner_set_status(accused, "discharged")
    consent = by(cast, child, aunt)
    as_owner_set_status(accused, "person_of_interest")
    change_legal_status(
        actor=cast.caseworker,
        participant_id=accused.pk,
        to="suspect",
        happened_on=timezone.localdate(),
        source="court_record",
    )
    assert asked_again(consent) == ("review_due", "conflict")


def as_owner_set_status(place, status):
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, true)")
        cursor.execute(
            "UPDATE cases_caseparticipant SET legal_status = %s WHERE id = %s", [status, place.pk]
        )


@pytest.fixture
def elsewhere(cast, child, aunt):
    """The same child and aunt in a case of the south team, which the north team does not see."""
    south = cast.south_caseworker
    hidden = open_case(south)
    places = {}
    for place in (child, aunt):
        moved = CaseParticipant(
            case=hidden, person_id=place.person_id, role=place.role, legal_status="not_applicable"
        )
        with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
            cursor.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, true)")
            moved.save(using="owner", force_insert=True)
        places[place.role] = moved
    with reading(cast.caseworker):
        assert not Consent.objects.visible_to(cast.caseworker).filter(case=hidden).exists()
    return places


def test_r_k4_it_is_asked_again_in_cases_that_nobody_there_sees(cast, child, aunt, elsewhere):
    here = by(cast, child, aunt)
    there = give_consent(
        cast.south_caseworker,
        elsewhere["survivor"],
        given_by="caregiver",
        giver_id=aunt.person_id,
    )
    accuse(cast, aunt)
    assert asked_again(here) == asked_again(there) == ("review_due", "conflict")
    cases = set(
        AuditEvent.objects.filter(verb="consent.to_ask_again").values_list("case_id", flat=True)
    )
    assert cases == {child.case_id, there.case_id}


def test_r_k6_a_corrected_birth_date_counts_in_cases_that_nobody_there_sees(cast, child, elsewhere):
    there = give_consent(cast.south_caseworker, elsewhere["survivor"])
    this_year = timezone.localdate().year
    correct(cast, child, date(this_year - 11, 1, 5))
    assert stored(there).status == "active"
    correct(cast, child, date(this_year - 19, 1, 5), version=1)
    assert asked_again(there) == ("review_due", "turned_18")


def correct(cast, place, birthdate, version=0):
    return correct_identity(
        actor=cast.caseworker,
        person_id=place.person_id,
        version=version,
        reason="The birth certificate says so.",
        changes={"birthdate": birthdate},
    )


def test_r_k3_what_somebody_agreed_to_alone_ends_when_they_turn_out_to_be_a_child(
    cast, case, client_of
):
    this_year = timezone.localdate().year
    alone = {"given_by": "individual", "giver_details": "", "order_reference": ""}
    thought_grown = add_participant(cast.caseworker, case)
    consent = give_consent(cast.caseworker, thought_grown, **alone)
    assert consent.child_assent == "not_applicable"
    correct(cast, thought_grown, date(this_year - 25, 1, 5))
    assert stored(consent).status == "active"
    correct(cast, thought_grown, date(this_year - 14, 1, 5), version=1)
    assert asked_again(consent) == ("review_due", "is_a_child")
    client = client_of(cast.caseworker)
    page = client.get(reverse("cases:consent", args=[consent.pk])).content.decode()
    assert "They turned out to be a child" in page
    assert "Ask for consent again: is a child" in client.get("/").content.decode()
    # Old enough to decide with a named decision-maker: that holds as long as they are.
    decided = {"best_interest": "She understands it.", "decided_by": "The duty officer"}
    older = add_participant(
        cast.caseworker, case, identity={"birthdate": date(this_year - 17, 1, 5).isoformat()}
    )
    with_reasons = give_consent(
        cast.caseworker,
        older,
        **alone,
        **decided,
        valid_until=timezone.localdate() + timedelta(days=90),
    )
    correct(cast, older, date(this_year - 17, 2, 6), version=1)
    assert stored(with_reasons).status == "active"
    correct(cast, older, date(this_year - 13, 2, 6), version=2)
    assert asked_again(with_reasons) == ("review_due", "is_a_child")


def test_the_database_ends_no_consent_without_a_reason_of_its_own(cast, child, aunt):
    """Called directly by the application's login, in an act, as no service would."""
    consent = by(cast, child, aunt)

    def ends(actor, because):
        with transaction.atomic(), connection.cursor() as cursor:
            open_settings(actor=actor.pk, act=consent.pk)
            cursor.execute("SELECT liwanag_ask_consent_again(%s, %s)", [consent.pk, because])
            return cursor.fetchone()[0]

    def tells(actor):
        with transaction.atomic(), connection.cursor() as cursor:
            open_settings(actor=actor.pk, act=None)
            cursor.execute("SELECT id FROM liwanag_consents_undone_by(%s)", [child.person_id])
            return [row[0] for row in cursor.fetchall()]

    assert ends(cast.caseworker, "conflict") is False
    for stranger in (cast.south_caseworker, cast.stranger_caseworker, cast.clinician):
        assert ends(stranger, "is_a_child") is False
    assert stored(consent).status == "active"
    assert tells(cast.caseworker) == [consent.pk]
    assert tells(cast.south_caseworker) == tells(cast.partner) == []
