"""The one place where noise is drawn: OpenDP's exact discrete Gaussian, from the system's source.

There is no seed here and no way to give one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import nextafter, sqrt

import numpy as np
import opendp.prelude as dp

from reporting.private.workload import Counts, Workload

dp.enable_features("contrib")


ROUNDING = Fraction(1, 10**9)
"""OpenDP rounds the cost of a float scale upwards, in its last digits."""


class TooDear(Exception):
    """The mechanism would cost more than was reserved. A fault of ours: nothing is drawn."""


@dataclass(frozen=True)
class Mechanism:
    """Discrete Gaussian noise of standard deviation `sigma` on every count of a workload."""

    workload: Workload
    rho: Fraction

    @property
    def sigma(self) -> float:
        """σ² = t / 2ρ for t tables (Bun and Steinke 2016), rounded up."""
        tables = len(self.workload.tables)
        return nextafter(sqrt(Fraction(tables, 2) / self.rho), float("inf"))

    def measure(self, exact: Sequence[Counts]) -> list[Counts]:
        """Noisy counts of all tables. Costs `rho`, once for all of them.

        Raises TooDear if OpenDP's own account of the cost is above `rho`.
        """
        measurement = dp.m.make_gaussian(
            dp.vector_domain(dp.atom_domain(T="i64")),
            dp.l2_distance(T="f64"),
            scale=self.sigma,
        )
        if Fraction(measurement.map(self.workload.sensitivity)) > self.rho * (
            1 + Fraction(1, 10**9)
        ):
            raise TooDear("The noise would cost more than what was reserved for it.")
        flat = np.concatenate([table.ravel() for table in exact]).astype(np.int64)
        noisy = np.asarray(measurement(flat.tolist()), dtype=np.float64)
        found, start = [], 0
        for table in exact:
            found.append(noisy[start : start + table.size].reshape(table.shape))
            start += table.size
        return found
