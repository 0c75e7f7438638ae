"""Taking turns with the clock, and the arithmetic of ratios."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

Work = Callable[[], float]


@dataclass
class Comparison:
    """What the product and its denominator took, turn by turn; `product[i]` beside `bare[i]`.

    Attributes:
        unit: of both lists, such as `s` or `ms`.
        product, bare: one number a turn.
    """

    unit: str
    product: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        """How many times the product took what its denominator took, pair by pair."""
        return [ours / theirs for ours, theirs in zip(self.product, self.bare, strict=True)]

    @property
    def ratio(self) -> float:
        """The median of the pairs' ratios: one disturbed turn does not move it."""
        return median(self.ratios)

    @property
    def rate_ratios(self) -> list[float]:
        """The same as rates: what part of its denominator's speed the product reaches."""
        return [theirs / ours for ours, theirs in zip(self.product, self.bare, strict=True)]

    @property
    def rate_ratio(self) -> float:
        return median(self.rate_ratios)


def in_turns(product: Work, bare: Work, *, turns: int, unit: str, warm_up: int = 1) -> Comparison:
    """Run both in turns (A B A B …) and keep what each says it took.

    Args:
        product, bare: do the work once and return what it took, in `unit`.
        turns: how many pairs count.
        warm_up: how many pairs run first and do not count.
    """
    comparison = Comparison(unit)
    for turn in range(-warm_up, turns):
        ours, theirs = product(), bare()
        if turn >= 0:
            comparison.product.append(ours)
            comparison.bare.append(theirs)
    return comparison


def seconds_of(work: Callable[[], object]) -> float:
    """The wall time of one call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def milliseconds_of(work: Callable[[], object], times: int) -> float:
    """The median time of one call out of `times`."""
    return 1000 * median(seconds_of(work) for _time in range(times))


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """The least, the median and the greatest."""
    return min(values), median(values), max(values)


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that `percent` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * percent // 100))
    return ordered[int(rank) - 1]


def peak_megabytes() -> float:
    """The most memory this process has held at once, in MB of 10^6 bytes.

    On Linux from VmHWM: `ru_maxrss` of a new process counts what its parent held when it was made.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most * 1024 / 1e6
