"""What a release costs, in zero-concentrated differential privacy (ρ), and what that means (ε, δ).

ρ adds up over releases; ε is what people compare. Costs are kept as exact fractions, so that a sum
of many of them is never below what was spent.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import isfinite, sqrt

import opendp.prelude as dp

dp.enable_features("contrib")

DELTA = 1e-6
FINEST = 10**9
"""Costs are whole billionths of ρ: few digits, and no sum ever rounds down."""


class NoBudget(Exception):
    """ε is not one that anything may be released under."""


def epsilon_of(rho: Fraction, delta: float = DELTA) -> float:
    """The smallest ε that ρ-zCDP guarantees at δ, rounded up (OpenDP's conversion)."""
    if rho == 0:
        return 0.0
    return _epsilon(float(rho), delta)


@lru_cache(maxsize=4096)
def _epsilon(rho: float, delta: float) -> float:
    one_count = dp.m.make_gaussian(
        dp.atom_domain(T="i64"), dp.absolute_distance(T="i64"), scale=sqrt(0.5 / rho)
    )
    return float(dp.c.make_zCDP_to_approxDP(one_count).map(1).epsilon(delta))


def rho_of(epsilon: float, delta: float = DELTA) -> Fraction:
    """The largest ρ, in whole billionths, whose ε at δ is at most this one.

    Raises NoBudget if ε is not above 0.
    """
    if not isfinite(epsilon) or epsilon <= 0:
        raise NoBudget("Name an ε above 0.")
    low, high = 0, 1
    while epsilon_of(Fraction(high, FINEST), delta) <= epsilon:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        if epsilon_of(Fraction(middle, FINEST), delta) <= epsilon:
            low = middle
        else:
            high = middle
    if low == 0:
        raise NoBudget("This ε is too small for any release.")
    return Fraction(low, FINEST)
