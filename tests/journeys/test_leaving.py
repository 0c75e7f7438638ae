"""Exit this page: by the button, by three presses of Shift, with and without a script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.people import Person
from tests.journeys.product import Product

pytestmark = pytest.mark.journey

WORKPLACE = ("Liwanag", "Referral", "Case")


def expect_neutral_page(somebody: Person) -> None:
    """A calendar, with no word of what was here."""
    expect(somebody.page).to_have_url(f"{somebody.product.address}/calendar/")
    expect(somebody.page).to_have_title("Calendar")
    for word in WORKPLACE:
        somebody.never_sees(word)


def expect_signed_out(somebody: Person) -> None:
    """Back, and every page of the workplace, lead to the sign-in page."""
    somebody.page.go_back()
    expect(somebody.heading("Sign in")).to_be_visible()
    somebody.never_sees("Referral")
    somebody.go("/referrals/")
    expect(somebody.heading("Sign in")).to_be_visible()


def test_the_exit_button_ends_the_session_and_back_finds_nothing(
    person: Callable[..., Person], product: Product
) -> None:
    worker = person("second_caseworker").sign_in()
    worker.visit("Referrals")
    worker.visit("Cases")
    before = product.events("signin.exited")

    worker.click("Exit this page")

    expect_neutral_page(worker)
    expect_signed_out(worker)
    assert product.events("signin.exited") == before + 1


def test_shift_pressed_three_times_leaves_and_capital_letters_do_not(
    person: Callable[..., Person],
) -> None:
    worker = person("south_caseworker").sign_in()
    worker.visit("Cases")

    for letter in "ABC":
        worker.page.keyboard.press(f"Shift+{letter}")
    expect(worker.heading("Cases")).to_be_visible()
    worker.page.keyboard.press("Shift")
    expect(worker.page.locator("#exit-count")).to_contain_text("Press it twice more")
    worker.page.keyboard.press("Shift")
    expect(worker.page.locator("#exit-count")).to_contain_text("once more")
    worker.page.keyboard.press("Shift")

    expect_neutral_page(worker)
    expect_signed_out(worker)


def test_the_exit_is_the_second_stop_of_the_tab_key_and_works_from_there(
    person: Callable[..., Person],
) -> None:
    worker = person("clinician").sign_in()
    worker.page.keyboard.press("Tab")
    expect(worker.page.get_by_role("link", name="Skip to the content")).to_be_focused()
    worker.page.keyboard.press("Tab")
    expect(worker.page.get_by_role("button", name="Exit this page")).to_be_focused()

    worker.page.keyboard.press("Enter")

    expect_neutral_page(worker)
    expect_signed_out(worker)


def test_the_exit_works_without_a_script(person: Callable[..., Person]) -> None:
    worker = person("liaison", script=False).sign_in()
    worker.visit("Cases")

    worker.click("Exit this page")

    expect_neutral_page(worker)
    expect_signed_out(worker)


def test_the_way_out_stands_on_the_sign_in_page_too(person: Callable[..., Person]) -> None:
    visitor = person("analyst")
    visitor.go("/account/login/")

    visitor.click("Exit this page")

    expect_neutral_page(visitor)
