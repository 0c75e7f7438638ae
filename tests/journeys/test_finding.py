"""Find from anywhere: by Ctrl-K with a script, by a plain page without."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.people import PHONE, Person

pytestmark = pytest.mark.journey


def test_ctrl_k_goes_to_a_place_or_looks_for_a_code(person: Callable[..., Person]) -> None:
    intake = person("intake").sign_in()
    intake.visit("Referrals")
    reference = intake.page.locator("[data-row-link]").first.inner_text()
    keys, box = intake.page.keyboard, intake.page.get_by_label("Find or go to", exact=True).last
    dialog = intake.page.get_by_role("dialog")

    keys.press("Control+k")
    expect(dialog).to_be_visible()
    expect(box).to_be_focused()
    keys.type("log a")
    places = dialog.get_by_role("link")
    expect(places).to_have_count(1)
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(intake.heading("Log a referral")).to_be_visible()

    keys.press("Control+k")
    keys.type("something typed by mistake")
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    expect(box).to_have_value("")

    keys.press("Control+k")
    keys.type(reference.lower())
    keys.press("Enter")
    expect(intake.heading("Find")).to_be_visible()
    intake.sees("This is its code.")
    assert reference not in intake.page.url
    intake.look("found", dark=True)
    intake.follow(reference)
    expect(intake.heading(reference)).to_be_visible()


def test_without_a_script_the_same_box_is_a_page(person: Callable[..., Person]) -> None:
    intake = person("intake", script=False, size=PHONE).sign_in()
    intake.page.get_by_role("banner").get_by_role("link", name="Find").click()
    expect(intake.heading("Find")).to_be_visible()
    intake.page.get_by_role("main").get_by_label("Find").fill("R-777")
    intake.page.get_by_role("main").get_by_role("button", name="Find").click()
    expect(intake.heading("Find")).to_be_visible()


def test_notices_and_the_numbers_of_my_work_are_fit_to_read(person: Callable[..., Person]) -> None:
    worker = person("south_caseworker").sign_in()
    worker.look("my work with numbers", heading="My work", dark=True)
    worker.page.get_by_role("navigation", name="What waits for you").get_by_role(
        "link", name="to triage"
    ).click()
    expect(worker.heading("Referrals")).to_be_visible()
    worker.go("/notices/")
    worker.look("notices", heading="Notices", dark=True)
    worker.follow("How mail comes")
    worker.look("how mail comes", heading="How mail comes", dark=True)
    worker.tick("Once a day", group="Mail that you have something new")
    worker.click("Keep it so")
    worker.said("Kept. What is urgent still comes at once.")
