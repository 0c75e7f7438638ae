"""The pages beside the main job: judged the same way, each by somebody who may see it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.people import Person

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

# who, then what each page is called and where it is
VISITS = (
    (
        "admin",
        (
            ("people-of-the-agency", "/people/", "People"),
            ("roles", "/roles/", "What each role may do"),
            ("partners-systems", "/agencies/systems/", "Partners’ systems"),
            ("let-a-system-in", "/agencies/systems/register/", "Let a system in"),
            ("components", "/styleguide/", "Page title"),
        ),
    ),
    (
        "supervisor",
        (
            ("import", "/referrals/import/", "Import"),
            ("open-a-case", "/cases/open/", "Open a new case"),
            ("open-many-cases", "/cases/many/", "Open many cases"),
            ("exports", "/exports/", "Exports"),
            ("request-export", "/exports/ask/", "Ask for an export"),
            ("signing-key", "/handoffs/signing-key/", "Signing key"),
            ("court", "/court/", "Court"),
            ("court-calendar", "/court/calendar/", "Court calendar"),
            ("calendar-program", "/court/calendar/program/", "In your calendar program"),
            ("second-step", "/account/2fa/", "Second step"),
            ("sessions", "/account/sessions/", "Where you are signed in"),
            ("password", "/account/password/change/", "Change your password"),
        ),
    ),
)


@pytest.mark.parametrize(("who", "pages"), VISITS, ids=[who for who, _pages in VISITS])
def test_the_other_pages_can_be_read_by_everybody(
    person: Callable[..., Person], who: str, pages: tuple[tuple[str, str, str], ...]
) -> None:
    reader = person(who).sign_in()
    for name, path, heading in pages:
        reader.go(path)
        expect(reader.heading(re.compile(f"^{heading}"))).to_be_visible()
        reader.look(name, dark=name == "components")


def test_what_is_not_there_and_what_is_not_theirs_say_so_calmly(
    person: Callable[..., Person],
) -> None:
    officer = person("partner").sign_in()
    with officer.expecting(404):
        officer.go("/nowhere/")
        officer.look("not-found")
    with officer.expecting(403):
        officer.go("/cases/")
        officer.look("not-yours")
    expect(officer.heading("This is not yours to do")).to_be_visible()
