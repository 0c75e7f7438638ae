"""An administrator and the partners: an agreement recorded, ended early, an agency closed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.journeys.people import Person

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]


def test_an_administrator_agrees_ends_and_closes(person: Callable[..., Person]) -> None:
    admin = person("admin").sign_in()
    admin.go("/agencies/")
    admin.follow("Partners and agreements")
    admin.look("partners", heading="Partners and agreements", dark=True)
    admin.follow("Record an agreement")
    with admin.expecting(422):
        admin.click("Record the agreement")
        expect(admin.error_summary()).to_be_visible()
    admin.look("agreement-mistake", heading="Record an agreement", dark=True)
    today = timezone.localdate().isoformat()
    admin.page.get_by_label("Agency").select_option(index=1)
    admin.fill("Reference", "DSA-JOURNEY-2026")
    admin.fill("What for", "Shelter for children in danger")
    admin.tick("People by code and role")
    admin.fill("From", today)
    admin.click("Record the agreement")
    admin.said("The agreement is recorded.")
    admin.sees("without an end")
    admin.look("partners-agreed", dark=True)
    admin.follow("End DSA-JOURNEY-2026")
    admin.look("end-agreement", heading="End DSA-JOURNEY-2026", dark=True)
    admin.fill("Last day", today)
    admin.click("Set the last day")
    admin.said("The last day is set.")
    admin.follow("Close HLS")
    admin.look("close-agency", dark=True)
    admin.click("Close the agency")
    admin.said("The agency is closed.")
    admin.sees("offered nowhere")
    admin.look("partners-closed", dark=True)
    admin.follow("Open HLS again")
    admin.look("reopen-agency", dark=True)
    admin.click("Open the agency again")
    admin.said("The agency is open again.")
