"""Measures of survivors and children: brought to safety, how long it lasted, how old they were."""

from __future__ import annotations

from cases.choices import Gender
from reporting.court_counts import KNOWN
from reporting.declared.reckoning import (
    days_since_start,
    months_since,
    still_going_on,
)
from reporting.declared.shape import COUNT, MINE, SHARE, SPREAD, Declared, Part, dated

FAMILY = "survivors"
SAFE = dated("safeguarded_on")
BANDS = {
    "0_5": "0 to 5",
    "6_12": "6 to 12",
    "13_15": "13 to 15",
    "16_17": "16 and 17",
    "18": "18 and over",
}


def band(age: str) -> str:
    """SQL for the age band of an SQL age; NULL stays NULL."""
    return (
        f"CASE WHEN {age} <= 5 THEN '0_5' WHEN {age} <= 12 THEN '6_12' "
        f"WHEN {age} <= 15 THEN '13_15' WHEN {age} <= 17 THEN '16_17' "
        f"WHEN {age} >= 18 THEN '18' END"
    )


AGE_SAFE = "(date_part('year', safeguarded_on) - birth_year)"
RESCUED = f"""SELECT person_key, country, happened_on FROM fact_rescue
    WHERE {MINE} AND outcome = 'victim_rescued' AND {KNOWN} AND {dated("happened_on")}
    UNION ALL SELECT person_key, country, safeguarded_on FROM fact_abuse
    WHERE {MINE} AND role = 'survivor' AND {SAFE}"""
AT_RISK = f"""SELECT person_key, country, happened_on FROM fact_rescue
    WHERE {MINE} AND outcome = 'at_risk_child_removed' AND {KNOWN} AND {dated("happened_on")}"""
ADULTS = f"""SELECT person_key, country, happened_on FROM fact_rescue
    WHERE {MINE} AND outcome = 'adult_removed' AND {KNOWN} AND {dated("happened_on")}
    UNION ALL SELECT person_key, NULL, happened_on FROM fact_arrest
    WHERE {MINE} AND outcome = 'adult_removed' AND {KNOWN} AND {dated("happened_on")}"""
SURVIVORS = f"fact_abuse WHERE {MINE} AND role = 'survivor' AND {SAFE}"
FIRST_REFERRAL = f"""(SELECT case_key, min(received_on) AS received_on FROM fact_referral
    WHERE {MINE} AND case_key IS NOT NULL GROUP BY case_key)"""
COHORT = f"""{FIRST_REFERRAL} r JOIN fact_abuse f USING (case_key)
    WHERE f.role = 'survivor' AND {dated("r.received_on")}"""
AGES = "Age is the difference of years, so it may be a year too high."

