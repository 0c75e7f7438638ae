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
