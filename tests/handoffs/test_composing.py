"""Composing: what may be written down as a handoff, and on what ground."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.services.directory import add_agreement
from cases.models import Case
from core.errors import Conflict, Denied, DomainError, InvalidTransition
from handoffs.grounds import NoGround
from handoffs.models import Handoff
from handoffs.services.handoffs import change_handoff, send_handoff
from tests.factories import compose_handoff, open_case
from tests.handoffs.conftest import events, stored, tomorrow, write_as_owner


def nothing_was_written() -> bool:
    return not Handoff.objects.using("owner").exists() and not events("handoff.composed")


def test_composing_writes_a_draft_with_its_agreement_and_an_event_of_codes(cast, story):
    handoff = compose_handoff(cast.caseworker, story.case, cast.cyber_unit, authorised=False)
    assert (handoff.status, handoff.from_agency) == ("draft", cast.agency)
    assert handoff.agreement.reference == "DSA-NCRU-1"
    event = events("handoff.composed", handoff)[0]
    assert event.case_id == story.case.pk
    assert handoff.purpose not in str(event.facts)


def test_r_k10_investigators_always_get_the_kind_of_harm(cast, story):
    handoff = compose_handoff(
        cast.caseworker, story.case, cast.cyber_unit, sections=["case_summary"]
    )
    assert handoff.sections == ["case_summary", "content_origin"]


def test_r_d2_a_shelter_gets_what_was_chosen_and_no_more(cast, story):
    handoff = compose_handoff(
        cast.caseworker,
        story.case,
        cast.shelter,
        sections=["people", "people"],
        legal_basis="vital_interests",
    )
    assert handoff.sections == ["people"]


def test_a_case_of_another_team_does_not_exist(cast, story):
    with pytest.raises(Case.DoesNotExist):
        compose_handoff(cast.south_caseworker, story.case, cast.cyber_unit)
    assert nothing_was_written()


def test_a_role_that_composes_nothing_is_refused_and_that_is_recorded(cast, story):
    with pytest.raises(Denied):
        compose_handoff(cast.legal, story.case, cast.cyber_unit)
    assert nothing_was_written()
    assert events("act.refused")[-1].facts == {"permission": "handoffs.compose_handoff"}


def test_names_are_refused_to_whoever_may_not_open_them(cast, story):
    with pytest.raises(Denied):
        compose_handoff(cast.liaison, story.case, cast.cyber_unit, sections=["identities"])
    assert nothing_was_written()
    assert events("act.refused")[-1].facts == {"permission": "cases.show_identity"}


def test_a_legal_duty_needs_no_agreement(cast, story):
    for basis in ("legal_obligation", "vital_interests", "mandatory_report"):
        handoff = compose_handoff(cast.caseworker, story.case, cast.shelter, legal_basis=basis)
        assert handoff.agreement is None


@pytest.mark.parametrize("basis", ["consent", "public_task", "legal_claims"])
def test_without_an_agreement_other_grounds_do_not_carry(cast, story, basis):
    with pytest.raises(NoGround) as refused:
        compose_handoff(cast.caseworker, story.case, cast.shelter, legal_basis=basis)
    assert (refused.value.field, refused.value.code) == ("to_agency", "no_ground")
    assert nothing_was_written()


@pytest.mark.parametrize("basis", ["unknown", "because", ""])
def test_a_basis_that_is_none_is_refused(cast, story, basis):
    with pytest.raises(NoGround) as refused:
        compose_handoff(cast.caseworker, story.case, cast.cyber_unit, legal_basis=basis)
    assert refused.value.field == "legal_basis"
    assert nothing_was_written()


def test_an_agreement_must_cover_every_section(cast, story):
    write_as_owner(
        "UPDATE accounts_datasharingagreement SET categories = '{case_summary,content_origin}'"
    )
    with pytest.raises(NoGround, match="People by code and role") as refused:
        compose_handoff(cast.caseworker, story.case, cast.cyber_unit)
    assert refused.value.field == "sections"
    assert nothing_was_written()
    compose_handoff(cast.caseworker, story.case, cast.cyber_unit, sections=["case_summary"])


def test_the_harm_that_investigators_get_must_be_covered_too(cast, story):
    write_as_owner("UPDATE accounts_datasharingagreement SET categories = '{case_summary}'")
    with pytest.raises(NoGround, match="Kind of harm"):
        compose_handoff(cast.caseworker, story.case, cast.cyber_unit, sections=["case_summary"])
    assert nothing_was_written()


@pytest.mark.parametrize(("start", "end"), [(-30, -1), (1, None)])
def test_an_agreement_that_is_not_in_force_carries_nothing(cast, story, start, end):
    today = timezone.localdate()
    add_agreement(
        actor=cast.admin,
        reference="DSA-HLS-1",
        to_agency_id=cast.shelter.pk,
        scope="Shelter",
        categories=["case_summary", "people"],
        valid_from=today + timedelta(days=start),
        valid_until=today + timedelta(days=end) if end else None,
    )
    with pytest.raises(NoGround, match="not in force"):
        compose_handoff(cast.caseworker, story.case, cast.shelter)
    assert nothing_was_written()


def test_an_agreement_in_the_other_direction_carries_nothing(cast, story):
    write_as_owner(
        "UPDATE accounts_datasharingagreement SET from_agency_id = to_agency_id, "
        "to_agency_id = from_agency_id"
    )
    with pytest.raises(NoGround):
        compose_handoff(cast.caseworker, story.case, cast.cyber_unit)
    assert nothing_was_written()


def test_ones_own_agency_is_no_receiver(cast, story):
    with pytest.raises(DomainError) as refused:
        compose_handoff(cast.caseworker, story.case, cast.agency, legal_basis="legal_obligation")
    assert refused.value.field == "to_agency"
    assert nothing_was_written()


def test_an_agency_that_is_closed_is_no_receiver(cast, story):
    write_as_owner("UPDATE accounts_agency SET is_active = false WHERE short_code = 'NCRU'")
    with pytest.raises(DomainError) as refused:
        compose_handoff(cast.caseworker, story.case, cast.cyber_unit)
    assert refused.value.field == "to_agency"
    assert nothing_was_written()


def test_people_of_a_partner_cannot_find_agencies_they_have_no_agreement_with(cast):
    case = open_case(cast.stranger_caseworker)
    with pytest.raises(DomainError) as refused:
        compose_handoff(
            cast.stranger_caseworker, case, cast.cyber_unit, legal_basis="legal_obligation"
        )
    assert refused.value.field == "to_agency"
    assert nothing_was_written()


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"answer_by": date(2020, 1, 1)}, "answer_by"),
        ({"purpose": ""}, "purpose"),
        ({"purpose": "  \n "}, "purpose"),
        ({"purpose": "to help " * 37 + "them!"}, "purpose"),
        ({"purpose": "See https://example.org/album"}, "purpose"),
        ({"sections": []}, "sections"),
        ({"sections": ["case_summary", "everything"]}, "sections"),
        ({"kind": "gossip"}, "kind"),
        ({"urgency": "yesterday"}, "urgency"),
    ],
)
def test_a_value_that_breaks_a_rule_is_named(cast, story, over, field):
    with pytest.raises(DomainError) as refused:
        compose_handoff(cast.caseworker, story.case, cast.cyber_unit, **over)
    assert refused.value.field == field
    assert nothing_was_written()


def test_a_purpose_of_300_characters_and_an_answer_today_are_fine(cast, story):
    handoff = compose_handoff(
        cast.caseworker,
        story.case,
        cast.cyber_unit,
        purpose="to help " * 37 + "them",
        answer_by=timezone.localdate(),
    )
    assert len(stored(handoff).purpose) == 300


def changed(cast, handoff, version, **over):
    values = {
        "to_agency_id": cast.cyber_unit.pk,
        "kind": "joint_work",
        "purpose": "Another purpose",
        "legal_basis": "public_task",
        "sections": ["people"],
        "answer_by": tomorrow(),
    }
    return change_handoff(
        actor=cast.second_caseworker, handoff_id=handoff.pk, version=version, **{**values, **over}
    )


def test_a_colleague_changes_a_draft(cast, story):
    handoff = compose_handoff(cast.caseworker, story.case, cast.cyber_unit, authorised=False)
    changed(cast, handoff, version=1)
    now = stored(handoff)
    assert (now.purpose, now.version, now.sections) == (
        "Another purpose",
        2,
        ["content_origin", "people"],
    )
    assert events("handoff.changed", handoff)


def test_the_second_to_change_a_draft_is_told(cast, story):
    handoff = compose_handoff(cast.caseworker, story.case, cast.cyber_unit, authorised=False)
    changed(cast, handoff, version=1)
    with pytest.raises(Conflict):
        changed(cast, handoff, version=1, purpose="A third purpose")
    assert stored(handoff).purpose == "Another purpose"


def test_what_was_sent_cannot_be_changed(cast, story):
    handoff = compose_handoff(cast.caseworker, story.case, cast.cyber_unit)
    send_handoff(actor=cast.caseworker, handoff_id=handoff.pk)
    with pytest.raises(InvalidTransition):
        changed(cast, handoff, version=2)
    assert stored(handoff).purpose == handoff.purpose


def test_changing_is_bound_by_the_same_ground_as_composing(cast, story):
    handoff = compose_handoff(cast.caseworker, story.case, cast.cyber_unit, authorised=False)
    with pytest.raises(NoGround):
        changed(cast, handoff, version=1, to_agency_id=cast.shelter.pk)
    assert stored(handoff).to_agency_id == cast.cyber_unit.pk
