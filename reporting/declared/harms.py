"""Measures of what was done to survivors, and the extract for the Sustainable Development Goals."""

from __future__ import annotations

from cases.choices import ContentOrigin, Gender, HarmType
from reporting.declared.reckoning import kinds_of_platform
from reporting.declared.shape import COUNT, MINE, SHARE, Declared, Part, dated
from reporting.declared.victims import FAMILY, SAFE

PLATFORM_KINDS = {
    "social": "Social network",
    "messaging": "Messaging",
    "market": "Market place",
    "x_VideoCall": "Video call",
    "x_Livestream": "Livestreaming",
    "x_Gaming": "Game",
    "x_Immersive": "Immersive world",
    "x_Payment": "Payment app",
    "x_DarkWeb": "Dark web",
    "other": "Other",
}
HARMED = f"fact_harm WHERE {MINE} AND {SAFE}"

HARMS = (
    Declared(
        "S-HRM",
        "Harm by type",
        FAMILY,
        "people",
        "Survivors by what was done to them.",
        "Survivors with a harm on record",
        "day brought to safety",
        "P C A",
        "A person can have several types, so the lines add up to more than the people.",
        (
            Part(
                "By type",
                COUNT,
                f"SELECT person_key, nullif(harm_type, 'unknown') FROM {HARMED}",
                labels={c.value: c.label for c in HarmType if c.value != "unknown"},
                many=True,
            ),
            Part(
                "By how the material came about",
                COUNT,
                f"""SELECT person_key, nullif(content_origin, 'unknown') FROM {HARMED}
                     AND content_origin <> 'not_applicable' ORDER BY safeguarded_on, 2""",
                labels={
                    c.value: c.label
                    for c in ContentOrigin
                    if c.value not in ("unknown", "not_applicable")
                },
            ),
        ),
    ),
    Declared(
        "S-LIV",
        "Share livestreamed",
        FAMILY,
        "people",
        "Survivors who were livestreamed.",
        "Survivors with a known type of harm",
        "day brought to safety",
        "P C D",
        "One harm of that type is enough.",
        (
            Part(
                "Livestreamed",
                SHARE,
                f"""SELECT person_key, CASE WHEN bool_or(harm_type = 'live_streaming') THEN true
                     WHEN bool_or(harm_type <> 'unknown') THEN false END
                     FROM {HARMED} GROUP BY person_key""",
            ),
        ),
    ),
    Declared(
        "S-FGM",
        "First-generation material",
        FAMILY,
        "cases",
        "Cases in which new material was made.",
        "Cases where it is known",
        "day the case was opened",
        "P C",
        "One harm that made new material is enough.",
        (
            Part(
                "Cases",
                SHARE,
                f"""SELECT case_key, CASE WHEN bool_or(first_generation = 'yes') THEN true
                     WHEN bool_or(first_generation = 'no') THEN false END
                     FROM fact_harm WHERE {MINE} AND {dated("opened_on")} GROUP BY case_key""",
                of="cases",
            ),
        ),
    ),
    Declared(
        "S-PLT",
        "Kinds of platform",
        FAMILY,
        "cases",
        "Cases by the kind of platform used.",
        "Cases in which one is known",
        "day the case was opened",
        "phase",
        "A case can have several. Companies are named in sector reports alone, from 10 cases.",
        (
            Part(
                "Cases",
                COUNT,
                f"""SELECT case_key, platform FROM fact_harm
                     LEFT JOIN LATERAL unnest(platforms) AS platform ON true
                     WHERE {MINE} AND {dated("opened_on")}""",
                of="cases",
                labels=PLATFORM_KINDS,
                many=True,
                reckon=kinds_of_platform,
            ),
        ),
    ),
    Declared(
        "S-162",
        "Extract for SDG 16.2.2",
        FAMILY,
        "people",
        "Detected victims by sex, by child or adult and by form of exploitation.",
        "The population, from outside; never computed here",
        "day the case was opened",
        "C",
        "For the custodian of the indicator. Detected is not how much there is.",
        tuple(
            Part(
                words,
                COUNT,
                f"""SELECT f.person_key, {value} FROM fact_abuse f
                     JOIN fact_case c USING (case_key)
                     {"LEFT JOIN fact_harm h USING (person_key, case_key)" if many else ""}
                     WHERE f.{MINE} AND f.role = 'survivor' AND {dated("c.opened_on")}
                     ORDER BY c.opened_on""",
                labels=labels,
                many=many,
            )
            for words, value, labels, many in (
                (
                    "By sex",
                    "nullif(f.gender, 'NonSpecifiedUnknown')",
                    {c.value: c.label for c in Gender if c.value != "NonSpecifiedUnknown"},
                    False,
                ),
                (
                    "Children and adults",
                    "CASE WHEN date_part('year', c.opened_on) - f.birth_year < 18 THEN 'child' "
                    "WHEN f.birth_year IS NOT NULL THEN 'adult' END",
                    {"child": "Children", "adult": "Adults"},
                    False,
                ),
                (
                    "By form",
                    "nullif(h.harm_type, 'unknown')",
                    {c.value: c.label for c in HarmType if c.value != "unknown"},
                    True,
                ),
            )
        ),
    ),
)
