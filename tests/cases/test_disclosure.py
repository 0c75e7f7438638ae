"""The one answer about disclosure, as a pure function: nothing leaves that nobody agreed to."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from cases.choices import (
    HOLDS_AT_ONCE,
    NON_ESSENTIAL,
    OTHER_BASES,
    DataCategory,
    LegalBasis,
    Scope,
)
from cases.disclosure import (
    Asked,
    ConsentFacts,
    Facts,
    GroundFacts,
    Subject,
    may_disclose,
)
from handoffs.choices import Section

TODAY = date(2026, 5, 4)
POLICE, SHELTER = uuid.UUID(int=1), uuid.UUID(int=2)
ANA, BEN, THE_ACCUSED, AUNT = (uuid.UUID(int=n) for n in (11, 12, 13, 14))
PEOPLE = (
    Subject(ANA, frozenset({"survivor"}), "S-ANA"),
    Subject(BEN, frozenset({"at_risk_child"}), "S-BEN"),
    Subject(THE_ACCUSED, frozenset({"alleged_offender_source"}), "S-ACC"),
    Subject(AUNT, frozenset({"protective_caregiver"}), "S-AUN"),
)
ALL = frozenset(DataCategory.values)
TELL_POLICE = frozenset({Scope.SHARE_WITH_LAW_ENFORCEMENT.value})


def consent(person=ANA, **over):
    whole = ConsentFacts(
        id=uuid.uuid4(),
        person_id=person,
        status="active",
        child_assent="given",
        scopes=frozenset(Scope.values),
        recipients=frozenset({POLICE}),
        categories=ALL,
        countries=frozenset(),
        valid_from=TODAY - timedelta(days=10),
        valid_until=TODAY + timedelta(days=10),
    )
    return replace(whole, **over)


def ground(**over):
    whole = GroundFacts(
        id=uuid.uuid4(),
        status="approved",
        basis="mandatory_report",
        person_id=None,
        purposes=TELL_POLICE,
        recipient_id=POLICE,
        categories=frozenset({"case_summary", "people"}),
        valid_from=TODAY,
        valid_until=None,
    )
    return replace(whole, **over)


def asked(**over):
    return replace(
        Asked(
            basis="consent",
            purposes=TELL_POLICE,
            on=TODAY,
            recipient_id=POLICE,
            categories=ALL,
            to_investigators=True,
        ),
        **over,
    )


def verdict(*consents, grounds=(), people=PEOPLE[:1], **over):
    return may_disclose(asked(**over), Facts(people, tuple(consents), tuple(grounds)))


def whys(answer):
    return {one.why for one in answer.withheld}


def test_handoffs_and_consents_name_the_same_kinds_of_data():
    assert set(Section.values) == set(DataCategory.values)


def test_r_k1_recipient_purpose_categories_and_time_must_all_be_covered():
    assert verdict(consent()).allowed
    for broken, why in (
        ({"recipients": frozenset({SHELTER})}, "recipient"),
        ({"scopes": frozenset({"service_referral"})}, "scope"),
        ({"categories": frozenset()}, "category"),
        ({"valid_until": TODAY - timedelta(days=1)}, "not_in_force"),
        ({"valid_from": TODAY + timedelta(days=1)}, "not_in_force"),
        ({"status": "withdrawn"}, "not_in_force"),
        ({"status": "draft"}, "no_consent"),
        ({"status": "review_due"}, "review_due"),
    ):
        answer = verdict(consent(**broken))
        assert (answer.allowed, whys(answer)) == (False, {why}), broken
    assert whys(verdict()) == {"no_consent"}
    assert not verdict(consent(), basis="unknown").allowed
    assert not verdict(consent(), basis="").allowed


def test_r_k1_another_country_needs_its_own_yes():
    abroad = {"country": "NL", "purposes": TELL_POLICE | {"cross_border_transfer"}}
    assert whys(verdict(consent(), **abroad)) == {"country"}
    assert verdict(consent(countries=frozenset({"NL"})), **abroad).allowed


def test_one_sibling_agreeing_gives_nothing_of_the_other_away():
    answer = verdict(consent(ANA), people=PEOPLE)
    assert answer.allowed
    assert answer.lets("people", ANA)
    assert answer.lets("identities", ANA)
    assert not answer.lets("people", BEN)
    assert not answer.lets("identities", BEN)
    # What is about both of them needs both.
    assert not any(answer.lets(c) for c in ("case_summary", "content_origin", "notes"))
    assert "S-BEN has not agreed" in answer.words


def test_other_people_leave_only_with_their_own_yes_or_as_the_accused_to_investigators():
    both = (consent(ANA), consent(BEN))
    to_police = verdict(*both, people=PEOPLE)
    assert to_police.lets("identities", THE_ACCUSED)
    assert not to_police.lets("identities", AUNT)
    assert to_police.lets("people", AUNT)
    to_a_service = verdict(*both, people=PEOPLE, to_investigators=False)
    assert not to_a_service.lets("identities", THE_ACCUSED)
    with_the_aunt = verdict(*both, consent(AUNT), people=PEOPLE)
    assert with_the_aunt.lets("identities", AUNT)


def test_r_k3_a_childs_no_outweighs_a_guardians_yes_for_what_no_service_needs():
    said_no = consent(child_assent="refused")
    for scope in NON_ESSENTIAL:
        answer = verdict(said_no, purposes=frozenset({scope.value}))
        assert (answer.allowed, whys(answer)) == (False, {"child_refused"}), scope
    assert verdict(said_no).allowed
    assert verdict(said_no, purposes=frozenset({"service_referral"})).allowed


def test_r_k5_one_scope_alone_carries_what_it_is_for_and_nothing_else():
    only = consent(scopes=frozenset({"case_management"}))
    for scope in Scope.values:
        assert verdict(only, purposes=frozenset({scope})).allowed is (scope == "case_management")


def test_r_k8_a_story_needs_its_own_yes_and_ends():
    story = frozenset({Scope.STORY_OR_MEDIA.value})
    everything_else = frozenset(Scope.values) - story
    assert whys(verdict(consent(scopes=everything_else), purposes=story)) == {"scope"}
    agreed = consent(scopes=story)
    assert verdict(agreed, purposes=story).allowed
    assert not verdict(
        replace(agreed, valid_until=TODAY - timedelta(days=1)), purposes=story
    ).allowed


def test_r_k7_another_basis_carries_only_what_was_recorded_for_this_receiver():
    answer = verdict(basis="mandatory_report", grounds=[ground()])
    assert answer.allowed
    assert [answer.lets(c) for c in ("case_summary", "notes")] == [True, False]
    assert answer.lets("people", ANA)
    assert not answer.lets("identities", ANA)
    for broken in (
        {"recipient_id": SHELTER},
        {"basis": "public_task"},
        {"status": "declined"},
        {"status": "ended"},
        {"valid_until": TODAY - timedelta(days=1)},
        {"purposes": frozenset({"research"})},
    ):
        assert not verdict(basis="mandatory_report", grounds=[ground(**broken)]).allowed, broken


def test_r_k7_only_a_life_and_a_mandatory_report_hold_before_they_are_approved():
    for basis in OTHER_BASES:
        waiting = ground(basis=basis, status="proposed")
        answer = verdict(basis=basis, grounds=[waiting])
        assert answer.allowed is (basis in HOLDS_AT_ONCE), basis


def test_a_ground_about_one_person_gives_nothing_of_the_others_away():
    answer = verdict(basis="mandatory_report", grounds=[ground(person_id=ANA)], people=PEOPLE)
    assert answer.lets("people", ANA)
    assert not answer.lets("people", BEN)
    assert not answer.lets("case_summary")


IDS = [ANA, BEN, THE_ACCUSED, AUNT]
consents = st.builds(
    ConsentFacts,
    id=st.uuids(),
    person_id=st.sampled_from(IDS),
    status=st.sampled_from(["active", "active", "active", "withdrawn", "review_due", "refused"]),
    child_assent=st.sampled_from(["given", "refused", "not_sought", "not_applicable"]),
    scopes=st.frozensets(st.sampled_from(Scope.values)),
    recipients=st.frozensets(st.sampled_from([POLICE, SHELTER])),
    categories=st.frozensets(st.sampled_from(DataCategory.values)),
    countries=st.frozensets(st.sampled_from(["NL", "GB"])),
    valid_from=st.sampled_from([TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=1)]),
    valid_until=st.sampled_from([TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=9)]),
)
grounds = st.builds(
    GroundFacts,
    id=st.uuids(),
    status=st.sampled_from(["proposed", "approved", "declined", "ended"]),
    basis=st.sampled_from([b.value for b in OTHER_BASES]),
    person_id=st.sampled_from([None, ANA, BEN]),
    purposes=st.frozensets(st.sampled_from(Scope.values)),
    recipient_id=st.sampled_from([None, POLICE, SHELTER]),
    categories=st.frozensets(st.sampled_from(DataCategory.values)),
    valid_from=st.sampled_from([TODAY, TODAY + timedelta(days=1)]),
    valid_until=st.sampled_from([None, TODAY]),
)
questions = st.builds(
    Asked,
    basis=st.sampled_from(LegalBasis.values),
    purposes=st.frozensets(st.sampled_from(Scope.values), min_size=1, max_size=2),
    on=st.just(TODAY),
    recipient_id=st.sampled_from([None, POLICE, SHELTER]),
    country=st.sampled_from(["", "NL"]),
    categories=st.frozensets(st.sampled_from(DataCategory.values), min_size=1),
    to_investigators=st.booleans(),
)


def agreed(consent, question, category):
    """Said again in other words than the code's: everything must be named by one consent."""
    blocked = consent.child_assent == "refused" and question.purposes & set(NON_ESSENTIAL)
    return (
        consent.status == "active"
        and consent.valid_from <= question.on <= consent.valid_until
        and question.purposes <= consent.scopes
        and not blocked
        and (question.recipient_id is None or question.recipient_id in consent.recipients)
        and (not question.country or question.country in consent.countries)
        and category in consent.categories
    )


