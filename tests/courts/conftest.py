"""A case before a court, for the tests about hearings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.court_days import begin
from tests.factories import add_participant, open_case

SOON = timezone.localdate() + timedelta(days=20)


@pytest.fixture
def case(cast):
    return open_case(cast.caseworker)


@pytest.fixture
def survivor(cast, case):
    return add_participant(cast.caseworker, case, identity={"first_name": "Tala"})


@pytest.fixture
def proceeding(cast, case):
    return begin(cast, case)
