"""Everything can be done from the keyboard, and one always sees where one is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.people import Person

pytestmark = pytest.mark.journey

# The ring of the element in focus, which a card draws around itself, and what the bar on top hides.
WHERE_AM_I = """() => {
  const here = document.activeElement;
  const box = here.getBoundingClientRect();
  const bar = document.querySelector(".topbar").getBoundingClientRect();
  const rings = [getComputedStyle(here), getComputedStyle(here, "::after")];
  return {
    name: (here.innerText || here.getAttribute("aria-label") || here.tagName).trim().slice(0, 40),
    ring: rings.some((style) =>
      style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2),
    hidden: !here.closest(".topbar, .skip") && box.bottom <= bar.bottom,
    gone: here === document.body,
  };
}"""
MOST_STOPS = 80


def test_j_and_k_walk_the_list_and_enter_opens(person: Callable[..., Person]) -> None:
    intake = person("intake").sign_in()
    intake.visit("Referrals")
    keys, rows = intake.page.keyboard, intake.page.locator("[data-row-link]")
    second = rows.nth(1).inner_text()

    keys.press("j")
    expect(rows.nth(0)).to_be_focused()
    keys.press("k")
    expect(rows.nth(0)).to_be_focused()
    keys.press("j")
    expect(rows.nth(1)).to_be_focused()
    keys.press("Enter")
    expect(intake.heading(second)).to_be_visible()

    # Back is the same place: the list, with its rows.
    intake.page.go_back()
    expect(rows.nth(1)).to_have_text(second)


def test_j_and_k_stay_quiet_once_they_are_switched_off(person: Callable[..., Person]) -> None:
    worker = person("south_caseworker").sign_in()
    worker.visit("Referrals")
    menu = worker.page.locator("details.user-menu")
    menu.locator("summary").click()
    worker.page.keyboard.press("Escape")
    expect(menu.get_by_role("button", name="Sign out")).to_be_hidden()
    menu.locator("summary").click()
    worker.click("Turn off the keys j and k", within=menu)
    expect(worker.heading("Referrals")).to_be_visible()

    worker.page.keyboard.press("j")
    assert worker.page.evaluate("() => document.activeElement === document.body")


def test_the_skip_link_leads_past_the_navigation(person: Callable[..., Person]) -> None:
    worker = person("second_caseworker").sign_in()
    worker.visit("Referrals")
    worker.go("/referrals/")
    skip = worker.page.get_by_role("link", name="Skip to the content")

    worker.page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    worker.page.keyboard.press("Enter")
    worker.page.keyboard.press("Tab")

    inside = "() => document.querySelector('main').contains(document.activeElement)"
    assert worker.page.evaluate(inside), "the first stop after the skip link is not in the content"


def test_every_stop_of_the_tab_key_can_be_seen(person: Callable[..., Person]) -> None:
    worker = person("clinician").sign_in()
    for path in ("/", "/cases/"):
        worker.go(path)
        stops = []
        for _stop in range(MOST_STOPS):
            worker.page.keyboard.press("Tab")
            here = worker.page.evaluate(WHERE_AM_I)
            if here["gone"]:
                break
            assert here["ring"], f"no focus ring on “{here['name']}” at {path}"
            assert not here["hidden"], f"“{here['name']}” at {path} is under the bar"
            stops.append(here["name"])
        assert stops[0] == "Skip to the content"
        assert stops[1] == "Exit this page"
        assert len(stops) > 5
