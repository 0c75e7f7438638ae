"""A handoff that holds restricted data: asked for, given back, changed, authorised, sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.people import Person
from tests.journeys.test_main_job import SAID, Story, log_the_referral, signed_in, triage_and_accept

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

PURPOSE = "A place to stay for two children this week"
SHELTER = "Harbour Light Shelter"


def test_a_second_person_looks_before_restricted_data_leaves(
    person: Callable[..., Person],
) -> None:
    story = Story(number="NCPL-2026-0311")
    with signed_in(person("intake")) as intake:
        log_the_referral(intake, story)
    worker = person("caseworker").sign_in()
    triage_and_accept(worker, story)
    compose_and_ask(worker, story)
    supervisor = person("supervisor").sign_in()
    give_it_back(supervisor, story)
    change_and_ask_again(worker, story)
    approve_and_authorise(supervisor, story)
    send_it(worker, story)


def compose_and_ask(worker: Person, story: Story) -> None:
    worker.follow("Handoffs")
    worker.follow("Compose a handoff")
    worker.choose("Who needs it", SHELTER)
    worker.choose("What kind of handoff", "Service referral")
    worker.fill("What they need it for", PURPOSE)
    worker.choose("Legal basis", "Legal obligation")
    worker.fill("Why this basis applies", "The law has the shelter take them in.")
    for section in ("Case summary", "People by code and role", "Names and ways of contact"):
        worker.tick(section)
    worker.click("Look at what leaves")
    expect(worker.heading("Check and send")).to_be_visible()
    worker.sees("It can leave once a second person has approved this legal basis.")
    expect(worker.page.get_by_role("button", name=f"Send to {SHELTER}")).to_have_count(0)
    worker.look("ask-a-second-person", heading="Check and send", dark=True)
    worker.click("Ask a second person")
    worker.said("A second person is asked.")
    worker.sees("With a second person")
    story.handoff = worker.page.get_by_role("heading", level=1).inner_text()
    worker.look("handoff-with-a-second-person")


def look_at_it(supervisor: Person) -> None:
    supervisor.visit("My work")
    supervisor.page.get_by_role("link", name="Authorise a handoff").first.click()
    expect(supervisor.heading("Authorise a handoff")).to_be_visible()


def give_it_back(supervisor: Person, story: Story) -> None:
    look_at_it(supervisor)
    supervisor.sees(PURPOSE)
    supervisor.look("authorise-a-handoff", heading="Authorise a handoff", dark=True)
    with supervisor.expecting(422):
        supervisor.click("Give it back")
        expect(supervisor.error_summary()).to_be_visible()
    supervisor.tick("It holds more than the purpose needs")
    supervisor.click("Give it back")
    supervisor.said("It is with its author again")


def change_and_ask_again(worker: Person, story: Story) -> None:
    worker.visit("Handoffs")
    worker.follow(story.handoff)
    worker.sees("It holds more than the purpose needs")
    worker.look("handoff-given-back")
    worker.follow("Change the draft")
    worker.page.get_by_role("checkbox", name="Names and ways of contact").uncheck()
    worker.click("Look at what leaves")
    worker.click("Ask a second person")
    worker.said("A second person is asked.")


def approve_and_authorise(supervisor: Person, story: Story) -> None:
    supervisor.go("/approvals/")
    waiting = supervisor.page.get_by_role("listitem").filter(has_text="Legal obligation")
    waiting.get_by_role("link").first.click()
    supervisor.tick("Yes, it applies")
    supervisor.click("Write down my decision")
    look_at_it(supervisor)
    supervisor.look("authorise-what-may-leave", heading="Authorise a handoff")
    supervisor.click("Authorise it")
    supervisor.said("It is authorised.")
    supervisor.never_sees(SAID)


def send_it(worker: Person, story: Story) -> None:
    worker.visit("Handoffs")
    worker.follow(story.handoff)
    worker.follow("Check and send")
    worker.sees("authorised exactly this")
    worker.click(f"Send to {SHELTER}")
    worker.said("The handoff is sent.")
    worker.sees("authorised the handoff")
