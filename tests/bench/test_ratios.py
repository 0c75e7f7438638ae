"""The arithmetic of a bench: pairs, medians, targets, and the table that says them."""

from __future__ import annotations

import json
import platform
import subprocess
import sys

import pytest

from bench.measuring import Comparison, in_turns, percentile, spread
from bench.report import (
    Figure,
    Outcome,
    Target,
    as_rate_ratio,
    as_ratio,
    digits,
    machine,
    table,
    write,
)


def test_a_ratio_is_the_median_of_the_pairs_and_not_of_the_sums():
    comparison = Comparison("s", product=[2.0, 9.0, 40.0], bare=[1.0, 3.0, 10.0])
    assert comparison.ratios == [2.0, 3.0, 4.0]
    assert comparison.ratio == 3.0


def test_one_disturbed_turn_does_not_move_the_ratio():
    calm = Comparison("s", product=[2.0, 2.0, 2.0], bare=[1.0, 1.0, 1.0])
    disturbed = Comparison("s", product=[2.0, 200.0, 2.0], bare=[1.0, 1.0, 1.0])
    assert disturbed.ratio == calm.ratio == 2.0


def test_a_rate_ratio_is_the_part_of_the_speed_that_is_left():
    comparison = Comparison("ms", product=[5.0, 4.0], bare=[4.0, 2.0])
    assert comparison.rate_ratios == [0.8, 0.5]
    assert comparison.rate_ratio == pytest.approx(0.65)


def test_pairs_that_do_not_match_are_an_error():
    with pytest.raises(ValueError, match="zip"):
        Comparison("s", product=[1.0, 2.0], bare=[1.0]).ratios  # noqa: B018


def test_both_sides_take_turns_and_the_warm_up_does_not_count():
    told = []

    def product():
        told.append("A")
        return float(len(told))

    def bare():
        told.append("B")
        return float(len(told))

    comparison = in_turns(product, bare, turns=2, unit="s", warm_up=1)
    assert "".join(told) == "ABABAB"
    assert comparison.product == [3.0, 5.0]
    assert comparison.bare == [4.0, 6.0]


def test_a_percentile_is_a_value_that_was_measured():
    values = [float(number) for number in range(1, 201)]
    assert percentile(values, 99) == 198.0
    assert percentile([7.0], 99) == 7.0
    assert spread([3.0, 1.0, 2.0]) == (1.0, 2.0, 3.0)


@pytest.mark.parametrize(
    ("target", "met", "missed"),
    [(Target("at most", 3), 3.0, 3.01), (Target("at least", 1000), 1000.0, 999.9)],
)
def test_a_target_is_met_at_its_very_value(target, met, missed):
    assert Figure("x", met, "", target=target).verdict == "met"
    assert Figure("x", missed, "", target=target).verdict == "missed"
    assert Figure("x", missed, "").verdict == ""


def outcome():
    comparison = Comparison("s", product=[4.0, 4.2, 4.4], bare=[1.0, 1.0, 1.0])
    return Outcome(
        "lists",
        "a list",
        "its SQL alone",
        [
            as_ratio("time", comparison, Target("at most", 3)),
            as_rate_ratio("rate", comparison, Target("at least", 0.1)),
        ],
        {"rows": 60},
    )


def test_the_table_says_missed_plainly_and_what_it_is_compared_with():
    text = table([outcome(), outcome()])
    assert text.count("against its SQL alone") == 2
    time, rate = (line.split() for line in text.splitlines()[4:6])
    assert time == ["time", "4.20", "×", "4", "–", "4.40", "at", "most", "3", "missed"]
    assert rate[0] == "rate"
    assert rate[-1] == "met"


def test_an_outcome_comes_back_from_json_as_it_was():
    told = json.loads(json.dumps(outcome().as_json()))
    assert told["figures"][0]["verdict"] == "missed"
    assert Outcome.from_json(told) == outcome()


def test_what_is_kept_names_no_machine(tmp_path):
    file = write([outcome()], size="small", folder=tmp_path / "out")
    kept = json.loads(file.read_text())
    assert kept["size"] == "small"
    assert kept["outcomes"][0]["figures"][0]["value"] == pytest.approx(4.2)
    assert set(machine()) == {"cores", "memory_gb", "load", "system", "python"}
    assert platform.node() not in file.read_text()


def test_numbers_are_short():
    assert [digits(value) for value in (0.8, 4.25, 12.34, 123.4, 1234.5, 3.0)] == [
        *("0.80", "4.25", "12.3", "123", "1,234", "3"),
    ]


MEMORY = """
from bench.measuring import peak_megabytes
before = peak_megabytes()
block = bytearray(b"x" * 60_000_000)
assert peak_megabytes() >= before + 50
del block
assert peak_megabytes() >= before + 50
"""


def test_memory_is_that_of_a_process_at_its_most():
    # In a fresh process: this one may have been larger before.
    subprocess.run([sys.executable, "-c", MEMORY], check=True)
