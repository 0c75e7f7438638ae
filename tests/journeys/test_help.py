"""Help beside the task, and a newcomer who goes through their tour by it alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.people import Person

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]


def test_a_newcomer_finds_their_tour_and_the_task_it_leads_to(
    person: Callable[..., Person],
) -> None:
    worker = person("caseworker").sign_in()
    worker.go("/help/")
    worker.look("help", heading="Help", dark=True)
    worker.follow("Leave at once when somebody comes near")
    worker.look("guide", dark=True)
    worker.sees("Step 1 of 8 of your tour.")
    worker.follow("Next in the tour")
    expect(worker.heading("Log a referral")).to_be_visible()
    worker.look("guide-with-words", dark=True)
    worker.follow("Go there")
    expect(worker.heading("Log a referral")).to_be_visible()
    # The same guide stands closed at the foot, and opens without leaving what is typed.
    worker.page.get_by_text("How to: Log a referral").click()
    worker.look("guide-at-the-foot", dark=True)
    worker.sees("Press “Put it on the desk”")
    worker.go("/help/words/")
    worker.look("words", heading="Words of this place", dark=True)
