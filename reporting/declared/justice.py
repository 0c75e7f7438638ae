"""Measures of operations, arrests, proceedings and sentences."""

from __future__ import annotations

from cases.choices import Gender
from courts.choices import OperationType
from reporting.court_counts import KNOWN, UPHELD
from reporting.declared.shape import COUNT, MINE, SHARE, SPREAD, Declared, Part, dated

FAMILY = "justice"
SIDES = {"source": "Source side", "demand": "Demand side", "both": "Both sides", "none": "Neither"}
SEXES = {c.value: c.label for c in Gender if c.value != "NonSpecifiedUnknown"}
ARRESTS = f"""fact_arrest WHERE {MINE}
    AND outcome IN ('suspect_arrested', 'suspect_surrendered') AND {KNOWN}"""
ARRESTED = f"SELECT person_key, min(decided_on) AS day FROM {ARRESTS} GROUP BY person_key"
CHARGED = f"""SELECT person_key, min(charged_on) AS day FROM fact_charged WHERE {MINE}
    AND charged_on <= %(as_of)s GROUP BY person_key"""
CONVICTED = f"""SELECT person_key, min(convicted_on) AS day FROM fact_conviction
    WHERE {MINE} AND {UPHELD} GROUP BY person_key"""
JUDGED = f"fact_judgment WHERE {MINE} AND {dated('judged_on')}"
COHORT = f"""(SELECT case_key, min(received_on) AS received_on, bool_or(case_is_open) AS is_open
    FROM fact_referral WHERE {MINE} AND {dated("received_on")} AND case_key IS NOT NULL
    GROUP BY case_key) c"""
REACHED = {
    "With an operation": f"fact_operation s WHERE s.{MINE} AND s.happened_on <= %(as_of)s",
    "With an arrest": f"""fact_arrest s WHERE s.{MINE}
        AND s.outcome IN ('suspect_arrested', 'suspect_surrendered') AND {KNOWN}""",
    "With a charge": f"fact_charged s WHERE s.{MINE} AND s.charged_on <= %(as_of)s",
    "With a conviction that stands": f"fact_conviction s WHERE s.{MINE} AND {UPHELD}",
}


def first_by(first: str, table: str, code: str, day: str) -> str:
    """SQL: people whose first day falls in the period, by a code of the record of that day."""
    return f"""SELECT f.person_key, t.{code} FROM ({first}) f JOIN {table} t
        ON t.person_key = f.person_key AND t.{day} = f.day AND t.{MINE}
        WHERE {dated("f.day")} ORDER BY t.{code}"""


def person_by(first: str, value: str) -> str:
    """SQL: people whose first day falls in the period, by what is known of the person."""
    return f"""SELECT f.person_key, {value} FROM ({first}) f
        LEFT JOIN fact_offender o ON o.person_key = f.person_key AND o.{MINE}
        WHERE {dated("f.day")} ORDER BY 2"""


