"""The whole way from exact counts to what may be published, in one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from reporting.private.consistent import effects_of, tables_from, variances
from reporting.private.margins import UNSETTLED, learn
from reporting.private.noise import Mechanism
from reporting.private.settled import settle
from reporting.private.workload import Counts, Workload

FEWEST = 10.0
"""No estimate below this is shown, however certain (R-S1)."""
STEP = 5
"""Shown counts are rounded to this; who adds rounded counts up is told so."""
WALKS = 24
"""How often the way is walked again to learn the margins. More changes their third digit."""


@dataclass(frozen=True)
class Estimates:
    """What came out, in the order of the workload's tables. No exact count is in here.

    Attributes:
        tables: estimates that agree with each other to the last digit.
        moe95: for each cell, how far off its estimate may be in 95 of 100 releases.
        shown: where an estimate is at least `FEWEST` and at least its own margin.
        total_moe95: the same for the number of people.
        sigma: the standard deviation of the noise on each count before tables were made to agree.
    """

    workload: Workload
    tables: list[Counts] = field(repr=False)
    moe95: list[Counts] = field(repr=False)
    shown: list[NDArray[np.bool_]] = field(repr=False)
    sigma: float
    total_moe95: float

    @property
    def total(self) -> float:
        """The estimated number of people; the same in every table."""
        return float(self.tables[0].sum())


def estimate(
    workload: Workload, exact: Sequence[Counts], rho: Fraction, *, walks: int = WALKS
) -> Estimates:
    """Estimates of all tables of a workload. Costs `rho` and must be called once for it.

    Args:
        exact: exact counts (`workload.count`); they are looked at here and nowhere after.
        walks: how often the way is walked again to learn the margins.
    """
    mechanism = Mechanism(workload, rho)
    effects = effects_of(workload, mechanism.measure(exact))
    sigma = mechanism.sigma
    noise = variances(workload, sigma)
    tables = tables_from(workload, settle(workload, effects, noise))
    moe95 = learn(workload, effects, sigma, times=walks).of(workload, tables, sigma)
    shown = [
        (values >= FEWEST) & (values >= margin)
        for values, margin in zip(tables, moe95, strict=True)
    ]
    # Settling never moves the number of people, so its noise is all that is off about it.
    return Estimates(workload, tables, moe95, shown, sigma, UNSETTLED * sqrt(noise[()]))


def rounded(value: float) -> int:
    """As shown: to the nearest `STEP`, halves up."""
    return int(STEP * np.floor(value / STEP + 0.5))
