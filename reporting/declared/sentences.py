"""Measures of sentences, custody, compensation and pleas, and the extract for the global report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reporting.court_counts import UPHELD
from reporting.declared.justice import ARRESTED, CHARGED, CONVICTED, FAMILY, SEXES, person_by
from reporting.declared.reckoning import expected, for_life, imposed, served
from reporting.declared.shape import COUNT, MINE, SHARE, SPREAD, Declared, Part, dated

SENTENCES = f"""SELECT person_key, proceeding_key, is_total, kind, runs, max_months,
    custodial_months_expected, custodial_months_actual FROM fact_sentence
    WHERE {MINE} AND {dated("imposed_on")}
    AND (superseded_on IS NULL OR superseded_on > %(as_of)s)
    AND person_key IN (SELECT person_key FROM fact_conviction WHERE {MINE} AND {UPHELD})"""


def _sentences(side: str = "") -> str:
    return SENTENCES + (f" AND side = '{side}'" if side else "")


def _gap(side: str, words: str) -> tuple[Part, ...]:
    query = _sentences(side)
    return (
        Part(f"{words}: months imposed", SPREAD, query, of="months", reckon=imposed),
        Part(f"{words}: months in custody, served", SPREAD, query, of="months", reckon=served),
    )


def _three(words: str, value: str, labels: Mapping[str, Any]) -> tuple[Part, ...]:
    return tuple(
        Part(f"{who}, by {words}", COUNT, person_by(first, value), labels=labels)
        for who, first in (("Arrested", ARRESTED), ("Charged", CHARGED), ("Convicted", CONVICTED))
    )


SENTENCED = (
    Declared(
        "S-SEN",
        "Sentences imposed",
        FAMILY,
        "people",
        "The greatest months imposed on each person convicted.",
        "Convicted persons with a sentence",
        "day of the sentence",
        "J side statute",
        "A life term is a share of its own and in no average. What was imposed is not what is "
        "served (S-CUS).",
        (
            Part("Months imposed", SPREAD, _sentences(), of="months", reckon=imposed),
            Part("Sentenced for life", SHARE, _sentences(), reckon=for_life),
        ),
    ),
    Declared(
        "S-CUS",
        "Months in custody before release",
        FAMILY,
        "people",
        "Months in custody before release, served and expected apart.",
        "Convicted persons of whom they are known, life terms aside",
        "day of the sentence",
        "J side",
        "Expected months count only where none served are known. Never add the two.",
        (
            Part("Served", SPREAD, _sentences(), of="months", reckon=served),
            Part("Expected", SPREAD, _sentences(), of="months", reckon=expected),
        ),
    ),
    Declared(
        "S-GAP",
        "Demand beside source",
        FAMILY,
        "people",
        "Months imposed and served, by side.",
        "As S-SEN and S-CUS",
        "day of the sentence",
        "side",
        "Whether somebody acted from afar is recorded with the harm and not with the sentence, so "
        "it is not compared.",
        (*_gap("demand", "Demand side"), *_gap("source", "Source side")),
    ),
    Declared(
        "S-CMPN",
        "Compensation",
        FAMILY,
        "people",
        "Survivors to whom compensation was awarded, and what was paid.",
        "Awards of the period",
        "day of the award",
        "J",
        "Amounts stay in their own currency.",
        (
            Part(
                "Survivors with an award",
                COUNT,
                f"SELECT person_key, currency FROM fact_award WHERE {MINE} "
                f"AND {dated('awarded_on')}",
                many=True,
            ),
            Part(
                "Amount of an award",
                SPREAD,
                f"SELECT award_key, currency, amount FROM fact_award WHERE {MINE} "
                f"AND {dated('awarded_on')}",
                of="awards",
                split=True,
            ),
            Part(
                "Paid in full",
                SHARE,
                f"SELECT award_key, paid >= amount FROM fact_award WHERE {MINE} "
                f"AND {dated('awarded_on')}",
                of="awards",
            ),
        ),
    ),
    Declared(
        "S-PLEA",
        "Pleas, and survivors spared",
        FAMILY,
        "proceedings",
        "Proceedings concluded by a plea; survivors who did not have to testify.",
        "Concluded proceedings",
        "day of the last verdict",
        "J",
        "A survivor had to testify where a held hearing for a child’s testimony required them.",
        (
            Part(
                "Concluded by a plea",
                SHARE,
                f"SELECT proceeding_key, by_plea FROM fact_conduct WHERE {MINE} "
                f"AND {dated('concluded_on')}",
                of="proceedings",
            ),
            Part(
                "Survivors who did not have to testify",
                SHARE,
                f"SELECT person_key, NOT bool_or(testified) FROM fact_testimony WHERE {MINE} "
                f"AND {dated('concluded_on')} GROUP BY person_key",
            ),
        ),
    ),
    Declared(
        "S-GLO",
        "Extract for the global report",
        FAMILY,
        "people",
        "Persons arrested, charged and convicted, by sex, age and citizenship.",
        "",
        "each its own first day",
        "J",
        "Three counts by three days; none is a part of another. A second citizenship is not "
        "counted. Articles of law are not broken down.",
        (
            *_three("sex", "nullif(o.gender, 'NonSpecifiedUnknown')", SEXES),
            *_three(
                "age",
                "CASE WHEN date_part('year', f.day) - o.birth_year < 18 THEN 'child' "
                "WHEN o.birth_year IS NOT NULL THEN 'adult' END",
                {"child": "Under 18", "adult": "18 and over"},
            ),
            *_three("citizenship", "o.citizenship", {}),
        ),
    ),
)