JUSTICE = (
    Declared(
        "S-OPS",
        "Operations",
        FAMILY,
        "operations",
        "Operations conducted.",
        "",
        "day of the operation",
        "P C X type",
        "Who conducted an operation and who supported it stand apart and may not be added up.",
        tuple(
            Part(
                words,
                COUNT,
                f"SELECT operation_key, type FROM fact_operation WHERE {MINE} "
                f"AND {dated('happened_on')}{only}",
                of="operations",
                labels=dict(OperationType.choices),
                of_people=False,
            )
            for words, only in (
                ("In our cases", ""),
                ("Of these, conducted by us", " AND conducted_by_us"),
                ("Of these, supported by us", " AND supported_by_us"),
            )
        ),
    ),
    Declared(
        "S-ARR",
        "Suspects arrested",
        FAMILY,
        "people",
        "Suspects arrested or who gave themselves up, each once.",
        "",
        "day of the first arrest",
        "P C X side G",
        "Arrests in operations that are on record.",
        (
            Part(
                "Suspects", COUNT, f"SELECT person_key FROM ({ARRESTED}) f WHERE {dated('f.day')}"
            ),
            Part(
                "Suspects by gender",
                COUNT,
                person_by(ARRESTED, "nullif(o.gender, 'NonSpecifiedUnknown')"),
                labels=SEXES,
            ),
        ),
    ),
    Declared(
        "S-CHG",
        "Persons charged",
        FAMILY,
        "people",
        "Accused persons whose first charge was filed in the period.",
        "",
        "day of the first charge",
        "P J side statute",
        "Persons, not charges.",
        (
            Part(
                "Persons by side",
                COUNT,
                first_by(CHARGED, "fact_charged", "side", "charged_on"),
                labels=SIDES,
            ),
            Part(
                "Persons by jurisdiction",
                COUNT,
                first_by(CHARGED, "fact_charged", "jurisdiction", "charged_on"),
            ),
        ),
    ),
    Declared(
        "S-CONV",
        "Persons convicted",
        FAMILY,
        "people",
        "Accused persons whose first standing conviction was given in the period.",
        "",
        "day of the first conviction that stands",
        "P J side statute",
        "A conviction counts until the day a higher court reverses it.",
        (
            Part(
                "Persons by side",
                COUNT,
                first_by(CONVICTED, "fact_conviction", "side", "convicted_on"),
                labels=SIDES,
            ),
            Part(
                "Persons by jurisdiction",
                COUNT,
                first_by(CONVICTED, "fact_conviction", "jurisdiction", "convicted_on"),
            ),
        ),
    ),
    Declared(
        "S-ACQ",
        "Acquitted or dismissed",
        FAMILY,
        "people",
        "Accused persons all of whose charges were decided without a conviction.",
        "",
        "day of the last decision",
        "P J",
        "At first instance; appeals change S-CONV, not this.",
        (
            Part(
                "Persons",
                COUNT,
                f"SELECT person_key, result FROM {JUDGED} AND result <> 'convicted' ORDER BY 2",
                labels={"acquitted": "Acquitted", "dismissed": "Dismissed or withdrawn"},
            ),
        ),
    ),
    Declared(
        "S-CR",
        "Conviction rate",
        FAMILY,
        "people",
        "Persons convicted at first instance.",
        "Persons convicted or acquitted at first instance in the period",
        "day of judgment",
        "P J",
        "Dismissed cases are no judgment: they are beside it and in no rate.",
        (
            Part(
                "Convicted",
                SHARE,
                f"SELECT person_key, result = 'convicted' FROM {JUDGED} "
                "AND result <> 'dismissed' ORDER BY judged_on",
            ),
            Part(
                "Beside it, dismissed or withdrawn",
                COUNT,
                f"SELECT person_key FROM {JUDGED} AND result = 'dismissed'",
            ),
        ),
    ),
    Declared(
        "S-FUN",
        "How far cases came",
        FAMILY,
        "cases",
        "Cases of referrals received in the period, by what they reached by the as-of day.",
        "The cases that came of those referrals",
        "day the referral was received",
        "R C",
        "Every step is a part of the cases, not of the step before: a charge needs no operation.",
        (
            Part(
                "Referrals that led to a case",
                SHARE,
                f"SELECT referral_key, case_key IS NOT NULL FROM fact_referral WHERE {MINE} "
                f"AND {dated('received_on')}",
                of="referrals",
            ),
            *(
                Part(
                    words,
                    SHARE,
                    f"SELECT c.case_key, EXISTS (SELECT FROM {where} AND s.case_key = c.case_key) "
                    f"FROM {COHORT}",
                    of="cases",
                )
                for words, where in REACHED.items()
            ),
            *(
                Part(
                    f"Not reached ({words[0].lower()}{words[1:]})",
                    COUNT,
                    f"SELECT c.case_key, CASE WHEN c.is_open THEN 'open' ELSE 'closed' END "
                    f"FROM {COHORT} WHERE NOT EXISTS (SELECT FROM {where} "
                    "AND s.case_key = c.case_key)",
                    of="cases",
                    labels={"open": "Case open", "closed": "Case closed"},
                )
                for words, where in REACHED.items()
            ),
        ),
    ),
    Declared(
        "S-R2C",
        "From safety to charge to judgment",
        FAMILY,
        "cases",
        "Days of each step.",
        "Cases and proceedings that reached the step",
        "day of the step",
        "J",
        "Who has not reached a step is in no median of it.",
        (
            Part(
                "Days from the first survivor’s safety to the first charge",
                SPREAD,
                f"""SELECT s.case_key, g.day - s.day FROM
                     (SELECT case_key, min(safeguarded_on) AS day FROM fact_survivor
                         WHERE {MINE} AND safeguarded_on <= %(as_of)s GROUP BY case_key) s
                     JOIN (SELECT case_key, min(charged_on) AS day FROM fact_charged
                         WHERE {MINE} GROUP BY case_key) g USING (case_key)
                     WHERE {dated("g.day")} AND g.day >= s.day""",
                of="days",
            ),
            Part(
                "Days from the charge to the first judgment",
                SPREAD,
                f"SELECT proceeding_key, judged_on - charged_on FROM fact_proceeding "
                f"WHERE {MINE} AND {dated('judged_on')} AND judged_on >= charged_on",
                of="days",
            ),
        ),
    ),
    Declared(
        "S-REL",
        "Alleged offenders close to the child",
        FAMILY,
        "people",
        "Source-side alleged offenders who are family or friend of a survivor of the case.",
        "Source-side alleged offenders whose relationship is known",
        "day a survivor was brought to safety",
        "P C detail",
        "Counts alleged offenders, each once, by the closest relationship to any survivor. The "
        "share of survivors (S-RELV) is another figure; give both.",
        (
            Part(
                "Family or friend",
                SHARE,
                f"""SELECT offender_key, CASE WHEN bool_or(closeness IN ('family', 'friend'))
                  THEN true WHEN bool_or(closeness = 'no') THEN false END
                  FROM fact_relation WHERE {MINE} AND {dated("safeguarded_on")}
                  AND offender_role = 'alleged_offender_source' GROUP BY offender_key""",
            ),
        ),
    ),
    Declared(
        "S-DEM",
        "Demand side by country",
        FAMILY,
        "people",
        "Demand-side alleged offenders who are identified, by country.",
        "Those whose country is known",
        "day they were first recorded",
        "P D H",
        "Where somebody lives is sealed, so the country is that of the first proceeding against "
        "them. Countries are ranked by their number; unknown ones are in no share.",
        (
            Part(
                "Alleged offenders",
                COUNT,
                f"""SELECT person_key, country FROM fact_offender WHERE {MINE}
                  AND role = 'alleged_offender_demand' AND {dated("known_on")}
                  ORDER BY known_on, country""",
            ),
        ),
    ),
)
