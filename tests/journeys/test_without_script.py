"""The same work in a browser that runs no script: every step is a plain page and a plain form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.journeys.people import PHONE, Person

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

SUMMARY = "A teacher asked for advice after a child spoke to her."
SAID = "The school asks us to call back before noon."
PURPOSE = "Check whether this address is known"


def test_a_referral_is_logged_and_a_handoff_answered_without_a_script(
    person: Callable[..., Person],
) -> None:
    officer = person("supervisor", script=False).sign_in()
    log_a_referral(officer)
    reference = officer.page.get_by_role("heading", level=1).inner_text()

    worker = person("second_caseworker", script=False).sign_in()
    open_its_case(worker, reference)
    handoff = hand_it_over(worker)

    investigator = person("investigator", script=False, size=PHONE).sign_in()
    answer(investigator, handoff)

    worker.page.reload()
    worker.sees("accepted the handoff")


def log_a_referral(officer: Person) -> None:
    officer.visit("Referrals")
    officer.follow("Log a referral")
    officer.fill("What does the next person need to know", SUMMARY)
    with officer.expecting(422):
        officer.click("Put it on the desk")
    # The mistake comes back as a page: what is missing stands on top, what was typed is kept.
    expect(officer.error_summary()).to_contain_text("Who told us?")
    expect(officer.field("What does the next person")).to_have_value(SUMMARY)
    officer.tick("Unknown", group="Is a child in danger right now?")
    officer.choose("Who told us?", "School")
    officer.tick("Unknown", group="How did any material come about?")
    officer.tick("Unknown", group="What kinds of harm does the source report?")
    officer.tick("Public task", group="Why may we keep this?")
    officer.click("Put it on the desk")
    officer.said("The referral is on the desk.")
    officer.never_sees(SUMMARY)
    officer.click("Open", within=officer.page.locator("#summary"))
    officer.sees(SUMMARY)


def open_its_case(worker: Person, reference: str) -> None:
    worker.visit("Referrals")
    worker.follow(reference)
    worker.click("Start triage")
    worker.follow("Accept")
    worker.tick("Open a new case")
    worker.click("Accept")
    worker.said("The referral is accepted.")
    worker.follow("Notes")
    worker.follow("Write a note")
    worker.choose("Kind of note", "Contact")
    worker.fill("Facts that were reported", SAID)
    worker.fill("Who said so", "the aunt")
    worker.click("Sign the note")
    worker.sees(SAID)


def hand_it_over(worker: Person) -> str:
    worker.follow("Handoffs")
    worker.follow("Compose a handoff")
    worker.choose("Who needs it", "Northern Cyber Response Unit")
    worker.choose("What kind of handoff", "Information share")
    worker.fill("What they need it for", PURPOSE)
    worker.choose("Legal basis", "Vital interests")
    worker.fill("Why this basis applies", "A child is in danger today.")
    worker.tick("Case summary")
    worker.tick("Notes up to level 2")
    tomorrow = datetime.now(ZoneInfo("Asia/Manila")) + timedelta(days=1)
    worker.fill("Answer by", tomorrow.strftime("%Y-%m-%d"))
    worker.click("Look at what leaves")
    # Without a script there is no live pane; the second step shows all that leaves.
    expect(worker.heading("Check and send")).to_be_visible()
    worker.sees(SAID)
    worker.click("Send to Northern Cyber Response Unit")
    worker.said("The handoff is sent.")
    return worker.page.get_by_role("heading", level=1).inner_text()


def answer(investigator: Person, handoff: str) -> None:
    investigator.go("/handoffs/desk/")
    investigator.follow(f"Look at {handoff}")
    investigator.sees(PURPOSE)
    investigator.never_sees(SAID)
    investigator.click("Accept the handoff")
    investigator.said("You accepted the handoff.")
    investigator.click("Open the package")
    investigator.sees(SAID)
