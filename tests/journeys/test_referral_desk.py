"""The referral desk beside the main job: rules, matches, another team's, signs, the board."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.journeys.people import Person

pytestmark = [pytest.mark.journey, pytest.mark.timeout(400)]

MANILA = ZoneInfo("Asia/Manila")
GIVEN, FAMILY = "Perlita", "Dalisay"


def _log(desk: Person, team: str = "") -> None:
    desk.go("/referrals/log/")
    if team:
        # No rule speaks of schools.
        desk.choose("Which team takes it?", team)
    desk.tick("No", group="Is a child in danger right now?")
    desk.fill("When did it reach us", datetime.now(MANILA).strftime("%Y-%m-%dT00:00"))
    desk.choose("Who told us?", "School")
    desk.tick("Unknown", group="How did any material come about?")
    desk.tick("Live-streaming of child sexual abuse")
    desk.tick("Public task", group="Why may we keep this?")
    desk.page.get_by_text("Who it is about, if the source said").click()
    desk.fill("Given name", GIVEN)
    desk.fill("Family name", FAMILY)
    desk.click("Put it on the desk")


def _note(desk: Person, sign: str) -> None:
    desk.follow("Note a sign")
    desk.tick(sign)
    desk.click("Note it")
    desk.said("The sign is noted")


def test_the_desk_compares_notes_signs_and_answers_another_team(
    person: Callable[..., Person],
) -> None:
    south = person("south_caseworker").sign_in()
    _log(south)

    lead = person("supervisor").sign_in()
    lead.go("/referrals/routing/")
    lead.fill("Its place in the order", "7")
    lead.choose("Who told us", "Court")
    lead.choose("Which team takes it?", "South team")
    lead.click("Add the rule")
    lead.look("routing", heading="Which team takes it")

    _log(lead, "North team")
    _log(lead, "North team")
    lead.click("Start triage")
    lead.follow("Look whether it was told before")
    lead.look("told-before", heading="Told before?")
    lead.sees("A name of theirs is written so.")
    lead.never_sees("South team")

    lead.follow("Back to the referral")
    lead.follow("Signs and payments")
    _note(lead, "Frequent remittances")
    _note(lead, "Amounts and frequency")
    lead.follow("Note a payment")
    lead.fill("Sum", "149.50")
    lead.choose("Currency", "AUD")
    lead.look("note-a-payment", heading="A payment that the source reports")
    lead.click("Note it")
    lead.follow("Assess them together")
    for sign in ("Frequent remittances", "Amounts and frequency"):
        lead.tick(sign)
    lead.tick("Low", group="How sure are you?")
    lead.fill("Why? What else", "Small sums that grow; wages sent home could look so too.")
    lead.look("assess-signs", heading="Assess the signs together")
    lead.click("Keep the assessment")
    lead.look("signs-and-payments", heading="Signs and payments")

    lead.go("/referrals/?show=mine")
    lead.look("referrals-mine", heading="Referrals")
    lead.go("/referrals/board/")
    lead.look("board", heading="Board of the referral desk")

    south.go("/waiting/known-elsewhere/")
    south.page.get_by_role("main").get_by_role("link").filter(
        has_text="Another team may know"
    ).first.click()
    south.look("known-to-us", heading="Known to us?")
    south.tick("Ask them to talk to me")
    south.click("Keep the answer")
    south.said("Your answer is kept")

    lead.visit("Referrals")
    expect(lead.heading("Referrals")).to_be_visible()
    manager = person("manager").sign_in()
    manager.visit("Reports")
    manager.follow("Board of the referral desk")
    manager.look("board-rounded", heading="Board of the referral desk")
