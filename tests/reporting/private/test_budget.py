"""ρ and ε: OpenDP's conversion beside the published formula, and sums that never round down."""

from __future__ import annotations

from fractions import Fraction
from math import exp, inf, log, nan

import pytest

from reporting.private.budget import DELTA, FINEST, NoBudget, epsilon_of, rho_of


def by_formula(rho: float, delta: float) -> float:
    """ε of ρ-zCDP at δ, by bisection over the bound of Canonne, Kamath and Steinke (2020)."""

    def delta_of(epsilon: float) -> float:
        orders = (1 + 10 ** (step / 200) for step in range(-600, 600))
        return min(
            exp((a - 1) * (a * rho - epsilon) + a * log(1 - 1 / a)) / (a - 1)
            for a in orders
            if (a - 1) * (a * rho - epsilon) < 700
        )

    low, high = 0.0, 100.0
    for _round in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if delta_of(middle) <= delta else (middle, high)
    return high


@pytest.mark.parametrize("rho", [0.001, 0.01, 0.05, 0.3, 1.0])
def test_epsilon_is_that_of_the_published_formula(rho):
    assert epsilon_of(Fraction(rho)) == pytest.approx(by_formula(rho, DELTA), rel=2e-3)


@pytest.mark.parametrize("epsilon", [0.1, 0.5, 1.0, 2.0, 6.0])
def test_the_largest_cost_that_an_epsilon_allows(epsilon):
    rho = rho_of(epsilon)
    assert epsilon_of(rho) <= epsilon < epsilon_of(rho + Fraction(1, FINEST)) + 1e-6
    assert rho.denominator <= FINEST


@pytest.mark.parametrize("epsilon", [0, -1, inf, nan, 1e-12])
def test_no_epsilon_no_release(epsilon):
    with pytest.raises(NoBudget):
        rho_of(epsilon)


def test_what_costs_nothing_tells_nothing():
    assert epsilon_of(Fraction(0)) == 0
