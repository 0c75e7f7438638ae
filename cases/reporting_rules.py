"""Whom one has to tell, and how soon: data, not code.

`reporting_rules.json` beside this module is what comes with the product: by country (ISO 3166
alpha-2), `default` for every other. An installation puts a file of its own in its place with
LIWANAG_REPORTING_RULES, once counsel has checked it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

OURS = Path(__file__).with_suffix(".json")
ANYWHERE = "default"
# A year: a longer time is a slip of the pen, and nobody would be told of it in time.
LONGEST_HOURS = 24 * 366


class FaultyRules(ValueError):
    """The file of rules cannot be used; its words say where it is wrong."""


@dataclass(frozen=True)
class ReportingRule:
    """One duty to report: to whom, how soon, and by what law.

    Attributes:
        authority: words for whoever must be told.
        within: from learning of it to the report.
        source: on what it rests.
    """

    code: str
    authority: str
    within: timedelta
    source: str

    @property
    def hours(self) -> int:
        return int(self.within.total_seconds() // 3600)


def reporting_rules_in(country: str) -> tuple[ReportingRule, ...]:
    """The duties to report in a country; the default ones where none are listed."""
    rules = _rules(str(settings.LIWANAG_REPORTING_RULES or OURS))
    return rules.get(country.upper(), rules[ANYWHERE])


def read_rules(text: str) -> dict[str, tuple[ReportingRule, ...]]:
    """The rules of a file, by country. Raises FaultyRules."""
    try:
        given = json.loads(text)
    except ValueError as fault:
        raise FaultyRules(f"the rules of reporting are no JSON: {fault}") from None
    if not isinstance(given, dict) or not given.get(ANYWHERE):
        raise FaultyRules(f"the rules of reporting need a list under “{ANYWHERE}”")
    return {country: _of_country(country, rows) for country, rows in given.items()}


def _of_country(country: str, rows: Any) -> tuple[ReportingRule, ...]:
    if country != ANYWHERE and not (len(country) == 2 and country.isalpha() and country.isupper()):
        raise FaultyRules(f"“{country}” is no country of two letters, such as PH")
    if not isinstance(rows, list) or not rows:
        raise FaultyRules(f"{country}: give at least one rule")
    rules = tuple(_rule(country, row) for row in rows)
    if len({rule.code for rule in rules}) != len(rules):
        raise FaultyRules(f"{country}: two rules have the same code")
    return rules


def _rule(country: str, row: Any) -> ReportingRule:
    words = ("code", "authority", "source")
    if not isinstance(row, dict) or set(row) != {*words, "hours"}:
        raise FaultyRules(f"{country}: a rule has code, authority, hours and source, no more")
    if not all(isinstance(row[name], str) and row[name].strip() for name in words):
        raise FaultyRules(f"{country}: code, authority and source are words")
    if len(row["code"]) > 40 or len(row["authority"]) > 200:
        raise FaultyRules(f"{country}: a code has up to 40 letters, an authority up to 200")
    hours = row["hours"]
    if type(hours) is not int or not 1 <= hours <= LONGEST_HOURS:
        raise FaultyRules(f"{country}: hours is a whole number from 1 to {LONGEST_HOURS}")
    return ReportingRule(row["code"], row["authority"], timedelta(hours=hours), row["source"])


@lru_cache(maxsize=4)
def _rules(path: str) -> dict[str, tuple[ReportingRule, ...]]:
    return read_rules(Path(path).read_text(encoding="utf-8"))
