"""What a bench found: figures with their targets, as a table for people and JSON for machines."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from operator import ge, le
from pathlib import Path
from typing import Any

from bench.measuring import Comparison, spread

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "bench" / "out"
COMPARE = {"at least": ge, "at most": le}


@dataclass(frozen=True)
class Target:
    """`at least` or `at most` a value."""

    kind: str
    value: float

    def is_met_by(self, value: float) -> bool:
        return bool(COMPARE[self.kind](value, self.value))


@dataclass(frozen=True)
class Figure:
    """One number reached.

    Attributes:
        name: what it is.
        value: the median where it was measured more than once.
        unit: `×` for a ratio.
        low, high: the least and the greatest, where it was measured more than once.
        target: what it should be; None where it is only told.
    """

    name: str
    value: float
    unit: str
    low: float | None = None
    high: float | None = None
    target: Target | None = None

    @classmethod
    def of(
        cls, name: str, values: Sequence[float], unit: str, target: Target | None = None
    ) -> Figure:
        low, middle, high = spread(values)
        return cls(name, middle, unit, low, high, target)

    @property
    def verdict(self) -> str:
        if self.target is None:
            return ""
        return "met" if self.target.is_met_by(self.value) else "missed"


@dataclass
class Outcome:
    """What one bench found.

    Attributes:
        name: as on the command line.
        title: what was measured.
        against: the denominator, in one sentence.
        figures: ratios first.
        facts: sizes and counts that the figures depend on.
    """

    name: str
    title: str
    against: str
    figures: list[Figure] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        told = asdict(self)
        for figure, kept in zip(self.figures, told["figures"], strict=True):
            kept["verdict"] = figure.verdict
        return told

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Outcome:
        figures = [
            Figure(
                **{name: figure[name] for name in ("name", "value", "unit", "low", "high")},
                target=Target(**figure["target"]) if figure["target"] else None,
            )
            for figure in told["figures"]
        ]
        return cls(told["name"], told["title"], told["against"], figures, told["facts"])


def as_ratio(name: str, comparison: Comparison, target: Target | None = None) -> Figure:
    """How many times its denominator the product took."""
    return Figure.of(name, comparison.ratios, "×", target)


def as_rate_ratio(name: str, comparison: Comparison, target: Target | None = None) -> Figure:
    """What part of its denominator's speed the product reaches."""
    return Figure.of(name, comparison.rate_ratios, "×", target)


def table(outcomes: Sequence[Outcome]) -> str:
    """The figures as text, each bench under what it is compared with."""
    rows = [
        (figure.name, _number(figure), _range(figure), _wanted(figure), figure.verdict)
        for outcome in outcomes
        for figure in outcome.figures
    ]
    heads = ("", "reached", "least – greatest", "wanted", "")
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    lines: list[str] = []
    for outcome in outcomes:
        lines += ["", f"{outcome.name}: {outcome.title}", f"  against {outcome.against}"]
        if outcome.facts:
            facts = ", ".join(f"{name} {_plain(value)}" for name, value in outcome.facts.items())
            lines.append(f"  with {facts}")
        lines.append(_line(heads, widths))
        lines += [_line(rows.pop(0), widths) for _figure in outcome.figures]
    return "\n".join(lines[1:])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = (
        cell.ljust(width) if place in (0, 4) else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return f"    {first}  {'   '.join(rest)}".rstrip()


def _number(figure: Figure) -> str:
    return f"{digits(figure.value)} {figure.unit}".rstrip()


def _range(figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return ""
    return f"{digits(figure.low)} – {digits(figure.high)}"


def _wanted(figure: Figure) -> str:
    return f"{figure.target.kind} {digits(figure.target.value)}" if figure.target else ""


def _plain(value: Any) -> str:
    return digits(value) if isinstance(value, int | float) else str(value)


def digits(value: float) -> str:
    """Three significant digits, thousands set apart, no zeros that say nothing."""
    if float(value).is_integer() or abs(value) >= 1000:
        return f"{value:,.0f}"
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def machine() -> dict[str, Any]:
    """What the figures depend on, without a name."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 1e9),
        "load": [round(load, 2) for load in os.getloadavg()],
        "system": platform.system(),
        "python": platform.python_version(),
    }


def write(outcomes: Sequence[Outcome], *, size: str, folder: Path = OUT) -> Path:
    """Keep the outcomes as JSON and return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    at = datetime.now(UTC)
    file = folder / f"bench-{at:%Y%m%dT%H%M%SZ}-{size}.json"
    told = {
        "at": at.isoformat(timespec="seconds"),
        "size": size,
        "machine": machine(),
        "outcomes": [outcome.as_json() for outcome in outcomes],
    }
    file.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    return file
