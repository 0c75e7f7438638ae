"""Months of one person: imposed, expected and served are added up alike."""

from __future__ import annotations

import uuid

import pytest

from reporting.court_counts import Sentenced, _counted

PERSON, HERE, THERE = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()


def sentence(proceeding=HERE, *, total=False, runs="", months=None, expected=None, actual=None):
    return Sentenced(PERSON, proceeding, total, "determinate", runs, months, expected, actual)


def counted(*sentences):
    return _counted(
        rescued=set(),
        at_risk=set(),
        arrested=set(),
        charged=set(),
        convicted={PERSON},
        sentences=sentences,
    )


@pytest.mark.parametrize(
    ("sentences", "months"),
    [
        (
            [{"months": 40, "expected": 30}, {"months": 20, "expected": 15, "runs": "consecutive"}],
            (60, 45),
        ),
        (
            [{"months": 40, "expected": 30}, {"months": 20, "expected": 15, "runs": "concurrent"}],
            (40, 30),
        ),
        (
            [{"months": 50, "expected": 35, "total": True}, {"months": 40, "expected": 30}],
            (50, 35),
        ),
        (
            [{"months": 40, "expected": 30}, {"months": 45, "expected": 20, "proceeding": THERE}],
            (45, 30),
        ),
    ],
)
def test_expected_months_are_added_up_as_imposed_ones_are(sentences, months):
    counts = counted(*(sentence(**one) for one in sentences))
    assert (counts.sentenced.months, counts.custody_expected.months) == ((months[0],), (months[1],))
    assert counts.custody_actual.months == ()


def test_who_has_served_is_not_expected_to():
    counts = counted(sentence(months=60, expected=40, actual=38))
    assert (counts.custody_actual.months, counts.custody_expected.months) == ((38,), ())
