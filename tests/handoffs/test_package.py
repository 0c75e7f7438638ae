"""The package as a pure function: what is put in, what stays out, always the same bytes."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import rfc8785

from handoffs.choices import Section
from handoffs.package import (
    MASK,
    CaseRead,
    NoteRead,
    PersonRead,
    Terms,
    build_package,
    canonical,
    counts,
    cover_numbers,
    digest_of,
    masked,
    numbers_covered,
)

WHEN = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
SURVIVOR = PersonRead(
    code="S-7QK4-29",
    role="survivor",
    legal_status="not_applicable",
    gender="Feminine",
    birth_year=2014,
    citizenships=["PH"],
    identity={"first_name": "Marikit", "street": "17 Sampaguita Lane", "phones": [5550142]},
)
NOTE = NoteRead(
    kind="contact",
    level=2,
    occurred_at=WHEN,
    author_roles=["caseworker"],
    is_addendum=False,
    parts={"facts_reported": "The aunt called."},
)
READ = CaseRead(
    reference="C-9CDF-34",
    opened_on=date(2026, 11, 1),
    stage="assessment",
    risk="high",
    country="PH",
    admin1="Northern Province",
    harm_types=["live_streaming", "grooming", "live_streaming"],
    content_origins=["livestreamed_trafficking"],
    people=[SURVIVOR],
    notes=[NOTE],
)
TERMS = Terms(
    reference="H-M3PX-77",
    kind="joint_work",
    purpose="To keep the child safe",
    legal_basis="public_task",
    agreement="DSA-NCRU-1",
    urgency="today",
    answer_by=date(2026, 11, 23),
    sender="Tanglaw Foundation",
    receiver="Northern Cyber Response Unit",
    sections=[section.value for section in Section],
    sent_at=WHEN,
)


def content(read=READ, *sections):
    chosen = sections or TERMS.sections
    return build_package(replace(TERMS, sections=chosen), read)["content"]


def test_r_k9_the_outside_says_who_what_why_and_that_nothing_goes_on():
    package = build_package(TERMS, READ)
    assert {name: package[name] for name in list(package) if name != "content"} == {
        "format": "liwanag.handoff/1",
        "reference": "H-M3PX-77",
        "kind": "joint_work",
        "purpose": "To keep the child safe",
        "legal_basis": "public_task",
        "agreement": "DSA-NCRU-1",
        "urgency": "today",
        "answer_by": "2026-11-23",
        "sender": "Tanglaw Foundation",
        "receiver": "Northern Cyber Response Unit",
        "sent_at": "2026-11-22T06:05:00+00:00",
        "onward_sharing": "not allowed",
        "withheld": [],
        "never_inside": [
            "clinical_notes",
            "notes_above_level_2",
            "exact_addresses",
            "names_of_staff",
        ],
        "sections": ["case_summary", "content_origin", "people", "identities", "notes"],
    }


def test_every_choice_of_sections_gives_those_sections_and_no_other():
    for size in range(len(Section) + 1):
        for chosen in itertools.combinations(Section.values, size):
            package = build_package(replace(TERMS, sections=chosen), READ)
            assert set(package["content"]) == set(package["sections"]) == set(chosen)


def test_the_same_case_gives_the_same_bytes_in_whatever_order_it_was_read():
    other = replace(
        SURVIVOR, code="S-AAAA-11", role="witness", citizenships=["PH", "AU"], identity={}
    )
    one = replace(READ, people=[SURVIVOR, other], harm_types=["grooming", "live_streaming"])
    two = replace(
        READ,
        people=[replace(other, citizenships=["AU", "PH"]), SURVIVOR],
        harm_types=["live_streaming", "grooming"],
    )
    assert canonical(build_package(TERMS, one)) == canonical(build_package(TERMS, two))
    assert digest_of(build_package(TERMS, one)) != digest_of(build_package(TERMS, READ))


def test_the_bytes_are_rfc_8785():
    assert canonical({"b": 1, "a": "é"}) == '{"a":"é","b":1}'.encode()
    package = build_package(TERMS, READ)
    assert canonical(package) == rfc8785.dumps(package)


def test_the_summary_holds_no_stage_of_the_justice_track():
    assert content(READ, "case_summary") == {
        "case_summary": {
            "case": "C-9CDF-34",
            "opened_on": "2026-11-01",
            "stage": "assessment",
            "risk": "high",
            "country": "PH",
            "admin1": "Northern Province",
        }
    }


def test_harms_are_said_once_and_an_unknown_origin_says_so():
    assert content(READ, "content_origin")["content_origin"] == {
        "harm_types": ["grooming", "live_streaming"],
        "content_origin": ["livestreamed_trafficking"],
    }
    nothing = replace(READ, harm_types=[], content_origins=[])
    assert content(nothing, "content_origin")["content_origin"] == {
        "harm_types": [],
        "content_origin": ["unknown"],
    }


def test_people_are_codes_and_roles_without_names():
    assert content(READ, "people")["people"] == [
        {
            "code": "S-7QK4-29",
            "role": "survivor",
            "legal_status": "not_applicable",
            "gender": "Feminine",
            "birth_year": 2014,
            "citizenships": ["PH"],
        }
    ]


def test_of_an_identity_only_listed_keys_leave_and_never_the_address():
    assert content(READ, "identities")["identities"] == [
        {"code": "S-7QK4-29", "details": {"first_name": "Marikit", "phones": ["5550142"]}}
    ]


def test_r_c1_of_whoever_is_reached_safely_the_number_leaves_with_its_instructions_alone():
    reach = {"state": "as_said", "number": "0900 000 0001", "phrase": "Ask for the choir"}
    read = replace(READ, people=[replace(SURVIVOR, reach=reach)])
    one = {"code": "S-7QK4-29", "details": {"first_name": "Marikit"}, "contact": reach}
    assert content(read, "identities")["identities"] == [one]
    package = build_package(replace(TERMS, sections=["identities"]), read)
    assert cover_numbers(package, None) == cover_numbers(package, {"S-7QK4-29"}) == package
    for covered in (cover_numbers(package, ()), masked(package)):
        assert numbers_covered(covered)
        assert "0900 000 0001" not in str(covered)
    assert "choir" in str(cover_numbers(package, ()))
    assert "choir" not in str(masked(package))
    assert not numbers_covered(package)


def test_an_identity_of_which_nothing_may_leave_is_not_there():
    only_street = replace(SURVIVOR, identity={"street": "17 Sampaguita Lane", "city": "Dagatan"})
    assert content(replace(READ, people=[only_street]), "identities")["identities"] == []


@pytest.mark.parametrize("status", ["acquitted", "discharged"])
def test_somebody_cleared_by_a_court_is_not_named_in_any_role(status):
    cleared = replace(
        SURVIVOR, code="S-CCCC-33", role="alleged_offender_source", legal_status=status
    )
    also_witness = replace(cleared, role="witness", legal_status="not_applicable")
    read = replace(READ, people=[cleared, also_witness, SURVIVOR])
    assert [one["code"] for one in content(read, "identities")["identities"]] == ["S-7QK4-29"]


def test_a_person_in_two_roles_is_named_once():
    read = replace(READ, people=[SURVIVOR, replace(SURVIVOR, role="witness")])
    assert len(content(read, "identities")["identities"]) == 1


@pytest.mark.parametrize("level", [3, 4])
def test_notes_above_level_2_stay(level):
    read = replace(READ, notes=[replace(NOTE, level=level), replace(NOTE, level=1), NOTE])
    assert [note["level"] for note in content(read, "notes")["notes"]] == [1, 2]


def test_r_k10_notes_of_a_clinician_stay_whatever_their_level():
    notes = [
        replace(NOTE, level=1, author_roles=["clinician"]),
        replace(NOTE, level=1, author_roles=["caseworker", "clinician"]),
    ]
    assert content(replace(READ, notes=notes), "notes")["notes"] == []


def test_a_note_says_its_authors_role_and_its_parts():
    assert content(READ, "notes")["notes"] == [
        {
            "kind": "contact",
            "level": 2,
            "occurred_at": "2026-11-22T06:05:00+00:00",
            "author_roles": ["caseworker"],
            "is_addendum": False,
            "parts": {"facts_reported": "The aunt called."},
        }
    ]


def test_a_masked_package_covers_every_value_of_an_identity_and_keeps_the_rest():
    package = build_package(TERMS, READ)
    covered = masked(package)
    assert covered["content"]["identities"] == [
        {"code": "S-7QK4-29", "details": {"first_name": MASK, "phones": MASK}}
    ]
    assert "Marikit" not in canonical(covered).decode()
    assert covered["content"]["notes"] == package["content"]["notes"]
    assert package["content"]["identities"][0]["details"]["first_name"] == "Marikit"


def test_the_log_gets_counts_only():
    assert counts(build_package(TERMS, READ)) == {
        "sections": ["case_summary", "content_origin", "people", "identities", "notes"],
        "identities": 1,
        "notes": 1,
    }
