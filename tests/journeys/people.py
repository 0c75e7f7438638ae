"""People at their screens: each has a browser of their own and signs in through the real pages."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from accounts.second_factor import demo_totp_secret
from tests.cast import PASSWORD
from tests.journeys.product import ROOT, Product

WIDE = {"width": 1280, "height": 860}
PHONE = {"width": 360, "height": 740}
PERIOD_SECONDS = 30
PATIENCE = 20_000

WHY = "Why are you opening this case?"

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# Off by default in axe, and asked for by WCAG 2.2 AA.
AXE_OPTIONS: dict[str, Any] = {
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
NOTE_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP: ${event.violatedDirective} refused ${event.blockedURI || "inline"}`);
});
"""

PICTURES = ROOT / "docs" / "screenshots"
FULL_PICTURES = ROOT / "test-results" / "pages"
TAKING_PICTURES = os.environ.get("LIWANAG_SCREENSHOTS") == "1"
# A picture in the repository is looked at in a README, not printed.
LARGEST_PICTURE = 200_000


class Faults(list[str]):
    """What went wrong on anybody's screen, in the order it happened."""


class Person:
    """Somebody of the cast, who reads, clicks and types.

    Args:
        who: the attribute of the cast, such as "caseworker".
        script: whether their browser runs scripts.
    """

    def __init__(
        self,
        product: Product,
        browser: Browser,
        who: str,
        faults: Faults,
        *,
        script: bool = True,
        size: dict[str, int] = WIDE,
    ) -> None:
        self.product = product
        self.who = who
        self.email = f"{who.replace('_', '.')}@people.example"
        self.faults = faults
        self.size = size
        self.context: BrowserContext = browser.new_context(
            base_url=product.address,
            viewport=size,  # type: ignore[arg-type]
            java_script_enabled=script,
            locale="en-GB",
            timezone_id="Asia/Manila",
            color_scheme="light",
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(PATIENCE)
        if script:
            # Both reach the page below its own policy, which stays as it is for everything else.
            self.context.add_init_script(NOTE_VIOLATIONS)
            self.context.add_init_script(path=AXE)
        self.expected: set[int] = set()
        self.page: Page = self.context.new_page()
        # Asked why they open a case, people say so with one tap and go on.
        asked = self.page.get_by_role("heading", name=WHY)
        self.page.add_locator_handler(asked, lambda: self.click("My work on this case"))
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self._fault(f"script: {error}"))
        self.page.on("response", lambda answer: self._status(answer.status, answer.url))
        self.page.on("request", lambda request: self._origin(request.url))

    # --- What must not happen ---------------------------------------------------------------

    def _fault(self, words: str) -> None:
        self.faults.append(f"{self.who} at {_path(self.page.url)}: {words}")

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        # The browser repeats every refused answer here; `_status` has judged it already.
        repeated = message.text.startswith("Failed to load resource")
        # A choice changed while its preview was on the way: the newer request replaces the older.
        replaced = message.text.startswith(("htmx:sendAbort", "htmx:afterRequest"))
        if not repeated and not replaced:
            self._fault(message.text)

    def _status(self, status: int, url: str) -> None:
        if status >= 400 and status not in self.expected:
            self._fault(f"{status} from {_path(url)}")

    def _origin(self, url: str) -> None:
        if not url.startswith((self.product.address, "data:", "about:")):
            self._fault("a request left for another site")

    @contextmanager
    def expecting(self, status: int) -> Iterator[None]:
        """For the next steps, this answer is the right one."""
        self.expected.add(status)
        try:
            yield
        finally:
            self.expected.discard(status)

    # --- What people do ---------------------------------------------------------------------

    def sign_in(self) -> Person:
        """Through the pages, with the password and the code of the authenticator app."""
        self.go("/account/login/")
        self.page.get_by_label("Email").fill(self.email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.click("Sign in")
        expect(self.heading("Second step")).to_be_visible()
        self.give_code()
        expect(self.page.get_by_role("heading", name="Second step")).to_have_count(0)
        return self

    def give_code(self) -> None:
        """Write the code that the authenticator shows now; wait for the next if it was used."""
        period = int(time.time()) // PERIOD_SECONDS
        used = _USED.get((self.product.database, self.who))
        if used is not None and used >= period:
            self.page.wait_for_timeout(1000 * (1 + (used + 1) * PERIOD_SECONDS - time.time()))
            period = int(time.time()) // PERIOD_SECONDS
        left = (period + 1) * PERIOD_SECONDS - time.time()
        if left < 3:
            # The code would turn while it is on its way.
            self.page.wait_for_timeout(1000 * (left + 0.2))
            period += 1
        _USED[self.product.database, self.who] = period
        code = format_hotp_value(hotp_value(demo_totp_secret(self.email), period))
        self.page.get_by_label("Code").fill(code)
        self.click("Sign in")

    def go(self, path: str) -> None:
        self.page.goto(path, wait_until="load")
        # Asked why, the handler above answers while this waits.
        expect(self.page.get_by_role("heading", name=WHY)).to_be_hidden()

    def click(self, name: str, *, within: Locator | None = None, exact: bool = True) -> None:
        """Press the one button of this name."""
        (within or self.page).get_by_role("button", name=name, exact=exact).click()

    def follow(self, name: str, *, within: Locator | None = None, exact: bool = True) -> None:
        """Follow the first link of this name within the content (or `within`)."""
        place = within or self.page.get_by_role("main")
        place.get_by_role("link", name=name, exact=exact).first.click()

    def visit(self, name: str) -> None:
        """Go to one of the main places by the navigation."""
        rail = self.page.get_by_role("navigation", name="Main").first
        link = rail.get_by_role("link", name=name, exact=True)
        address = self.product.address + (link.get_attribute("href") or "")
        link.click()
        self.page.wait_for_url(address)
        expect(link).to_have_attribute("aria-current", "page")

    def field(self, label: str) -> Locator:
        """The control of this label; the label may go on with a hint or "(optional)"."""
        exact = self.page.get_by_label(label, exact=True)
        begins = self.page.get_by_label(re.compile(f"^{re.escape(label)}"))
        return exact if exact.count() else begins

    def fill(self, label: str, text: str) -> None:
        self.field(label).fill(text)

    def choose(self, label: str, option: str) -> None:
        self.field(label).select_option(label=option)

    def tick(self, name: str, *, group: str | None = None) -> None:
        """Tick a box or choose an answer by the words beside it, which may go on with a hint."""
        place: Any = self.page.get_by_role("group", name=group) if group else self.page
        exact = place.get_by_label(name, exact=True)
        begins = place.get_by_label(re.compile(f"^{re.escape(name)}"))
        exact.or_(begins).first.wait_for()
        (exact if exact.count() else begins).check()

    # --- What people see --------------------------------------------------------------------

    def heading(self, name: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("heading", name=name, level=1)

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("main")).to_contain_text(text)

    def never_sees(self, text: str) -> None:
        expect(self.page.locator("body")).not_to_contain_text(text)

    def said(self, text: str) -> None:
        """The quiet line at the top says what just happened."""
        expect(self.page.locator("#said")).to_contain_text(text)

    def error_summary(self) -> Locator:
        return self.page.locator("#error-summary")

    # --- What a careful reader checks ------------------------------------------------------

    def look(self, name: str, *, heading: str = "", dark: bool = False, pictures: str = "") -> None:
        """Judge the page as it stands: axe at both widths, nothing to scroll sideways.

        Args:
            name: what the page is called in faults and pictures.
            heading: what to wait for, where nothing of the new page was waited for before.
            dark: judge it in the dark as well.
            pictures: which of "wide", "dark" and "phone" the README shows, when they are taken.
        """
        page = self.page
        if heading:
            expect(self.heading(heading)).to_be_visible()
        page.wait_for_load_state("load")
        self._judge(f"{name}, wide")
        self._keep(name, "wide" in pictures)
        if dark:
            page.emulate_media(color_scheme="dark")
            self._judge(f"{name}, wide, dark")
            self._keep(f"{name}-dark", "dark" in pictures)
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        if dark:
            self._judge(f"{name}, phone, dark")
            self._keep(f"{name}-phone-dark", False)
            page.emulate_media(color_scheme="light")
        self._judge(f"{name}, phone")
        too_wide = page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if too_wide > 0:
            self.faults.append(f"{name}, phone: {too_wide} px to scroll sideways")
        self._keep(f"{name}-phone", "phone" in pictures)
        page.set_viewport_size(self.size)  # type: ignore[arg-type]

    def _judge(self, name: str) -> None:
        found = self.page.evaluate(
            """async (options) => {
                // What lies under a bar that stays can be scrolled out from under it.
                const stays = (part) => /fixed|sticky/.test(getComputedStyle(part).position);
                const bars = [...document.querySelectorAll("body *")].filter(stays);
                bars.forEach((bar) => { bar.style.position = "static"; });
                const found = (await axe.run(document, options)).violations.map((rule) => ({
                    id: rule.id,
                    help: rule.help,
                    places: rule.nodes.slice(0, 3).map((node) =>
                        `${node.target.join(" ")} (${(node.any[0] || node.all[0] || node.none[0]
                        || {message: ""}).message})`),
                }));
                bars.forEach((bar) => { bar.style.position = ""; });
                return found;
            }""",
            AXE_OPTIONS,
        )
        self.faults.extend(
            f"{name}: axe {rule['id']}: {rule['help']}: {'; '.join(rule['places'])}"
            for rule in found
        )

    def _keep(self, name: str, shown: bool) -> None:
        if not TAKING_PICTURES:
            return
        self.page.evaluate("() => window.scrollTo(0, 0)")
        FULL_PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=FULL_PICTURES / f"{name}.png", full_page=True)
        if shown:
            PICTURES.mkdir(parents=True, exist_ok=True)
            taken = self.page.screenshot(path=PICTURES / f"{name}.png")
            assert len(taken) < LARGEST_PICTURE, f"the picture {name} is too large"

    def leave(self) -> None:
        self.context.close()


def _path(url: str) -> str:
    return re.sub(r"^https?://[^/]+", "", url)


# The last period whose code somebody gave, by product and person: each code is good once.
_USED: dict[tuple[str, str], int] = {}
