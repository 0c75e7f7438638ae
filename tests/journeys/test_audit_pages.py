"""An auditor who never saw the code finds out who read a case, and whether anything is gone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.people import Person
from tests.journeys.product import Product, wait_until

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]


def open_a_case(worker: Person) -> str:
    """By the form, as anybody would; gives the case's code."""
    worker.go("/cases/open/")
    worker.fill("Region or province", "Northern Province")
    worker.click("Open the case")
    expect(worker.page).to_have_url(re.compile(r"/cases/[0-9a-f-]{36}/$"))
    return re.search(r"C-[0-9A-Z]{4}-[0-9A-Z]{4}", worker.page.inner_text("main"))[0]


def test_who_read_this_case_last_week_and_was_anything_removed_in_two_clicks(
    person: Callable[..., Person], product: Product
) -> None:
    worker = person("caseworker").sign_in()
    code = open_a_case(worker)
    address = worker.page.url
    supervisor = person("supervisor").sign_in()
    supervisor.go(address)
    product.wait_for_sequencer()
    auditor = person("auditor").sign_in()
    auditor.go("/audit/")
    auditor.click("Check the whole log now")
    wait_until(lambda: product.events("log.checked") > 0, "nobody has checked the log")
    auditor.go("/")

    auditor.visit("Audit")
    auditor.look("audit-start", dark=True)
    auditor.follow(code)

    expect(auditor.heading(f"The case {code} in the log")).to_be_visible()
    table = auditor.page.get_by_role("table").first
    for name in ("Ana Ilustre", "Corazon Vera"):
        expect(table).to_contain_text(name)
    auditor.sees("Was anything removed?")
    auditor.sees("No: nothing was removed or changed")
    auditor.look("who-read-this-case", dark=True)

    for name, path, heading in (
        ("reviews", "/audit/reviews/", "Reviews"),
        ("charts-of-use", "/audit/usage/", "Charts of use"),
    ):
        auditor.go(path)
        expect(auditor.heading(re.compile(f"^{heading}"))).to_be_visible()
        auditor.look(name, dark=True)


def test_every_other_page_of_the_log_can_be_read_by_everybody(
    person: Callable[..., Person], product: Product
) -> None:
    worker = person("caseworker").sign_in()
    code = open_a_case(worker)
    worker.follow("People")
    worker.follow("Add a person")
    worker.choose("Place in the case", "Survivor")
    worker.fill("First name", "Lita")
    worker.click("Add the person")
    worker.follow("Who opened this")
    expect(worker.page.get_by_role("heading", name="Who opened this, when and why")).to_be_visible()
    worker.look("who-opened-this", dark=True)
    worker.page.get_by_role("link", name=re.compile("^Report for")).click()
    worker.sees("Who opened what we keep about you")
    worker.look("report-of-who-opened")
    product.wait_for_sequencer()

    auditor = person("auditor").sign_in()
    auditor.go("/audit/")
    auditor.page.get_by_text("Search by person, case, time and more").click()
    auditor.fill("Case, person, referral or handoff", code)
    auditor.look("audit-search-form")
    auditor.click("Search")
    auditor.sees("opened a new case")
    auditor.look("audit-search-found", dark=True)
    auditor.fill("Keep this search as", "One case")
    auditor.click("Keep")
    expect(auditor.page.get_by_role("heading", name="One case")).to_be_visible()
    auditor.look("audit-kept-search")
    auditor.click("Download with proof")
    auditor.look("audit-take-out", heading="Take out what was found")
    auditor.tick("For an auditor outside")
    with auditor.page.expect_download() as taken:
        auditor.click("Download with proof")
    assert taken.value.suggested_filename.endswith(".jsonl")
    auditor.go("/audit/archives/")
    auditor.look("audit-archives")

    # The copy waits for somebody else, who says what they found.
    officer = person("dpo").sign_in()
    officer.go("/audit/reviews/?show=export")
    officer.follow("Copy taken out")
    officer.look("audit-review", dark=True)
    officer.tick("In order: the work called for it")
    officer.click("Close the review")
    officer.said("The review is closed, and its finding stands.")
    officer.go("/audit/reviews/?show=closed")
    officer.look("audit-reviews-closed")


def on_paper(person: Person, what: str) -> bool:
    """Whether some text of the page would come out of the printer now."""
    person.page.emulate_media(media="print")
    shown = person.page.get_by_text(what).first.is_visible()
    person.page.emulate_media(media="screen")
    return shown


SAYS_NO = "Nothing was printed, since it could not be written down"
PRINTS = "() => window.dispatchEvent(new Event('beforeprint'))"
PRINTED = "() => window.dispatchEvent(new Event('afterprint'))"


def test_printing_is_written_down_before_paper_comes_out(
    person: Callable[..., Person], product: Product
) -> None:
    worker = person("caseworker").sign_in()
    code = open_a_case(worker)
    printed = product.events("page.printed")
    assert not on_paper(worker, code)
    assert on_paper(worker, SAYS_NO)
    # A browser without a screen prints nothing, but says that it would.
    with worker.page.expect_response(re.compile(r"/print/$")) as answer:
        worker.page.evaluate(PRINTS)
    assert answer.value.status == 204
    assert product.events("page.printed") == printed + 1
    assert on_paper(worker, code)
    assert not on_paper(worker, SAYS_NO)
    worker.page.evaluate(PRINTED)
    assert not on_paper(worker, code)
    # What cannot be written down stays off the paper.
    worker.page.evaluate("() => (document.body.dataset.printMark = 'forged')")
    with worker.expecting(422):
        worker.page.evaluate(PRINTS)
    assert not on_paper(worker, code)
    assert on_paper(worker, SAYS_NO)
    assert product.events("page.printed") == printed + 1


def test_without_a_script_the_page_says_first_that_it_is_printed(
    person: Callable[..., Person], product: Product
) -> None:
    worker = person("caseworker", script=False).sign_in()
    code = open_a_case(worker)
    printed = product.events("page.printed")
    assert not on_paper(worker, code)
    worker.click("Write down that I print this page")
    worker.said("It is written down.")
    assert product.events("page.printed") == printed + 1
    assert on_paper(worker, code)
    worker.page.reload()
    assert not on_paper(worker, code)
