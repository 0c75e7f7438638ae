"""Turn consistent but rough tables into plausible ones: no count below zero, little noise left.

Tables are settled from the coarsest to the finest: the number of people, single attributes, pairs,
triples. For each, two things happen, both in what the table adds to its margins (its *effect*):

* It is drawn towards what the margins alone would give, as far as it looks like noise (empirical
  Bayes, with deviations in proportion to the count that the margins give). No cell is moved by more
  than 1.5 standard deviations of its noise, so that a real exception stays visible (the limited
  translation of Efron and Morris 1972).
* It is moved to the nearest table that has no count below zero and keeps the margins settled before
  it (Dykstra's alternating projections). Cutting negative counts off instead would make all totals
  too large.

For pairs such a table always exists and is reached exactly. For triples the margins may leave no
room; what is left below zero then is less than a person, and never shown.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from reporting.private.consistent import Effects, base_of, own
from reporting.private.workload import Counts, Marginal, Workload

FARTHEST = 1.5
"""Standard deviations a cell may be drawn towards its margins."""
ROUNDS = 300
CLOSE_ENOUGH = 1e-3
"""Of a person: rounds stop once no count is further below zero."""
SCALINGS = 200


def settle(
    workload: Workload,
    effects: Effects,
    noise: Mapping[Marginal, float],
    *,
    draw: np.random.Generator | None = None,
) -> Effects:
    """Effects whose tables are plausible.

    Args:
        noise: the variance of one cell of each effect (`consistent.variances`).
        draw: when given, each effect gets a draw of what is not known about it: the result is not
            the best estimate but one population that could have led to these counts (`margins`).
    """
    settled: Effects = {(): np.maximum(effects[()], 0.0)}
    for part in sorted(effects, key=lambda part: (len(part), part)):
        if not part:
            continue
        base = base_of(workload, part, settled)
        effect = effects[part]
        if len(part) > 1:
            effect = _credible(effect, np.maximum(base, 0.0), noise[part], draw)
        settled[part] = own(_nearest(base, effect) - base)
    return settled


def _credible(
    effect: Counts, base: Counts, noise: float, draw: np.random.Generator | None
) -> Counts:
    scale = base**2
    prior = _deviation(effect, scale, noise) * scale
    small = effect * prior / (prior + noise)
    far = FARTHEST * np.sqrt(noise)
    small = np.clip(small, effect - far, effect + far)
    if draw is not None:
        small = small + draw.normal(0.0, 1.0, small.shape) * np.sqrt(
            prior * noise / (prior + noise)
        )
    return own(small)


def _deviation(effect: Counts, scale: Counts, noise: float) -> float:
    """By how much cells deviate from their margins beyond the noise: a squared share of the base.

    Method of moments, weighted by how much each cell can tell.
    """
    squares, deviation = effect**2 - noise, 0.0
    weight = np.ones_like(scale)
    for _round in range(10):
        known = float((weight * scale**2).sum())
        if known == 0:
            return 0.0
        deviation = max(0.0, float((weight * scale * squares).sum()) / known)
        weight = 1 / (deviation * scale + noise) ** 2
    return deviation


def _nearest(base: Counts, effect: Counts) -> Counts:
    now, kept = base + effect, np.zeros_like(base)
    for _round in range(ROUNDS):
        if now.min() >= -CLOSE_ENOUGH:
            break
        lifted = np.maximum(now + kept, 0.0)
        kept = now + kept - lifted
        now = base + own(lifted)
    return _scaled(now, base) if base.ndim <= 2 else now


def _scaled(table: Counts, base: Counts) -> Counts:
    """The same table, nowhere below zero, with the margins of `base` (iterative proportional
    fitting from what lies above zero).
    """
    if table.min() >= 0:
        return table
    total = float(base.sum())
    if total <= 0:
        return np.zeros_like(table)
    margins = [base.sum(axis=tuple(a for a in range(base.ndim) if a != axis)) for axis in (0, 1)][
        : base.ndim
    ]
    wanted = [np.maximum(margin, 0.0) for margin in margins]
    if base.ndim == 1:
        above = np.maximum(table, 0.0)
        return above * (total / float(above.sum()))
    # A trace of the table that its margins give lets every row and column reach its margin.
    now = np.maximum(table, 0.0) + 1e-9 * np.outer(*wanted) / total
    for _round in range(SCALINGS):
        for axis, margin in enumerate(wanted):
            sums = now.sum(axis=1 - axis)
            factor = np.divide(margin, sums, out=np.zeros_like(margin), where=sums > 0)
            now = now * (factor[:, None] if axis == 0 else factor[None, :])
        if np.abs(now.sum(axis=1) - wanted[0]).max() < 1e-9:
            break
    return now
