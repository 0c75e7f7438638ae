"""What the public's tables are worth, and what they take: error, margins, totals, time, memory."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import numpy as np

from bench import population
from bench.installation import clone
from bench.measuring import peak_megabytes
from bench.report import Figure, Outcome, Target
from bench.talk import say
from reporting.measures import Period
from reporting.populations import BROUGHT_TO_SAFETY, Population, read_people
from reporting.private.budget import rho_of
from reporting.private.estimates import Estimates, estimate
from reporting.private.noise import Mechanism
from reporting.private.workload import Counts, Workload, count
from reporting.public import freeze

EPSILON = 1.0
NAMES = ("period", "harm", "age_band", "gender", "relation", "outcome")
# people of a release, releases of that size, people of the largest release
SIZES = {
    "toy": (1_200, 1, 2_000),
    "small": (2_000, 3, 100_000),
    "normal": (2_000, 20, 1_000_000),
    "full": (2_000, 40, 1_000_000),
}
YEAR = Period.parse("2025")
# As many as are asked for, by the same codes as the coded facts: it stands in for the view, whose
# joins are not measured.
MANY = """
    SELECT DATE '2025-01-01' + mod(n, 365) AS counted_on,
        (ARRAY['Feminine', 'Masculine', NULL])[1 + mod(mod(n * 7, 11), 3)] AS gender,
        (ARRAY['PH', 'US', NULL])[1 + mod(mod(n * 5, 13), 3)] AS country,
        (ARRAY['0_5', '6_12', '13_15', '16_17', '18', NULL])[1 + mod(mod(n * 3, 17), 6)] AS age_band
    FROM generate_series(1, PEOPLE) n
    WHERE %(agency_key)s IS NOT NULL AND %(as_of)s IS NOT NULL
"""


def measure(size: str) -> dict[str, Any]:
    people, releases, many = SIZES[size]
    say(f"    {releases} releases of {people:,} people …")
    workload = Workload.up_to(population.attributes(NAMES), 2)
    ratios, within, made_up, gaps = [], [], [], []
    for seed in range(releases):
        exact = count(workload, population.people(people, seed=seed, names=NAMES))
        rho = rho_of(EPSILON)
        found = estimate(workload, exact, rho)
        plain = Mechanism(workload, rho).measure(exact)
        ratios.append(error_of(found.tables, exact) / error_of(plain, exact))
        held, nobody = judged(found, exact)
        within.append(held)
        made_up.append(nobody)
        gaps.append(gap_of(workload, found))
    say(f"    one release of {many:,} people …")
    seconds, bytes_of_it = largest(many)
    return Outcome(
        name="public",
        title=f"tables for the public: {releases} releases of {people:,} people at ε = {EPSILON:g}",
        against=(
            "the same discrete Gaussian noise on the same tables, left as it was drawn; for the "
            "largest release, nothing: its people come from a series, by COPY as the product reads "
            "them, so that the joins of the fact view are not in it"
        ),
        figures=[
            Figure.of("mean error of counts from 10 on, of that of plain noise", ratios, "×"),
            Figure.of("shown counts within their margin", within, "%", Target("at least", 94)),
            Figure(
                "the same, which should be no more than",
                float(np.median(within)),
                "%",
                None,
                None,
                Target("at most", 96.5),
            ),
            Figure.of("shown counts of nobody", made_up, "%", Target("at most", 1)),
            Figure.of("greatest gap between totals", gaps, "people", Target("at most", 1e-6)),
            Figure(
                f"{many:,} people, from the database to the document",
                seconds,
                "s",
                target=Target("at most", 15),
            ),
            Figure(
                "peak memory of the process", peak_megabytes(), "MB", target=Target("at most", 500)
            ),
        ],
        facts={"tables": len(workload.tables), "cells": workload.cells, "bytes": bytes_of_it},
    ).as_json()


def error_of(tables: list[Counts], exact: list[Counts]) -> float:
    """The mean distance to the truth over cells in which ten people are, or more."""
    return float(
        np.concatenate(
            [np.abs(found - true)[true >= 10] for found, true in zip(tables, exact, strict=True)]
        ).mean()
    )


def judged(found: Estimates, exact: list[Counts]) -> tuple[float, float]:
    """Of what is shown: how many in a hundred lie within their margin, and are of nobody."""
    shown = [
        np.concatenate([part.ravel() for part in parts])
        for parts in (found.shown, found.tables, found.moe95, exact)
    ]
    seen, values, margins, true = shown
    mask = seen.astype(bool)
    held = np.abs(values - true)[mask] <= margins[mask]
    return 100 * float(held.mean()), 100 * float((true[mask] == 0).mean())


def gap_of(workload: Workload, found: Estimates) -> float:
    """The most that two tables differ in what both say: one attribute's counts, or all people."""
    said: dict[tuple[int, ...], list[Counts]] = {}
    for table, values in zip(workload.tables, found.tables, strict=True):
        for axis, place in enumerate(table):
            others = tuple(one for one in range(values.ndim) if one != axis)
            said.setdefault((place,), []).append(values.sum(axis=others))
        said.setdefault((), []).append(values.sum())
    return max(
        float(np.abs(np.asarray(one) - np.asarray(versions[0])).max())
        for versions in said.values()
        for one in versions
    )


def largest(many: int) -> tuple[float, int]:
    """Seconds from the database to the frozen document, and how large that is."""
    chosen: Population = replace(BROUGHT_TO_SAFETY, people=MANY.replace("PEOPLE", str(many)))
    rho = rho_of(EPSILON)
    with clone():
        began = time.perf_counter()
        people = read_people(chosen, period=YEAR, as_of=date(2026, 1, 31), agency_id=uuid4())
        if len(people) != many:
            raise RuntimeError(f"{len(people)} people were read")
        workload = chosen.workload(YEAR, 2)
        estimates = estimate(workload, count(workload, people), rho)
        document = freeze(
            title="Children brought to safety",
            agency="Tanglaw Foundation",
            population=chosen,
            period=YEAR,
            as_of=date(2026, 1, 31),
            estimates=estimates,
            rho=rho,
        )
        return time.perf_counter() - began, len(document.document)
