"""Make noisy tables agree with each other, without looking at the records again.

Two tables that share attributes must give the same margin. A table is the sum of *effects*: for
each subset S of its attributes, what S adds to what the subsets of S say already (as in analysis of
variance). Effects are orthogonal, so each can be estimated by itself from all tables that contain
S, weighted by their precision; tables put together from the same effects agree to the last digit.
With equal noise on every table this is the generalised least squares estimate, in closed form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod, sqrt

import numpy as np

from reporting.private.workload import Counts, Marginal, Workload, parts

Effects = dict[Marginal, Counts]
"""By subset of attributes: the effect as a table of that subset's margins (sums, not means)."""


def effects_of(workload: Workload, tables: Sequence[Counts]) -> Effects:
    """The best estimate of each effect from all tables that hold it.

    A table that must be summed over `c` cells to reach S tells of S with `c` times the variance.
    """
    found: Effects = {}
    weights: dict[Marginal, float] = {}
    for table, values in zip(workload.tables, tables, strict=True):
        margins = _margins(table, values)
        for part in parts(table):
            weight = 1 / _summed(workload, table, part)
            effect = weight * own(margins[part])
            found[part] = found[part] + effect if part in found else effect
            weights[part] = weights.get(part, 0.0) + weight
    return {part: effect / weights[part] for part, effect in found.items()}


def tables_from(workload: Workload, effects: Mapping[Marginal, Counts]) -> list[Counts]:
    """Tables that agree exactly, from one set of effects."""
    return [_table(workload, table, effects) for table in workload.tables]


def variances(workload: Workload, sigma: float) -> dict[Marginal, float]:
    """The variance of one cell of each effect, when every noisy count has the variance sigma²."""
    precision: dict[Marginal, float] = {}
    for table in workload.tables:
        for part in parts(table):
            share = 1 / _summed(workload, table, part)
            precision[part] = precision.get(part, 0.0) + share
    return {
        part: sigma**2 / total * prod(1 - 1 / size for size in workload.shape(part))
        for part, total in precision.items()
    }


def spread_of(workload: Workload, table: Marginal, noise: Mapping[Marginal, float]) -> float:
    """The standard deviation of one cell of a table that was put together from its effects."""
    return sqrt(sum(noise[part] / _summed(workload, table, part) ** 2 for part in parts(table)))


def _summed(workload: Workload, table: Marginal, part: Marginal) -> int:
    """How many cells of the table are summed for one cell of the part."""
    return prod(workload.shape(tuple(place for place in table if place not in part)))


def _margins(table: Marginal, values: Counts) -> dict[Marginal, Counts]:
    found = {}
    for part in parts(table):
        gone = tuple(axis for axis, place in enumerate(table) if place not in part)
        found[part] = values.sum(axis=gone) if gone else values
    return found


def own(margin: Counts) -> Counts:
    """The effect of a margin alone: what is left once all that its parts say is taken away."""
    left = np.asarray(margin, dtype=np.float64)
    for axis in range(left.ndim):
        left = left - left.mean(axis=axis, keepdims=True)
    return left


def _table(workload: Workload, table: Marginal, effects: Mapping[Marginal, Counts]) -> Counts:
    values = np.zeros(workload.shape(table))
    for part in parts(table):
        values += _spread(workload, table, part, effects[part]) / _summed(workload, table, part)
    return values


def _spread(workload: Workload, table: Marginal, part: Marginal, effect: Counts) -> Counts:
    shape = [
        size if place in part else 1
        for place, size in zip(table, workload.shape(table), strict=True)
    ]
    return effect.reshape(shape)


def base_of(workload: Workload, table: Marginal, effects: Mapping[Marginal, Counts]) -> Counts:
    """What a table's proper parts say of it together: all but its own effect."""
    values = np.zeros(workload.shape(table))
    for part in parts(table):
        if part != table:
            values += _spread(workload, table, part, effects[part]) / _summed(workload, table, part)
    return values
