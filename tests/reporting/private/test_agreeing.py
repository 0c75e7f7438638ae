"""Tables made to agree: the least squares estimate, and its variance, against plain algebra."""

from __future__ import annotations

import numpy as np
import pytest

from bench import population
from reporting.private.consistent import effects_of, spread_of, tables_from, variances
from reporting.private.settled import settle
from reporting.private.workload import Attribute, Workload, count

SMALL = [Attribute(n, tuple("abcd"[:size])) for n, size in (("x", 2), ("y", 3), ("z", 4))]
WORKLOADS = [
    Workload.up_to(SMALL, 1),
    Workload.up_to(SMALL, 2),
    Workload.up_to(SMALL, 3),
    Workload(tuple(SMALL), ((0, 1), (1, 2))),
    Workload(tuple(SMALL), ((2,), (0, 1))),
]


def by_algebra(workload, tables):
    """The nearest tables that come from one count of all combinations, and their covariance."""
    full = [len(a.codes) for a in workload.attributes]
    cells = np.indices(full).reshape(len(full), -1)
    rows = []
    for table in workload.tables:
        shape = workload.shape(table)
        flat = np.ravel_multi_index(tuple(cells[place] for place in table), shape)
        rows.append((np.arange(np.prod(shape))[:, None] == flat[None, :]).astype(float))
    design = np.concatenate(rows)
    onto = design @ np.linalg.pinv(design)
    return onto @ np.concatenate([t.ravel() for t in tables]), onto


@pytest.mark.parametrize("workload", WORKLOADS)
def test_it_is_the_least_squares_estimate(workload):
    chance = np.random.default_rng(1)
    noisy = [chance.normal(20, 9, workload.shape(table)) for table in workload.tables]
    ours = tables_from(workload, effects_of(workload, noisy))
    wanted, onto = by_algebra(workload, noisy)
    assert np.concatenate([t.ravel() for t in ours]) == pytest.approx(wanted)
    plain = np.sqrt(np.diag(onto)) * 9
    noise = variances(workload, 9)
    told = [
        np.full(t.size, spread_of(workload, table, noise))
        for table, t in zip(workload.tables, ours, strict=True)
    ]
    assert np.concatenate(told) == pytest.approx(plain)


def test_tables_that_agree_already_stay_as_they_are():
    workload = Workload.up_to(population.attributes(), 2)
    exact = count(workload, population.people(300))
    again = tables_from(workload, effects_of(workload, exact))
    for one, other in zip(exact, again, strict=True):
        assert other == pytest.approx(one, abs=1e-9)


def settled(workload, number, sigma, seed=3):
    chance = np.random.default_rng(seed)
    names = tuple(attribute.name for attribute in workload.attributes)
    exact = count(workload, population.people(number, names=names))
    noisy = [np.rint(t + chance.normal(0, sigma, t.shape)) for t in exact]
    noise = variances(workload, sigma)
    return exact, noisy, tables_from(workload, settle(workload, effects_of(workload, noisy), noise))


@pytest.mark.parametrize(("number", "sigma"), [(0, 20), (1, 20), (40, 60), (2000, 9), (9000, 20)])
def test_settled_tables_add_up_and_none_is_below_zero(number, sigma):
    workload = Workload.up_to(population.attributes(), 2)
    _exact, _noisy, tables = settled(workload, number, sigma)
    totals = [table.sum() for table in tables]
    assert max(totals) - min(totals) < 1e-6
    # To the last digits of a float.
    assert min(table.min() for table in tables) > -1e-8
    single = {table[0]: t for table, t in zip(workload.tables, tables, strict=True) if t.ndim == 1}
    for table, values in zip(workload.tables, tables, strict=True):
        if len(table) == 2:
            assert values.sum(axis=1) == pytest.approx(single[table[0]], abs=1e-6)
            assert values.sum(axis=0) == pytest.approx(single[table[1]], abs=1e-6)


def test_triples_are_below_zero_by_less_than_a_person():
    workload = Workload.up_to(population.attributes(("harm", "age_band", "gender", "outcome")), 3)
    _exact, _noisy, tables = settled(workload, 3000, 15)
    assert min(table.min() for table in tables) > -1


def test_settling_brings_fine_tables_much_nearer_to_the_truth():
    workload = Workload.up_to(population.attributes(), 2)
    exact, noisy, tables = settled(workload, 2000, 11)
    pairs = [place for place, table in enumerate(workload.tables) if len(table) == 2]

    def off(of):
        return np.mean(
            [np.abs(of[place] - exact[place])[exact[place] >= 10].mean() for place in pairs]
        )

    assert off(tables) < 0.75 * off([np.maximum(t, 0) for t in noisy])


def test_a_real_exception_is_not_smoothed_away():
    """One cell far above what its margins give stays within what its noise allows."""
    workload = Workload.up_to([Attribute("x", tuple("abcdef")), Attribute("y", tuple("abcdef"))], 2)
    exact_pairs = np.full((6, 6), 20.0)
    exact_pairs[2, 4] = 400
    exact = [exact_pairs.sum(axis=1), exact_pairs.sum(axis=0), exact_pairs]
    noise = variances(workload, 10)
    found = tables_from(workload, settle(workload, effects_of(workload, exact), noise))
    assert abs(found[2][2, 4] - 400) < 2 * spread_of(workload, (0, 1), noise)
