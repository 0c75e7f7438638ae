"""A shared screen: nothing is left in the browser, an idle page locks, a draft is never lost."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.cast import PASSWORD
from tests.conftest import admin_connection
from tests.journeys.people import Person
from tests.journeys.product import Product

SAID = "The aunt says that school starts on Monday."
KEPT_BY_THE_BROWSER = """async () => ({
    local: localStorage.length,
    session: sessionStorage.length,
    databases: (await indexedDB.databases()).length,
    caches: (await caches.keys()).length,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""


def begin_a_note(worker: Person) -> None:
    worker.go("/cases/open/")
    worker.click("Open the case")
    worker.follow("Notes")
    worker.follow("Write a note")
    worker.choose("Kind of note", "Contact")
    with worker.page.expect_response("**/notes/drafts/"):
        worker.fill("Facts that were reported", SAID)
    expect(worker.page.locator(".draft-state")).to_contain_text("Draft saved at")


def test_r_p6_nothing_is_kept_by_the_browser_and_a_draft_survives_the_exit(
    person: Callable[..., Person],
) -> None:
    worker = person("south_caseworker").sign_in()
    begin_a_note(worker)
    worker.look("draft-of-a-note")
    # More is typed, and the exit taken before it was saved by itself.
    worker.fill("What you saw", "Two beds.")
    worker.page.keyboard.press("Escape")
    worker.click("Exit this page")
    expect(worker.page).to_have_url(f"{worker.product.address}/calendar/")
    worker.sign_in()
    worker.visit("My work")
    worker.follow("Go on with a note")
    expect(worker.field("Facts that were reported")).to_have_value(SAID)
    expect(worker.field("What you saw")).to_have_value("Two beds.")
    kept = worker.page.evaluate(KEPT_BY_THE_BROWSER)
    assert kept == {"local": 0, "session": 0, "databases": 0, "caches": 0, "workers": 0}
    names = {cookie["name"] for cookie in worker.context.cookies()}  # type: ignore[typeddict-item]
    assert names <= {"sessionid", "csrftoken", "messages", "was_here", "theme", "list_keys"}
    for name in ("Facts that were reported", "What you saw"):
        worker.go("/")
        worker.follow("Go on with a note")
        expect(worker.field(name)).to_have_attribute("autocomplete", "off")


def test_r_p6_an_idle_page_locks_and_leads_back_to_the_draft(
    product: Product, person: Callable[..., Person]
) -> None:
    worker = person("stranger_caseworker")
    worker.page.clock.install()
    worker.sign_in()
    begin_a_note(worker)
    # The server's own clock ended the session; the page finds out when its time is over.
    with admin_connection(product.database) as admin:
        admin.execute("DELETE FROM django_session")
    worker.page.clock.fast_forward("16:00")
    expect(worker.heading("This screen was locked")).to_be_visible()
    worker.never_sees(SAID)
    worker.look("locked")
    worker.page.clock.resume()
    worker.follow("Sign in and go on")
    worker.page.get_by_label("Email").fill(worker.email)


def test_a_lost_session_loses_nothing_that_was_typed(
    product: Product, person: Callable[..., Person]
) -> None:
    worker = person("supervisor").sign_in()
    begin_a_note(worker)
    with admin_connection(product.database) as admin:
        admin.execute("DELETE FROM django_session")
    worker.fill("What you saw", "Two beds.")
    expect(worker.page.locator("[data-signed-out]")).to_be_visible()
    expect(worker.field("What you saw")).to_have_value("Two beds.")
    expect(worker.page.locator("[data-unsaved-note]")).to_have_text("Not saved yet")


def test_a_form_left_open_overnight_loses_nothing(
    product: Product, person: Callable[..., Person]
) -> None:
    """Any form: locked with what stands in it, or sent in the morning when the session is over."""
    officer = person("intake")
    logged = product.events("referral.logged")
    officer.page.clock.install()
    officer.sign_in()
    officer.go("/referrals/log/")
    officer.fill("Region or province", "Harbour Town")
    # The server's own clock ended the session; the page finds out when its time is over.
    with admin_connection(product.database) as admin:
        admin.execute("DELETE FROM django_session")
    officer.page.clock.fast_forward("16:00")
    expect(officer.heading("This screen was locked")).to_be_visible()
    officer.never_sees("Harbour Town")
    officer.page.clock.resume()
    officer.follow("Sign in and go on")
    come_back(officer)
    expect(officer.field("Region or province")).to_have_value("Harbour Town")
    officer.sees("It was not sent")
    officer.look("form-that-came-back")

    officer.fill("Region or province", "Hill Town")
    with admin_connection(product.database) as admin:
        admin.execute("DELETE FROM django_session")
    officer.click("Put it on the desk")
    come_back(officer)
    expect(officer.field("Region or province")).to_have_value("Hill Town")
    assert product.events("referral.logged") == logged, "nothing was sent on their behalf"


def come_back(who: Person) -> None:
    """Sign in again where the page asks for it."""
    who.page.get_by_label("Email").fill(who.email)
    who.page.get_by_label("Password").fill(PASSWORD)
    who.click("Sign in")
    expect(who.heading("Second step")).to_be_visible()
    who.give_code()
    expect(who.page.get_by_role("heading", name="Second step")).to_have_count(0)
