"""R-D2: what leaves is cut to the kind of agency that receives it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accounts.models import AgencyType
from core.errors import DomainError
from handoffs.package import build_package
from handoffs.policies import sections_for
from handoffs.profiles import PROFILES, profile_for
from tests.factories import compose_handoff
from tests.handoffs.test_package import NOTE, READ, SURVIVOR, TERMS

SECTIONS = ("case_summary", "content_origin", "people", "identities", "notes")
SURVIVOR = replace(
    SURVIVOR,
    identity={
        "first_name": "Marikit",
        "identity_number": "ID-77",
        "phones": ["5550142"],
        "street": "17 Sampaguita Lane",
    },
)
ACCUSED = replace(
    SURVIVOR,
    code="S-ACCU-11",
    role="alleged_offender_source",
    legal_status="suspect",
    identity={"first_name": "Ramil", "identity_number": "ID-78"},
)
# The same person once more: somebody of the household.
AGAIN = replace(ACCUSED, role="household_member", legal_status="not_applicable")
LEGAL = replace(NOTE, kind="legal", parts={"facts_reported": "The hearing is moved."})
JUDGED = replace(
    NOTE, kind="contact", parts={"observations": "She was calm.", "professional_assessment": "Ok."}
)
WHOLE = replace(READ, people=[SURVIVOR, ACCUSED, AGAIN], notes=[LEGAL, JUDGED])


def package(kind):
    return build_package(replace(TERMS, receiver_type=kind, sections=SECTIONS), WHOLE)


def names(made):
    return {
        name
        for one in made["content"].get("identities", ())
        for name in one["details"].values()
        if isinstance(name, str)
    }


def test_r_d2_investigators_get_what_they_need_to_find_somebody():
    made = package(AgencyType.LAW_ENFORCEMENT)
    assert names(made) == {"Marikit", "ID-77", "Ramil", "ID-78"}
    assert len(made["content"]["notes"]) == 2


def test_r_d2_whoever_cares_for_a_child_is_told_no_number_and_no_accused_by_name():
    made = package(AgencyType.SHELTER)
    assert names(made) == {"Marikit"}
    (note,) = made["content"]["notes"]
    assert note["parts"] == JUDGED.parts
    assert "names_of_alleged_offenders" in made["never_inside"]


def test_r_d2_a_court_judges_for_itself_and_telephones_nobody():
    made = package(AgencyType.COURT)
    assert names(made) == {"Marikit", "ID-77", "Ramil", "ID-78"}
    assert "5550142" not in str(made)
    parts = [set(note["parts"]) for note in made["content"]["notes"]]
    assert parts == [{"facts_reported"}, {"observations"}] or parts == [
        {"observations"},
        {"facts_reported"},
    ]


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (AgencyType.FINANCIAL_INTELLIGENCE, set(SECTIONS) - {"notes"}),
        (AgencyType.RESEARCH, {"case_summary", "content_origin", "people"}),
        (AgencyType.TECH_PLATFORM, {"case_summary", "content_origin"}),
        (AgencyType.FUNDER, set()),
    ],
)
def test_r_d2_others_get_kinds_of_data_that_name_nobody(kind, given):
    made = package(kind)
    assert set(made["content"]) == set(made["sections"]) == given
    assert ("Marikit" in str(made)) == ("identities" in given)


def test_r_d2_no_profile_gives_more_than_a_package_may_hold():
    every = profile_for("")
    for kind in AgencyType:
        profile = profile_for(kind)
        assert profile.sections <= every.sections
        assert profile.identity_keys <= every.identity_keys
        assert "Sampaguita" not in str(package(kind))
    assert set(PROFILES) < set(AgencyType)


@pytest.mark.parametrize(
    ("kind", "field"), [("x_Funder", "to_agency"), ("x_TechPlatform", "sections")]
)
def test_r_d2_nothing_is_composed_that_a_receiver_never_gets(cast, story, superuser, kind, field):
    with superuser.transaction():
        superuser.execute("SELECT set_config('liwanag.act', 'test', true)")
        superuser.execute(
            "UPDATE accounts_agency SET type = %s WHERE id = %s", [kind, cast.cyber_unit.pk]
        )
    with pytest.raises(DomainError) as broken:
        compose_handoff(
            cast.caseworker, story.case, cast.cyber_unit, sections=["case_summary", "people"]
        )
    assert broken.value.field == field
    cast.cyber_unit.refresh_from_db()
    assert "people" not in sections_for(cast.cyber_unit, ["people"])
