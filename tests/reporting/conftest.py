"""Figures to count: referrals of the first half of 2025, some of them few."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from accounts.models import User
from accounts.service_accounts import STATISTICIAN_ID
from reporting.models import StatisticsRelease
from reporting.services.releases import publish_release, request_release
from tests.factories import log_referral
from tests.jobs import Jobs

H1 = (date(2025, 1, 1), date(2025, 6, 30))


@pytest.fixture
def run_jobs(database: str) -> Jobs:
    """`run_jobs()` does what the worker would do."""
    return Jobs()


@pytest.fixture
def statistician(database: str) -> User:
    return User.objects.get(pk=STATISTICIAN_ID)


def ask(actor: User, **over: Any) -> StatisticsRelease:
    """Ask for referrals by source in the first half of 2025."""
    values: dict[str, Any] = {
        "title": "Referrals by source",
        "measures": ["S-SRC"],
        "period_start": H1[0],
        "period_end": H1[1],
    }
    return request_release(actor=actor, **{**values, **over})


def kept(release: StatisticsRelease) -> StatisticsRelease:
    """As the database has it now."""
    return StatisticsRelease.objects.using("owner").get(pk=release.pk)


@pytest.fixture
def referrals(cast: Any) -> None:
    """38 in the first half of 2025: 23 from NGOs, 12 from health services, 3 from schools.

    The health services' 12 can be shown. The NGOs' 23 can't: with both shown, 3 would be left.
    """
    few = (("school", 3, 3), ("health", 2, 4), ("health", 5, 8))
    for source, month, count in (("ngo", 2, 11), ("ngo", 5, 12), *few):
        for number in range(count):
            log_referral(
                cast.intake,
                source_category=source,
                received_at=datetime(2025, month, 1 + number, 4, tzinfo=UTC),
            )


@pytest.fixture
def in_review(cast: Any, referrals: None, run_jobs: Callable[[], Any]) -> StatisticsRelease:
    """A release that the manager asked for and the job computed."""
    release = ask(cast.manager)
    run_jobs()
    return kept(release)


@pytest.fixture
def published(cast: Any, in_review: StatisticsRelease) -> StatisticsRelease:
    return publish_release(actor=cast.dpo, release_id=in_review.pk)
