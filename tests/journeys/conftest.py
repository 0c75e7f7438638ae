"""A served product for each test process, and people who use it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from playwright.sync_api import Browser, expect, sync_playwright

from accounts.models import User
from tests.browser import FLAGS, require_chromium
from tests.conftest import ALIASES
from tests.factories import log_referral
from tests.journeys.people import PATIENCE, Faults, Person
from tests.journeys.product import Product, served

# What reached the agency before the journeys begin: some counts are too small to be shown.
EARLIER = (
    ("south_caseworker", "foreign_law_enforcement", "livestreamed_trafficking", 24),
    ("south_caseworker", "ncmec_cybertip", "groomed_or_coerced_self_generated", 17),
    ("south_caseworker", "social_welfare", "in_person_recorded", 13),
    ("south_caseworker", "inhope_hotline", "self_generated_no_third_party_known", 11),
    ("south_caseworker", "financial_institution", "livestreamed_trafficking", 10),
    ("south_caseworker", "school", "self_generated_no_third_party_known", 4),
    ("south_caseworker", "survivor_self", "unknown", 2),
    ("intake", "inhope_hotline", "unknown", 2),
    ("intake", "social_welfare", "in_person_recorded", 1),
)


def earlier_work() -> None:
    """Log the referrals of EARLIER, each as one act of the person whose desk it reached."""
    now = timezone.localtime()
    month = (now.month - 1) // 3 * 3 + 1
    quarter = now.replace(month=month, day=1, hour=0, minute=0, second=0, microsecond=0)
    for who, source, origin, count in EARLIER:
        actor = User.objects.get(email=f"{who}@people.example".replace("_", "."))
        for number in range(count):
            received: datetime = max(quarter, now - timedelta(hours=3 + 7 * number % 60))
            log_referral(
                actor,
                received_at=received,
                source_category=source,
                content_origin=origin,
                immediate_danger="no",
                country="PH",
            )


@pytest.fixture(scope="session")
def product(template: str, django_db_blocker: Any) -> Iterator[Product]:
    """Served for all journeys of this test process: starting it takes seconds."""
    require_chromium()
    with served(template, worker=os.environ.get("PYTEST_XDIST_WORKER", "main")) as product:
        with django_db_blocker.unblock():
            try:
                _point_to(product.database)
                earlier_work()
            finally:
                _point_to(template)
        yield product


def _point_to(database: str) -> None:
    """Let Django's connections of this process lead to another database."""
    for alias in ALIASES:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = database


@pytest.fixture(scope="module")
def browser(product: Product) -> Iterator[Browser]:
    """A browser for one file of journeys.

    Not for longer: while Playwright runs, Django refuses database work in this process, which the
    next file may want to do.
    """
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        shown = playwright.chromium.launch(executable_path=require_chromium(), args=list(FLAGS))
        yield shown
        shown.close()


@pytest.fixture
def faults(product: Product) -> Iterator[Faults]:
    """What anybody's screen showed wrong; the journey fails at its end if there is any."""
    found = Faults()
    yield found
    logged = product.faults()
    assert not found, "\n".join(dict.fromkeys(found))
    assert not logged, logged
    assert not product.ended(), f"{product.ended()} ended"


@pytest.fixture
def person(product: Product, browser: Browser, faults: Faults) -> Iterator[Callable[..., Person]]:
    """`person("caseworker")` → at their screen, not signed in yet."""
    here: list[Person] = []

    def arrive(who: str, **how: object) -> Person:
        here.append(Person(product, browser, who, faults, **how))  # type: ignore[arg-type]
        return here[-1]

    yield arrive
    for each in here:
        each.leave()
