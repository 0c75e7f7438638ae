"""The main job, walked in a browser by the people whose job it is.

A referral reaches the desk, becomes a case, is written up and handed to the cyber unit, ends before
a court, is counted in a statistic, and every step of it stands in a log that verifies.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.journeys.people import Person
from tests.journeys.product import Product

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

MANILA = ZoneInfo("Asia/Manila")
SUMMARY = "Two children are believed to live with the person who arranges the streams."
SAID = "The liaison officer reports a stream announced for tonight."
ASSESSED = "Both children need a place to stay tonight."
PURPOSE = "Find the place and bring both children to safety"
TITLE = "Referrals and convictions of the quarter"


@dataclass
class Story:
    """What the people leave for each other."""

    # The source's own number; another story in the same product needs another one.
    number: str = "NCPL-2026-0147"
    referral: str = ""
    case: str = ""
    case_path: str = ""
    accused: str = ""
    handoff: str = ""


def test_one_referral_travels_the_whole_way(
    person: Callable[..., Person], product: Product
) -> None:
    story = Story()
    with signed_in(person("intake")) as intake:
        log_the_referral(intake, story)
    with signed_in(person("caseworker")) as caseworker:
        triage_and_accept(caseworker, story)
        add_the_accused(caseworker, story)
        write_it_up(caseworker)
        compose_and_send(caseworker, story)
        with signed_in(person("partner")) as partner:
            accept_and_open(partner, story)
        see_the_answer(caseworker, story)
    with signed_in(person("legal")) as legal:
        follow_to_the_verdict(legal, story)
    with signed_in(person("manager")) as manager:
        ask_for_a_report(manager, product)
        with signed_in(person("dpo")) as officer:
            publish(officer)
        read_the_report(manager)
    with signed_in(person("auditor")) as auditor:
        read_the_trail(auditor)
    prove_the_log(product)


@contextmanager
def signed_in(somebody: Person) -> Iterator[Person]:
    """At work from the second factor until they close their browser."""
    yield somebody.sign_in()
    somebody.leave()


# --- The intake officer --------------------------------------------------------------------------


def log_the_referral(intake: Person, story: Story) -> None:
    page = intake.page
    expect(intake.heading("My work")).to_be_visible()
    intake.visit("Referrals")
    intake.look("referrals", heading="Referrals")
    intake.follow("Log a referral")

    # Somebody in a hurry: no kind of source, and a day that has not come.
    intake.tick("Yes", group="Is a child in danger right now?")
    intake.choose("In which country is the child?", "Philippines")
    intake.fill("Region or province", "Northern Province")
    intake.fill("How many children", "2")
    tomorrow = datetime.now(MANILA) + timedelta(days=1)
    intake.fill("When did it reach us", tomorrow.strftime("%Y-%m-%dT%H:%M"))
    intake.fill("Name of the organisation", "Norden Child Protection Liaison")
    intake.fill("Their reference", story.number)
    intake.tick("Livestreamed trafficking", group="How did any material come about?")
    intake.tick("Live-streaming of child sexual abuse")
    intake.tick("Public task", group="Why may we keep this?")
    intake.fill("What does the next person need to know", SUMMARY)
    page.get_by_text("Who it is about, if the source said").click()
    intake.fill("Given name", "Lita")
    intake.fill("Family name", "Maharlika")
    with intake.expecting(422):
        intake.click("Put it on the desk")
        expect(intake.error_summary()).to_be_focused()
    expect(intake.error_summary()).to_contain_text("Who told us?")
    intake.look("log-a-referral-mistake", dark=True, pictures="wide")

    # Each line of the summary leads to its field, and nothing that was typed is lost.
    intake.error_summary().get_by_role("link", name=re.compile("Who told us")).click()
    expect(intake.field("Who told us?")).to_be_focused()
    expect(intake.field("What does the next person")).to_have_value(SUMMARY)
    expect(intake.field("Given name")).to_have_value("Lita")
    expect(intake.field("Public task")).to_be_checked()
    expect(intake.field("Live-streaming of child sexual abuse")).to_be_checked()
    intake.choose("Who told us?", "Foreign law enforcement")
    with intake.expecting(422):
        intake.click("Put it on the desk")
        expect(intake.error_summary()).to_contain_text("future")
    earlier = datetime.now(MANILA) - timedelta(minutes=40)
    intake.fill("When did it reach us", earlier.strftime("%Y-%m-%dT%H:%M"))
    intake.click("Put it on the desk")

    intake.said("The referral is on the desk.")
    story.referral = page.get_by_role("heading", level=1).inner_text()
    intake.sees("Immediate danger")
    intake.never_sees(SUMMARY)
    intake.never_sees("Maharlika")
    expect(page).to_have_title(re.compile("^Referral "))


# --- The caseworker ------------------------------------------------------------------------------


def triage_and_accept(worker: Person, story: Story) -> None:
    page = worker.page
    expect(worker.heading("My work")).to_be_visible()
    worker.sees(story.referral)
    worker.look("my-work", dark=True, pictures="wide")
    worker.visit("Referrals")
    # Danger stands on top.
    expect(page.locator("[data-row-link]").first).to_have_text(story.referral)
    worker.follow(story.referral)
    worker.click("Start triage")
    worker.said("You started the triage.")
    summary = page.locator("#summary")
    worker.click("Open", within=summary)
    expect(summary).to_contain_text(SUMMARY)
    expect(summary).to_contain_text("Maharlika")
    worker.look("referral", pictures="wide")
    worker.follow("Accept")
    worker.look("accept-a-referral", heading="Accept the referral")
    worker.tick("Open a new case")
    worker.click("Accept")
    worker.said("The referral is accepted. This is its case.")
    story.case = page.get_by_role("heading", level=1).inner_text()
    story.case_path = page.url.removeprefix(worker.product.address)
    expect(page).to_have_title(re.compile("^Case "))


def add_the_accused(worker: Person, story: Story) -> None:
    page = worker.page
    worker.follow("People")
    worker.sees("Survivor")
    worker.follow("Add a person")
    worker.look("add-a-person", heading="Add a person")
    worker.choose("Place in the case", "Alleged offender, source side")
    worker.choose("Legal status", "Suspect")
    worker.fill("Year of birth", "1984")
    worker.fill("Citizenship", "PH")
    worker.fill("First name", "Ramil")
    worker.fill("Family name", "Dagat")
    worker.click("Add the person")
    worker.said("The person was added under a code of their own.")
    worker.never_sees("Dagat")
    card = page.locator(".card").filter(has_text="Suspect")
    story.accused = card.get_by_role("heading").inner_text()
    worker.look("people")
    worker.follow(story.accused)
    worker.tick("To keep somebody safe")
    worker.click("Show identity")
    expect(page.locator("#identity")).to_contain_text("Dagat")
    worker.look("person")
    worker.follow("Hide it again")
    worker.never_sees("Dagat")


def write_it_up(worker: Person) -> None:
    worker.follow("Notes")
    worker.follow("Write a note")
    worker.choose("Kind of note", "Contact")
    worker.fill("Facts that were reported", SAID)
    worker.fill("Who said so", "the aunt")
    worker.look("write-a-note")
    worker.click("Sign the note")
    worker.sees(SAID)
    worker.follow("Write a note")
    worker.choose("Kind of note", "Assessment")
    worker.fill("Your professional assessment", ASSESSED)
    worker.click("Sign the note")
    expect(worker.page.get_by_role("main")).to_contain_text("L3 Restricted")
    # The level that assessments start at stays closed until somebody opens it.
    worker.never_sees(ASSESSED)
    worker.look("notes")


def compose_and_send(worker: Person, story: Story) -> None:
    page = worker.page
    worker.follow("Overview")
    worker.sees("What happened")
    worker.look("case", dark=True, pictures="wide dark phone")
    worker.follow("Handoffs")
    worker.follow("Compose a handoff")
    pane = page.locator("#they-see")
    with page.expect_response(re.compile("/compose/preview/")):
        worker.choose("Who needs it", "Northern Cyber Response Unit")
    worker.choose("What kind of handoff", "Joint work")
    worker.fill("What they need it for", PURPOSE)
    worker.choose("Legal basis", "Vital interests")
    worker.fill("Why this basis applies", "A child is in danger today.")
    for section in ("Case summary", "People by code and role", "Notes up to level 2"):
        worker.tick(section)
    worker.tick("Today", group="Urgency")
    tomorrow = datetime.now(MANILA) + timedelta(days=1)
    worker.fill("Answer by", tomorrow.strftime("%Y-%m-%d"))
    page.keyboard.press("Tab")
    # The pane follows each choice; the last one shows that all of them have arrived.
    expect(pane).to_contain_text(tomorrow.strftime("%-d %b %Y"))
    expect(pane).to_contain_text(SAID)
    expect(pane).to_contain_text(PURPOSE)
    expect(pane).not_to_contain_text(ASSESSED)
    expect(pane).not_to_contain_text("Maharlika")
    worker.look("compose-a-handoff", pictures="wide")
    worker.click("Look at what leaves")
    expect(worker.heading("Check and send")).to_be_visible()
    worker.sees(SAID)
    worker.look("check-and-send")
    worker.click("Send to Northern Cyber Response Unit")
    worker.said("The handoff is sent.")
    story.handoff = page.get_by_role("heading", level=1).inner_text()
    worker.look("handoff")


def see_the_answer(worker: Person, story: Story) -> None:
    worker.visit("Handoffs")
    row = worker.page.get_by_role("listitem").filter(has_text=story.handoff)
    expect(row).to_contain_text("Accepted")
    worker.look("handoffs")
    # The sender sees each opening on the other side.
    worker.follow(story.handoff)
    worker.sees("opened the package of the handoff")
    worker.look("handoff-answered")


# --- The partner ---------------------------------------------------------------------------------


def accept_and_open(partner: Person, story: Story) -> None:
    page = partner.page
    partner.sees("Answer a handoff")
    partner.visit("Letterbox")
    envelope = page.get_by_role("article").filter(has_text=PURPOSE)
    expect(envelope).to_contain_text("Tanglaw Foundation")
    partner.look("letterbox", dark=True, pictures="phone")
    partner.follow(f"Look at {story.handoff}")
    expect(partner.heading("From Tanglaw Foundation")).to_be_visible()
    # The outside: who, what for, which kinds of data, by when. Nothing of what is inside.
    partner.sees(PURPOSE)
    partner.sees("Case summary")
    partner.never_sees(SAID)
    partner.never_sees(story.accused)
    partner.look("envelope", pictures="wide")
    partner.click("Accept the handoff")
    partner.said("You accepted the handoff.")
    partner.never_sees(SAID)
    partner.click("Open the package")
    partner.sees(SAID)
    partner.sees(story.accused)
    partner.never_sees(ASSESSED)
    partner.never_sees("Maharlika")
    partner.never_sees("Dagat")
    partner.look("package")

    # The case it came from stays closed, and a case that never was answers in the same words.
    refusals = set()
    made_up = f"/cases/{uuid4()}/"
    with partner.expecting(403):
        for path in ("", "people/", "notes/", "handoffs/", "history/"):
            for case_path in (story.case_path, made_up):
                answer = page.goto(case_path + path)
                assert answer is not None
                assert answer.status == 403, path
                refusals.add(page.get_by_role("main").inner_text())
        partner.look("refused")
    assert len(refusals) == 1, refusals


# --- The legal officer ---------------------------------------------------------------------------


def follow_to_the_verdict(legal: Person, story: Story) -> None:
    page = legal.page
    today = datetime.now(MANILA).strftime("%Y-%m-%d")
    legal.visit("Cases")
    legal.look("cases", heading="Cases")
    legal.follow(story.case)
    legal.follow("Court")
    legal.follow("Open a proceeding")
    accused = page.get_by_label("Who is accused", exact=True)
    accused.select_option(label=re.sub(r"\s", " ", f"{story.accused}, Suspect"))
    legal.choose("Country of the court", "Philippines")
    legal.tick("Source side")
    legal.fill("Court", "Regional Trial Court, Northern Province")
    legal.fill("Docket number", "NP-CR-26-0412")
    legal.look("open-a-proceeding")
    legal.click("Open the proceeding")
    take_steps(legal, "Preliminary investigation", "Resolved to file")
    legal.follow("Record a charge")
    legal.choose("Offence", "6 Qualified trafficking in persons (2022–)")
    legal.fill("Filed on", today)
    legal.click("Record the charge")
    legal.sees("RA 9208 as amended by RA 11862")
    take_steps(legal, "Arraigned", "Pre-trial", "Trial", "Submitted for decision")
    hear(legal)
    legal.follow("Record the verdict")
    legal.tick("Convicted")
    legal.fill("Decided on", today)
    legal.look("record-a-verdict")
    legal.click("Record the verdict")
    legal.sees("Judgment promulgated")
    # The word for the accused follows the verdict.
    legal.sees("Convicted person")
    legal.look("proceeding", pictures="wide")


def hear(legal: Person) -> None:
    """A hearing ahead, in the calendar and prepared; the court then decides without it."""
    page = legal.page
    proceeding = page.url
    day = datetime.now(MANILA) + timedelta(days=3)
    legal.follow("Record a hearing")
    legal.choose("Kind of hearing", "Promulgation of judgment")
    legal.fill("Day", day.strftime("%Y-%m-%d"))
    legal.fill("Time", "08:30")
    legal.look("record-a-hearing")
    legal.click("Record the hearing")
    legal.said("The hearing is in the calendar.")
    legal.go(f"/court/calendar/?by=week&from={day:%Y-%m-%d}")
    legal.look("court-calendar-week", heading="Court calendar")
    legal.follow("08:30 Promulgation of judgment")
    legal.sees("nobody said whether they have to come")
    legal.look("hearing")
    legal.follow("Prepare it")
    legal.look("prepare-a-hearing", heading="Prepare the hearing")
    legal.go(proceeding)


def take_steps(legal: Person, *steps: str) -> None:
    """Each by the order of its day."""
    for step in steps:
        legal.follow("Record the next step")
        legal.tick(step)
        legal.fill("Document that says so", f"Order: {step}")
        legal.click("Record the step")
        legal.said("The proceeding has moved on.")


# --- The manager, and the second person -----------------------------------------------------------


def ask_for_a_report(manager: Person, product: Product) -> None:
    manager.visit("Reports")
    manager.look("reports", heading="Reports")
    manager.follow("Ask for a report")
    manager.fill("Title", TITLE)
    now = datetime.now(MANILA)
    manager.field("Period").select_option(f"{now.year}Q{(now.month + 2) // 3}")
    manager.tick("Referrals received by source")
    manager.tick("Persons convicted")
    manager.look("ask-for-a-report")
    with product.worker_paused():
        manager.click("Ask for the report")
        manager.sees("It is waiting to be computed")
        manager.look("report-waiting")
    # Nobody reloads: the page asks by itself and shows the figures once they are there.
    manager.sees("Not published yet")


def publish(officer: Person) -> None:
    officer.sees("Review a statistics release")
    officer.visit("Reports")
    officer.follow(TITLE)
    officer.follow("Look over and publish")
    officer.look("publish-a-report", heading="Publish this report")
    officer.click("Publish the report")
    officer.said("The report is published.")


def read_the_report(manager: Person) -> None:
    page = manager.page
    manager.visit("Reports")
    manager.follow(TITLE)
    chart = page.get_by_role("img").first
    expect(chart).to_be_visible()
    source = page.get_by_role("row").filter(has_text="Foreign law enforcement")
    expect(source).to_contain_text("25")
    for small in ("School", "Survivor themselves"):
        row = page.get_by_role("row").filter(has_text=small)
        expect(row).to_contain_text("not shown")
        assert not re.search(r"\b[1-9]\b", row.inner_text()), "a small count can be read"
    manager.look("report", dark=True, pictures="wide")


# --- The auditor ---------------------------------------------------------------------------------


def read_the_trail(auditor: Person) -> None:
    auditor.product.wait_for_sequencer()
    auditor.visit("Audit")
    for sentence in (
        "Dino Magsino logged a referral",
        "Ana Ilustre accepted the referral",
        "Ana Ilustre opened the identity of S-",
        "Fe Alonzo recorded a verdict",
        "Lea Bautista published a release",
    ):
        find_in_trail(auditor, sentence)
    auditor.go("/audit/")
    auditor.follow("Changes")
    auditor.sees("Lea Bautista published a release")
    auditor.look("audit", dark=True, pictures="wide")
    # The trail names what was done, never whom or what it was about.
    for secret in (SUMMARY, SAID, ASSESSED, "Maharlika", "Dagat"):
        auditor.never_sees(secret)


def find_in_trail(auditor: Person, sentence: str) -> None:
    name = " ".join(sentence.split()[:2])
    auditor.go("/audit/")
    auditor.page.get_by_text("Search by person, case, time and more").click()
    auditor.page.get_by_label("Person (optional)", exact=True).select_option(label=name)
    auditor.click("Search")
    auditor.sees(sentence)


def prove_the_log(product: Product) -> None:
    proof = product.manage("verify_audit")
    assert proof.returncode == 0, proof.stdout + proof.stderr
    assert product.events("verdict.recorded") == 1