VICTIMS = (
    Declared(
        "S-RES",
        "Victims brought to safety",
        FAMILY,
        "people",
        "Persons found to be victims in an operation, or survivors with a day of safety.",
        "",
        "day of the operation, or the day recorded as brought to safety",
        "P C X H A G",
        "Each person once. Children at risk are a measure of their own and are not in it. "
        "The first country recorded for a person is the one shown.",
        (Part("Victims", COUNT, f"{RESCUED} ORDER BY 3, 2"),),
    ),
    Declared(
        "S-RISK",
        "Children at risk removed",
        FAMILY,
        "people",
        "Children removed as being at risk in an operation.",
        "",
        "day of the operation",
        "P C X A",
        "A child whom a later assessment finds to be a victim leaves this measure on the day of "
        "that assessment.",
        (Part("Children", COUNT, f"{AT_RISK} ORDER BY 3, 2"),),
    ),
    Declared(
        "S-SAFE",
        "Victims and others at risk brought to safety",
        FAMILY,
        "people",
        "Victims, children at risk and adults removed, each once.",
        "",
        "day of the operation or of safety",
        "P",
        "A wider count than victims: some organisations publish this one as “rescued”. Never "
        "compare it with a count of victims.",
        (
            Part(
                "People",
                COUNT,
                f"SELECT person_key FROM ({RESCUED} UNION ALL {AT_RISK} UNION ALL {ADULTS}) s",
            ),
        ),
    ),
    Declared(
        "S-DUR",
        "How long abuse lasted before safety",
        FAMILY,
        "people",
        "Months from the first abuse to the day of safety.",
        "Survivors with both dates",
        "day brought to safety",
        "P C R H A",
        "A date known as a month or a year is taken half-way; the second and third figure take it "
        "as late and as early as it can be. Never give the mean without the median.",
        tuple(
            Part(
                words,
                SPREAD,
                f"SELECT person_key, first_abuse, safeguarded_on FROM {SURVIVORS} ORDER BY 3",
                of="months",
                reckon=months_since(which),
            )
            for words, which in (
                ("Months", "middle"),
                ("Months, if it began as late as the record allows", "last"),
                ("Months, if it began as early as the record allows", "first"),
            )
        ),
    ),
    Declared(
        "S-DET",
        "How long until somebody reported it",
        FAMILY,
        "people",
        "Days from the first abuse to the first referral of the case.",
        "Survivors of cases that have a referral and a date",
        "day the referral was received",
        "R detection method",
        "Whether abuse still went on is asked of the last day it can have happened.",
        (
            Part(
                "Days from the first abuse to the first referral",
                SPREAD,
                f"SELECT f.person_key, f.first_abuse, r.received_on FROM {COHORT} ORDER BY 3",
                of="days",
                reckon=days_since_start,
            ),
            Part(
                "Abuse still went on when it was reported",
                SHARE,
                f"SELECT f.person_key, f.last_abuse, r.received_on FROM {COHORT} ORDER BY 3",
                reckon=still_going_on,
            ),
        ),
    ),
    Declared(
        "S-R2R",
        "From referral to safety",
        FAMILY,
        "people",
        "Days from the first referral of the case to the person’s day of safety.",
        "Survivors whose case has a referral",
        "day the referral was received",
        "R C X",
        "Who is not safe yet has no number and is counted as not known. Who was safe before the "
        "referral is left out.",
        (
            Part(
                "Days",
                SPREAD,
                f"""SELECT f.person_key, CASE WHEN f.safeguarded_on <= %(as_of)s
                    THEN f.safeguarded_on - r.received_on END FROM {COHORT}
                    AND (f.safeguarded_on IS NULL OR f.safeguarded_on >= r.received_on)
                    ORDER BY r.received_on""",
                of="days",
            ),
        ),
    ),
    Declared(
        "S-AGE",
        "Share aged 12 or younger",
        FAMILY,
        "people",
        "Survivors aged 12 or younger when brought to safety.",
        "Survivors of known age",
        "day brought to safety",
        "P C H G",
        AGES,
        (
            Part(
                "When brought to safety",
                SHARE,
                f"SELECT person_key, {AGE_SAFE} <= 12 FROM {SURVIVORS} ORDER BY safeguarded_on",
            ),
            Part(
                "When it first happened",
                SHARE,
                f"SELECT person_key, age_when_first <= 12 FROM {SURVIVORS} ORDER BY safeguarded_on",
            ),
        ),
    ),
    Declared(
        "S-AGEM",
        "Age profile",
        FAMILY,
        "people",
        "Age at the first abuse and when brought to safety.",
        "Survivors of known age",
        "day brought to safety",
        "P",
        AGES + " The youngest are given as a band, never as an age.",
        (
            Part(
                "Age when it first happened",
                SPREAD,
                f"SELECT person_key, age_when_first FROM {SURVIVORS} ORDER BY safeguarded_on",
                of="years",
            ),
            Part(
                "Age when brought to safety",
                SPREAD,
                f"SELECT person_key, {AGE_SAFE}::int FROM {SURVIVORS} ORDER BY safeguarded_on",
                of="years",
            ),
            Part(
                "Survivors by age when it first happened",
                COUNT,
                f"SELECT person_key, {band('age_when_first')} FROM {SURVIVORS} "
                "ORDER BY safeguarded_on",
                labels=BANDS,
            ),
        ),
    ),
    Declared(
        "S-GEN",
        "Gender of survivors",
        FAMILY,
        "people",
        "Survivors by gender.",
        "Survivors of known gender",
        "day brought to safety",
        "P C",
        "Gender as the person gave it.",
        (
            Part(
                "Survivors",
                COUNT,
                f"SELECT person_key, nullif(gender, 'NonSpecifiedUnknown') FROM {SURVIVORS}",
                labels={c.value: c.label for c in Gender if c.value != "NonSpecifiedUnknown"},
            ),
        ),
    ),
    Declared(
        "S-RELV",
        "Survivors hurt by family",
        FAMILY,
        "people",
        "Survivors with at least one alleged offender of their family.",
        "Survivors whose relationship to an alleged offender is known",
        "day brought to safety",
        "P C detail",
        "Counts survivors. The share of alleged offenders (S-REL) is another figure; give both.",
        (
            Part(
                "Of their family",
                SHARE,
                f"""SELECT person_key, CASE WHEN bool_or(closeness = 'family') THEN true
                     WHEN bool_or(closeness IN ('friend', 'no')) THEN false END
                     FROM fact_relation WHERE {MINE} AND {SAFE} GROUP BY person_key""",
            ),
        ),
    ),
)
