"""How far off a published count may be: 95% margins of error, honest after all smoothing.

The noise of the mechanism is known, but settling tables changes how far off they are: mostly less
than the noise, in some cells more. So the whole way is walked again from populations that could
have led to these counts: noise is added anew, tables are made consistent and settled, and the
result is compared with the population it came from. That looks at published figures alone and
costs no privacy.

Errors are gathered in multiples of the noise that a cell would have without settling, apart for
tables of one, two and three attributes and for small and large counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reporting.private.consistent import (
    Effects,
    effects_of,
    spread_of,
    tables_from,
    variances,
)
from reporting.private.settled import settle
from reporting.private.workload import Counts, Workload

CONFIDENCE = 0.95
SIZES = (10.0, 20.0, 50.0, 200.0)
"""Counts from here to the next are gathered together; those below the first are never shown."""
ENOUGH = 200
"""Errors to take a 95% quantile from; with fewer, those of all sizes together are taken."""
UNSETTLED = 1.96


@dataclass(frozen=True)
class Margins:
    """Multiples of a cell's plain noise, by (number of attributes, size class)."""

    multiples: dict[tuple[int, int], float]

    def of(self, workload: Workload, tables: Sequence[Counts], sigma: float) -> list[Counts]:
        """`moe95` for each cell of each table."""
        noise = variances(workload, sigma)
        found = []
        for table, values in zip(workload.tables, tables, strict=True):
            plain = spread_of(workload, table, noise)
            classes = _classes(values)
            multiples = np.array([self.multiples[len(table), c] for c in range(len(SIZES))])
            found.append(plain * multiples[classes])
        return found


def learn(
    workload: Workload,
    effects: Effects,
    sigma: float,
    *,
    times: int,
    chance: np.random.Generator | None = None,
) -> Margins:
    """Margins for tables settled from `effects`, by walking the way again so many times.

    Args:
        effects: as measured, before settling.
        chance: for tests; by default from the system's own source.
    """
    chance = chance or np.random.default_rng()
    noise = variances(workload, sigma)
    errors: dict[tuple[int, int], list[Counts]] = {}
    for _time in range(times):
        population = tables_from(workload, settle(workload, effects, noise, draw=chance))
        measured = [
            np.rint(values + chance.normal(0.0, sigma, values.shape)) for values in population
        ]
        again = settle(workload, effects_of(workload, measured), noise)
        for table, true, found in zip(
            workload.tables, population, tables_from(workload, again), strict=True
        ):
            plain = spread_of(workload, table, noise)
            walked = np.stack([np.abs(found - true) / plain, found / plain])
            classes = _classes(found)
            for number in range(len(SIZES)):
                here = walked[:, (classes == number) & (found >= SIZES[0])]
                errors.setdefault((len(table), number), []).append(here)
    return Margins(_multiples(errors))


def _classes(values: Counts) -> np.ndarray:
    return np.clip(np.searchsorted(SIZES, values, side="right") - 1, 0, len(SIZES) - 1)


def _multiples(errors: dict[tuple[int, int], list[Counts]]) -> dict[tuple[int, int], float]:
    found = {}
    for ways in {ways for ways, _number in errors}:
        classes = [np.concatenate(errors[ways, number], axis=1) for number in range(len(SIZES))]
        whole = _multiple(np.concatenate(classes, axis=1), UNSETTLED)
        for number, here in enumerate(classes):
            found[ways, number] = _multiple(here, whole)
    return found


def _multiple(walked: Counts, otherwise: float) -> float:
    """The multiple that covers 95% of the errors *of cells that would be shown*, which are those
    whose count is at least their margin. Choosing them makes errors larger, so both are found
    together, in a few rounds.
    """
    errors, counts = walked
    multiple = otherwise
    for _round in range(6):
        shown = errors[counts >= multiple]
        if shown.size < ENOUGH:
            return otherwise
        multiple = float(np.quantile(shown, CONFIDENCE))
    return multiple
