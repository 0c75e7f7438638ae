"""What a page weighs on the wire, and how long it takes over a weak signal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.people import PHONE, Person

pytestmark = pytest.mark.journey

FIRST, AFTER = 150_000, 30_000
# The slow 3G of WebPageTest: 400 kbit/s either way, 400 ms there and back.
SLOW_3G = {
    "offline": False,
    "downloadThroughput": 400_000 / 8,
    "uploadThroughput": 400_000 / 8,
    "latency": 400,
}
READY_MS = 2_000
TOOK = """() => {
  const [page] = performance.getEntriesByType("navigation");
  return page.domContentLoadedEventEnd - page.startTime;
}"""
PLACES = ["My work", "Referrals", "Cases"]


class Wire:
    """The bytes that one page's browser received, headers included."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.bytes = 0
        self._wire: Any = person.context.new_cdp_session(person.page)
        self._wire.send("Network.enable")
        self._wire.on("Network.loadingFinished", self._count)

    def _count(self, event: dict[str, Any]) -> None:
        self.bytes += event["encodedDataLength"]

    def weighed(self) -> int:
        """What came since the last time, once nothing more is on its way."""
        self.person.page.wait_for_load_state("networkidle")
        came, self.bytes = round(self.bytes), 0
        return came

    def slow_down(self) -> None:
        self._wire.send("Network.emulateNetworkConditions", SLOW_3G)


def test_the_first_page_is_light_and_the_next_are_lighter(person: Callable[..., Person]) -> None:
    caseworker = person("south_caseworker", size=PHONE)
    wire = Wire(caseworker)
    caseworker.go("/account/login/")
    first = wire.weighed()
    assert 0 < first <= FIRST
    caseworker.sign_in()
    wire.weighed()
    weights = {}
    for place in PLACES:
        caseworker.visit(place)
        weights[place] = wire.weighed()
    assert all(0 < weight <= AFTER for weight in weights.values()), weights


@pytest.mark.soak
def test_pages_are_ready_in_two_seconds_over_slow_3g(person: Callable[..., Person]) -> None:
    caseworker = person("south_caseworker", size=PHONE).sign_in()
    wire = Wire(caseworker)
    wire.slow_down()
    took = {}
    for place in PLACES:
        caseworker.visit(place)
        took[place] = caseworker.page.evaluate(TOOK)
    assert all(time <= READY_MS for time in took.values()), took
