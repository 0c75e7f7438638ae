"""A package in words: labels, dates and reading order, also for codes of another day."""

from __future__ import annotations

import copy
import json

import pytest

from handoffs.package import build_package, canonical, masked
from handoffs.package_words import in_words
from tests.handoffs.test_package import READ, TERMS


@pytest.fixture
def stored():
    """A package as it comes back from the vault: keys sorted, everything plain."""
    return json.loads(canonical(build_package(TERMS, READ)))


def section(package, code):
    return next(part for part in in_words(package).sections if part.code == code)


def test_the_outside_is_in_words(stored):
    outside = dict(in_words(stored).outside)
    assert outside["Kind"] == "Joint work"
    assert outside["Legal basis"] == "Public task, under agreement DSA-NCRU-1"
    assert outside["Answer by"] == "23 Nov 2026"
    assert outside["Sent"] == "22 Nov 2026, 14:05 Manila"
    assert outside["Passing it on"].startswith("Not allowed")


def test_sections_come_in_reading_order_and_the_rest_is_named(stored):
    assert [part.code for part in in_words(stored).sections] == stored["sections"]
    del stored["content"]["notes"]
    assert in_words(stored).kept_back[0].what == "Notes up to level 2"


def test_names_come_in_the_order_people_read_them(stored):
    stored["content"]["identities"][0]["details"] = {
        "birthdate": "2014-05-06",
        "family_name": "Halimbawa",
        "first_name": "Marikit",
        "phones": ["555 0142", "555 0143"],
    }
    (entry,) = section(stored, "identities").entries
    assert entry.facts == [
        ("First name", "Marikit"),
        ("Family name", "Halimbawa"),
        ("Birth date", "6 May 2014"),
        ("Telephone", "555 0142, 555 0143"),
    ]


@pytest.mark.parametrize("told", ["2014", "2014-02-30", "in summer"])
def test_a_birth_date_that_is_no_day_stays_as_it_was_told(stored, told):
    stored["content"]["identities"][0]["details"] = {"birthdate": told}
    (entry,) = section(stored, "identities").entries
    assert entry.facts == [("Birth date", told)]


def test_a_covered_package_reads_too(stored):
    (entry,) = section(masked(stored), "identities").entries
    assert {value for _words, value in entry.facts} == {"••••"}


def test_an_alleged_offender_is_called_what_the_law_calls_them(stored):
    person = stored["content"]["people"][0]
    person["role"], person["legal_status"] = "alleged_offender_source", "charged"
    (entry,) = section(stored, "people").entries
    assert entry.sub == "Charged person"


def test_codes_that_are_not_known_any_more_are_shown_as_written(stored):
    other = copy.deepcopy(stored)
    other["kind"] = "joint_venture"
    other["content"]["people"][0]["role"] = "bystander"
    other["content"]["notes"][0]["parts"] = {"weather": "Rain."}
    shown = in_words(other)
    assert ("Kind", "joint_venture") in shown.outside
    assert section(other, "people").entries[0].sub == "bystander"
    assert section(other, "notes").entries[0].texts == [("weather", "Rain.")]
