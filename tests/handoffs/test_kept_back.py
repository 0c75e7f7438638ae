"""What a receiver is told of what is not in a package: no more than a rule for all of its kind."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handoffs.choices import Section
from handoffs.kept_back import RULES, kept_back
from handoffs.package import NEVER_INSIDE, build_package
from handoffs.package_words import in_words
from handoffs.profiles import PROFILES, SERVICES
from handoffs.readable import page_of, readable_of
from tests.handoffs.test_package import READ, TERMS


def lines(package):
    return {one.what: one.why for one in kept_back(package)}


def package(receiver_type, sections, withheld=()):
    return build_package(
        replace(TERMS, receiver_type=receiver_type, sections=sections, withheld=withheld), READ
    )


def test_every_rule_of_a_profile_has_words():
    said = {*NEVER_INSIDE, *SERVICES.never} | {
        code for one in PROFILES.values() for code in one.never
    }
    assert said == set(RULES)


@pytest.mark.parametrize("kind", ["LawEnforcement", "x_Court", "HealthServiceOrganisation"])
def test_what_the_sender_left_out_and_what_nobody_agreed_to_read_the_same(kind):
    """Why a kind of data is not there is not said: it could be that somebody said no."""
    chosen = [section.value for section in Section if section != Section.NOTES]
    told = lines(package(kind, chosen))
    assert "why is not said" in told["Notes up to level 2"]
    assert not any("agreed" in why or "consent" in why for why in told.values())


def test_what_this_kind_of_agency_never_gets_is_said_with_the_rule():
    told = lines(package("x_FinancialInstitution", Section.values))
    assert told["Notes"] == told["People by code and role"]
    assert "kind of agency" in told["Notes"]
    # Said once, by the rule, and not again as if the sender had left it out.
    assert "Notes up to level 2" not in told
    police = lines(package("LawEnforcement", Section.values))
    assert len(police) == len(NEVER_INSIDE)


def test_a_part_that_stays_is_named_and_its_reason_is_not():
    told = lines(package("LawEnforcement", Section.values, withheld=["identities", "identities"]))
    assert "of whom and why is not said" in told["A part of: Names and ways of contact"]


def test_the_page_and_the_sealed_page_say_the_same():
    made = package("LawEnforcement", ["people"])
    shown = in_words(made)
    page = page_of(readable_of(made)).decode()
    assert shown.kept_back
    assert all(one.what in page and one.why in page for one in shown.kept_back)
