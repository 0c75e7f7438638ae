"""Counting people into declared tables, and what one person can change."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from bench import population
from reporting.private.workload import Attribute, UnknownCode, Workload, count

GENDER = Attribute("gender", ("unknown", "female", "male"))
AGE = Attribute("age", ("unknown", "child", "adult"))
PAIRS = Workload.up_to([GENDER, AGE], 2)


def test_every_person_is_in_one_cell_of_each_table():
    people = np.array([[1, 1], [1, 2], [2, 1], [1, 1]])
    by_gender, by_age, by_both = count(PAIRS, people)
    assert by_gender.tolist() == [0, 3, 1]
    assert by_age.tolist() == [0, 3, 1]
    assert by_both.tolist() == [[0, 0, 0], [0, 2, 1], [0, 1, 0]]


def test_nobody_is_counted_as_nobody():
    assert all(not table.any() for table in count(PAIRS, np.empty((0, 2), dtype=np.int64)))


@pytest.mark.parametrize("odd", [[1, 3], [-1, 0], [1]])
def test_a_code_outside_its_list_is_refused(odd):
    with pytest.raises(UnknownCode):
        count(PAIRS, np.array([odd]))


def test_one_person_moves_all_counts_by_no_more_than_the_sensitivity():
    workload = Workload.up_to(population.attributes(), 2)
    people = population.people(500)
    everybody = count(workload, people)
    for left_out in (0, 123, 499):
        others = count(workload, np.delete(people, left_out, axis=0))
        moved = sqrt(sum(((a - b) ** 2).sum() for a, b in zip(everybody, others, strict=True)))
        assert moved == pytest.approx(workload.sensitivity)


@pytest.mark.parametrize("tables", [(), ((0, 0),), ((1, 0),), ((2,),), ((),), ((0,), (0,))])
def test_a_workload_names_each_table_once_and_in_order(tables):
    with pytest.raises(ValueError, match=r"table|workload"):
        Workload((GENDER, AGE), tables)


@pytest.mark.parametrize("codes", [("one",), ("one", "one"), ()])
def test_an_attribute_has_two_codes_or_more(codes):
    with pytest.raises(ValueError, match="codes"):
        Attribute("gender", codes)
