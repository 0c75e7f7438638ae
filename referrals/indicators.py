"""Signs of trafficking that banks, platforms and desks look for: data, not code (domain.md 2.12).

`indicators.json` beside this module is a small start from published sources. An installation puts a
list of its own in its place with LIWANAG_INDICATORS. The list is for those who work with it: what
is looked for helps whoever wants not to be found.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from core.choices import Side
from referrals.choices import IndicatorSector, IndicatorStatus

OURS = Path(__file__).with_suffix(".json")
WORDS = {"code": 40, "label": 200, "source": 200}
CODED = {
    "sector": IndicatorSector.values,
    "side": Side.values,
    "status": IndicatorStatus.values,
}


class FaultyIndicators(ValueError):
    """The list cannot be used; its words say where it is wrong."""


@dataclass(frozen=True)
class Indicator:
    """One sign.

    Attributes:
        sector, side, status: codes; `status` says who has checked that it tells anything.
        source: who published it.
    """

    code: str
    sector: str
    side: str
    label: str
    source: str
    status: str


@dataclass(frozen=True)
class Catalogue:
    """A list of signs under its version."""

    version: str
    indicators: dict[str, Indicator]


def catalogue() -> Catalogue:
    """The list of this installation."""
    return _catalogue(str(settings.LIWANAG_INDICATORS or OURS))


def label_of(code: str) -> str:
    """The words of a sign; its code where the list has it no more."""
    known = catalogue().indicators.get(code)
    return known.label if known is not None else code


def read_catalogue(text: str) -> Catalogue:
    """The list of a file. Raises FaultyIndicators."""
    try:
        given = json.loads(text)
    except ValueError as fault:
        raise FaultyIndicators(f"the list of indicators is no JSON: {fault}") from None
    if not isinstance(given, dict) or set(given) != {"version", "indicators"}:
        raise FaultyIndicators("the list of indicators has a version and indicators, no more")
    version, rows = given["version"], given["indicators"]
    if not isinstance(version, str) or not 1 <= len(version) <= 40:
        raise FaultyIndicators("the version of the list is a word of up to 40 letters")
    if not isinstance(rows, list) or not rows:
        raise FaultyIndicators("give at least one indicator")
    found = [_indicator(row) for row in rows]
    if len({one.code for one in found}) != len(found):
        raise FaultyIndicators("two indicators have the same code")
    return Catalogue(version, {one.code: one for one in found})


def _indicator(row: Any) -> Indicator:
    names = {*WORDS, *CODED}
    if not isinstance(row, dict) or set(row) != names:
        raise FaultyIndicators(f"an indicator has {', '.join(sorted(names))}, no more")
    for name, most in WORDS.items():
        if not isinstance(row[name], str) or not 1 <= len(row[name].strip()) <= most:
            raise FaultyIndicators(f"{name} is a text of 1 to {most} letters")
    for name, known in CODED.items():
        if row[name] not in known:
            raise FaultyIndicators(f"{row['code']}: {name} is one of {', '.join(known)}")
    return Indicator(**row)


@lru_cache(maxsize=4)
def _catalogue(path: str) -> Catalogue:
    return read_catalogue(Path(path).read_text(encoding="utf-8"))