def holds(ground, question, category, person):
    live = ground.status == "approved" or (
        ground.status == "proposed" and ground.basis in ("vital_interests", "mandatory_report")
    )
    return (
        live
        and ground.basis == question.basis
        and ground.recipient_id == question.recipient_id
        and question.purposes <= ground.purposes
        and category in ground.categories
        and ground.person_id in (None, person)
        and ground.valid_from <= question.on
        and (ground.valid_until is None or question.on <= ground.valid_until)
    )


@settings(max_examples=400, deadline=None)
@given(question=questions, said=st.lists(consents, max_size=6), law=st.lists(grounds, max_size=4))
def test_r_k1_what_leaves_is_never_more_than_what_was_agreed_to_or_recorded(question, said, law):
    facts = Facts(PEOPLE, tuple(said), tuple(law))
    answer = may_disclose(question, facts)
    for category in question.categories:
        by_person = category in ("people", "identities")
        for person in PEOPLE if by_person else [None]:
            if not answer.lets(category, person.person_id if person else None):
                continue
            if question.basis != "consent":
                who = person.person_id if person else None
                assert any(holds(one, question, category, who) for one in law)
                continue
            if person is None:
                needed = [ANA, BEN]
            elif person.is_subject:
                needed = [person.person_id]
            else:
                own = any(
                    one.person_id == person.person_id and agreed(one, question, category)
                    for one in said
                )
                needed = [] if own else [ANA, BEN]
                if not own and category == "identities":
                    assert person.is_alleged_offender
                    assert question.to_investigators
            for who in needed:
                assert any(one.person_id == who and agreed(one, question, category) for one in said)
