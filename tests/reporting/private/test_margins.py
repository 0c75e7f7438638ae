"""Published margins hold: of what is shown, about 95 in 100 lie within."""

from __future__ import annotations

from math import ceil

import numpy as np
import pytest

from bench import population
from reporting.private.budget import rho_of
from reporting.private.estimates import estimate
from reporting.private.workload import Workload, count

NAMES = ("period", "harm", "age_band", "gender", "relation", "outcome")


@pytest.mark.parametrize("number", [1500, 6000])
def test_of_what_is_shown_95_in_100_lie_within_their_margin(number):
    workload = Workload.up_to(population.attributes(NAMES), 2)
    within = []
    for seed in range(5):
        exact = count(workload, population.people(number, seed=seed, names=NAMES))
        found = estimate(workload, exact, rho_of(1.0), walks=12)
        for true, values, margin, shown in zip(
            exact, found.tables, found.moe95, found.shown, strict=True
        ):
            within.append((np.abs(values - true) <= margin)[shown])
    held = np.concatenate(within)
    assert held.size > 500
    assert 0.93 <= held.mean() <= 0.975


def test_almost_nothing_is_shown_that_is_not_there():
    workload = Workload.up_to(population.attributes(NAMES), 2)
    exact = count(workload, population.people(3000, names=NAMES))
    found = estimate(workload, exact, rho_of(4.0), walks=12)
    shown = np.concatenate([s.ravel() for s in found.shown])
    true = np.concatenate([t.ravel() for t in exact])
    made_up = (true[shown] == 0).sum()
    assert made_up <= ceil(0.01 * shown.sum())
    # And what there is to see is mostly seen.
    assert shown[true >= 50].mean() > 0.95
