"""The noise: as much as was paid for, drawn by OpenDP, without a seed; audited like an attacker."""

from __future__ import annotations

import inspect
from fractions import Fraction
from math import log, sqrt

import numpy as np
import opendp.prelude as dp
import pytest

from bench import population
from reporting.private import noise
from reporting.private.budget import epsilon_of, rho_of
from reporting.private.estimates import estimate, rounded
from reporting.private.noise import Mechanism, TooDear
from reporting.private.workload import Attribute, Workload, count

NAMES = ("age_band", "gender", "relation", "outcome")
WORKLOAD = Workload.up_to(population.attributes(NAMES), 1)


def test_noise_has_the_deviation_that_was_paid_for():
    mechanism = Mechanism(WORKLOAD, Fraction(1, 50))
    assert mechanism.sigma == pytest.approx(sqrt(len(WORKLOAD.tables) * 25))
    many = np.concatenate(
        [
            table.ravel()
            for _time in range(200)
            for table in mechanism.measure([np.zeros(WORKLOAD.shape(t)) for t in WORKLOAD.tables])
        ]
    )
    assert many.std() == pytest.approx(mechanism.sigma, rel=0.05)
    assert abs(many.mean()) < 4 * mechanism.sigma / sqrt(many.size)
    assert (many == np.rint(many)).all()


def test_nobody_can_give_a_seed():
    for function in (Mechanism.measure, estimate):
        assert not {"seed", "chance", "rng"} & set(inspect.signature(function).parameters)


def test_a_mechanism_that_would_cost_more_draws_nothing(monkeypatch):
    monkeypatch.setattr(noise.Mechanism, "sigma", property(lambda _self: 1.0))
    with pytest.raises(TooDear):
        Mechanism(WORKLOAD, Fraction(1, 50)).measure(
            [np.zeros(WORKLOAD.shape(table)) for table in WORKLOAD.tables]
        )


def attacked(sigma_factor: float, epsilon: float, runs: int = 1000):
    """The lowest ε that the best attacker's successes allow, 95% sure, and his AUC.

    He knows everybody else exactly and asks whether one person, who is alone in her cells, is in.
    His score is how far her cells lie above the others' counts: optimal against Gaussian noise.
    """
    tables = len(WORKLOAD.tables)
    sigma = Mechanism(WORKLOAD, rho_of(epsilon)).sigma * sigma_factor
    drawn = dp.m.make_gaussian(
        dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T="f64"), scale=sigma
    )
    without, with_her = (
        np.array(drawn([present] * tables * runs)).reshape(runs, tables).sum(axis=1)
        for present in (0, 1)
    )
    ranks = np.concatenate([without, with_her]).argsort().argsort()
    auc = (ranks[runs:].sum() - runs * (runs - 1) / 2) / runs**2
    bound = 0.0
    for threshold in np.quantile(with_her, np.linspace(0.05, 0.95, 19)):
        hits, false = (with_her >= threshold).sum(), (without >= threshold).sum()
        # Clopper and Pearson's bounds, by Hoeffding's simpler and wider ones.
        slack = sqrt(log(40) / (2 * runs))
        if hits / runs - slack > 1e-6:
            bound = max(bound, log((hits / runs - slack) / min(1, false / runs + slack)))
    return bound, auc


@pytest.mark.parametrize("epsilon", [0.5, 1.0, 2.0])
def test_the_best_attacker_learns_no_more_than_was_promised(epsilon):
    bound, auc = attacked(1.0, epsilon)
    assert bound <= epsilon
    if epsilon <= 1:
        assert auc <= 0.62


def test_a_mechanism_broken_on_purpose_is_caught():
    """A third of the noise: the same attacker wins far more often than the promise lets him."""
    _bound, honest = attacked(1.0, 1.0, runs=2000)
    _bound, broken = attacked(1 / 3, 1.0, runs=2000)
    assert honest <= 0.62 < 0.66 < broken


@pytest.mark.parametrize("number", [0, 1, 50, 1500])
@pytest.mark.parametrize("epsilon", [0.1, 1.0, 12.0])
def test_any_number_of_people_and_any_budget_give_tables(number, epsilon):
    exact = count(WORKLOAD, population.people(number, names=NAMES))
    found = estimate(WORKLOAD, exact, rho_of(epsilon), walks=2)
    assert all(np.isfinite(values).all() for values in (*found.tables, *found.moe95))
    assert all(
        (values[shown] >= 10).all() for values, shown in zip(found.tables, found.shown, strict=True)
    )


def test_estimates_never_print_counts():
    exact = count(WORKLOAD, population.people(50, names=NAMES))
    found = estimate(WORKLOAD, exact, rho_of(1.0), walks=2)
    assert "array" not in repr(found)


def test_counts_are_shown_to_the_nearest_five():
    assert [rounded(x) for x in (12.4, 12.5, 17.4, 17.5, 100)] == [10, 15, 15, 20, 100]


def test_dearer_is_nearer():
    """More budget, less noise: the promise and the error move together."""
    assert epsilon_of(Fraction(1, 100)) < epsilon_of(Fraction(1, 10))
    one = Workload((Attribute("x", ("a", "b")),), ((0,),))
    assert Mechanism(one, Fraction(1, 10)).sigma < Mechanism(one, Fraction(1, 100)).sigma
