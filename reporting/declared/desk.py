"""Measures of the referral desk: what arrives, how fast, how complete, and money."""

from __future__ import annotations

from cases.choices import ContentOrigin
from referrals.choices import PaymentChannel, SourceCategory
from reporting.declared.shape import COUNT, MINE, SHARE, SPREAD, Declared, Part, dated

FAMILY = "referrals"
RECEIVED = f"fact_intake WHERE {MINE} AND {dated('received_on')}"
SOURCES = {c.value: c.label for c in SourceCategory if c.value != "unknown"}
PAID = f"fact_payment WHERE {MINE} AND {dated('received_on')}"
BY_REPORT = (
    "Payments carry dates as well as they are known, so the period is that of the report they "
    "came with. Amounts stay in their own currency."
)
# Referrals of one country and harm, month by month, beside the twelve months before each.
MONTHS = f"""SELECT g.country || ' · ' || g.harm || ' · ' || to_char(g.month, 'YYYY-MM') AS what,
        g.n >= 10 AND g.n > g.before / 12.0 + 3 * sqrt(g.before / 12.0) AS stands_out,
        g.first_on <= g.month - interval '12 months' AS has_a_year
    FROM (SELECT r.country, h AS harm, m.month, f.first_on,
            count(*) FILTER (WHERE r.received_on >= m.month
                AND r.received_on < m.month + interval '1 month') AS n,
            count(*) FILTER (WHERE r.received_on < m.month
                AND r.received_on >= m.month - interval '12 months') AS before
        FROM fact_intake r
        CROSS JOIN unnest(r.harm_types) AS h
        CROSS JOIN generate_series(date_trunc('month', %(start)s::timestamp),
            least(%(end)s, %(as_of)s)::timestamp, interval '1 month') AS m(month)
        CROSS JOIN (SELECT min(received_on) AS first_on FROM fact_intake WHERE {MINE}) f
        WHERE r.{MINE} AND r.received_on <= least(%(end)s, %(as_of)s) AND r.country <> ''
        GROUP BY r.country, h, m.month, f.first_on) g"""

DESK = (
    Declared(
        "S-R2T",
        "Handling of referrals",
        FAMILY,
        "referrals",
        "Referrals acknowledged within 24 hours and triaged within 72.",
        "Referrals received",
        "day received",
        "R X",
        "One that still has time and is not acknowledged counts as late "
        "only once the time has run out.",
        (
            Part(
                "Acknowledged within 24 hours",
                SHARE,
                f"""SELECT referral_key, CASE WHEN hours_to_acknowledge IS NOT NULL
                     THEN hours_to_acknowledge <= 24
                     WHEN received_on < %(as_of)s - 1 THEN false END FROM {RECEIVED}""",
                of="referrals",
            ),
            Part(
                "Triaged within 72 hours",
                SHARE,
                f"""SELECT referral_key, CASE WHEN hours_to_triage IS NOT NULL
                     THEN hours_to_triage <= 72
                     WHEN received_on < %(as_of)s - 3 THEN false END FROM {RECEIVED}""",
                of="referrals",
            ),
            Part(
                "Hours until triage",
                SPREAD,
                f"SELECT referral_key, hours_to_triage FROM {RECEIVED}",
                of="hours",
            ),
            Part(
                "Not triaged at the end of the period",
                COUNT,
                f"""SELECT referral_key FROM fact_intake WHERE {MINE}
                     AND received_on <= least(%(end)s, %(as_of)s)
                     AND coalesce(triaged_on, closed_on, decided_on, 'infinity'::date)
                         > least(%(end)s, %(as_of)s)""",
                of="referrals",
            ),
        ),
    ),
    Declared(
        "S-SRC",
        "Sources of referrals",
        FAMILY,
        "referrals",
        "Referrals by who sent them; cases by who sent the first referral.",
        "All referrals; all cases opened",
        "day received; day the case was opened",
        "P R C",
        "Several referrals may concern one child: this is no number of children.",
        (
            Part(
                "Referrals",
                COUNT,
                f"SELECT referral_key, nullif(source_category, 'unknown') FROM {RECEIVED}",
                of="referrals",
                labels=SOURCES,
            ),
            Part(
                "Cases by their first referral",
                COUNT,
                f"SELECT case_key, nullif(opened_by_source, 'unknown') FROM fact_case "
                f"WHERE {MINE} AND {dated('opened_on')}",
                of="cases",
                labels=SOURCES,
            ),
            Part(
                "Cases that a foreign authority brought",
                SHARE,
                f"SELECT case_key, nullif(opened_by_source, 'unknown') "
                f"= 'foreign_law_enforcement' FROM fact_case "
                f"WHERE {MINE} AND {dated('opened_on')}",
                of="cases",
            ),
        ),
    ),
    Declared(
        "S-CMP",
        "Completeness of referrals",
        FAMILY,
        "referrals",
        "Percent of seven questions that are answered; referrals whose material’s origin is known.",
        "Referrals received",
        "day received",
        "R platform",
        "The seven: source, how it was found, type of harm, origin of the material, country, "
        "country it comes from, estimated children. “Unknown” is no answer.",
        (
            Part(
                "Percent answered",
                SPREAD,
                f"SELECT referral_key, percent_complete FROM {RECEIVED}",
                of="percent",
            ),
            Part(
                "Origin of the material known",
                SHARE,
                f"SELECT referral_key, content_origin NOT IN ('', 'unknown') FROM {RECEIVED}",
                of="referrals",
            ),
        ),
    ),
    Declared(
        "S-MAT",
        "Demand, source and harm",
        FAMILY,
        "referrals",
        "Referrals by the country they come from, the country of the child and the harm.",
        "",
        "day received",
        "D C H O",
        "One referral can name several harms, so lines add up to more than the referrals. Whether "
        "the material is new is recorded with the harm in a case (S-FGM).",
        (
            Part(
                "Country of demand → country of the child · harm",
                COUNT,
                f"""SELECT referral_key, originating_country || ' → ' || country || ' · ' || h
                     FROM fact_intake LEFT JOIN LATERAL unnest(harm_types) AS h
                     ON originating_country <> '' AND country <> ''
                     WHERE {MINE} AND {dated("received_on")}""",
                of="referrals",
                many=True,
            ),
            Part(
                "By how the material came about",
                COUNT,
                f"SELECT referral_key, nullif(content_origin, 'unknown') FROM {RECEIVED}",
                of="referrals",
                labels={c.value: c.label for c in ContentOrigin if c.value != "unknown"},
            ),
        ),
    ),
    Declared(
        "S-SPK",
        "Months that stand out",
        FAMILY,
        "months",
        "Months in which a country and harm has at least 10 referrals and more than its mean of "
        "the twelve months before plus three times the root of that mean.",
        "Months with a year of records before them",
        "month received",
        "C H R",
        "A spike is a reason to look, not a finding. A single big report can make one.",
        (
            Part(
                "Country · harm · month",
                COUNT,
                f"SELECT what, what FROM ({MONTHS}) m WHERE stands_out AND has_a_year ORDER BY 1",
                of="months",
                of_people=False,
            ),
            Part(
                "Of all months and kinds looked at",
                SHARE,
                f"SELECT what, CASE WHEN has_a_year THEN stands_out END FROM ({MONTHS}) m",
                of="months",
                of_people=False,
            ),
        ),
    ),
    Declared(
        "S-PAY",
        "Price of a session",
        FAMILY,
        "payments",
        "Amounts of payments that are linked to a session.",
        "Payments with amount and currency",
        "day the report was received",
        "D channel",
        BY_REPORT,
        (
            Part(
                "Amount",
                SPREAD,
                f"SELECT payment_key, currency, amount FROM {PAID} AND linked_session = 'yes'",
                of="payments",
                split=True,
            ),
        ),
    ),
    Declared(
        "S-PAYT",
        "Paid by one person in all",
        FAMILY,
        "people",
        "Sum of payments by person and currency.",
        "Persons with payments",
        "day the report was received",
        "D",
        BY_REPORT + " A payment is laid to a person only where the report’s case names one alleged "
        "offender on the demand side. The greatest sum is given nowhere.",
        (
            Part(
                "Sum",
                SPREAD,
                f"""SELECT person_key, currency, sum(amount * greatest(times, 1)) FROM {PAID}
                  AND person_key IS NOT NULL GROUP BY person_key, currency""",
                split=True,
            ),
        ),
    ),
    Declared(
        "S-CHN",
        "Channels of payment",
        FAMILY,
        "payments",
        "Payments by channel.",
        "Payments whose channel is known",
        "day the report was received",
        "D C",
        BY_REPORT,
        (
            Part(
                "Payments",
                COUNT,
                f"SELECT payment_key, nullif(channel, 'unknown') FROM {PAID}",
                of="payments",
                labels={c.value: c.label for c in PaymentChannel if c.value != "unknown"},
            ),
            Part(
                "Through a remittance agency",
                SHARE,
                f"SELECT payment_key, nullif(channel, 'unknown') = 'money_transfer_operator' "
                f"FROM {PAID}",
                of="payments",
            ),
        ),
    ),
    Declared(
        "S-FIN",
        "Found by the financial sector",
        FAMILY,
        "referrals",
        "Referrals from banks, remittance agencies and financial intelligence units.",
        "Those of them that are decided",
        "day received",
        "P D",
        "Numbers of suspicious-transaction reports are sealed and are not counted.",
        (
            Part(
                "Referrals",
                COUNT,
                f"SELECT referral_key, source_category FROM {RECEIVED} "
                "AND source_category IN ('financial_institution', 'fiu')",
                of="referrals",
                labels={k: v for k, v in SOURCES.items() if k in ("financial_institution", "fiu")},
            ),
            Part(
                "Led to a case",
                SHARE,
                f"""SELECT referral_key, CASE WHEN decided_on <= %(as_of)s
                     THEN case_key IS NOT NULL END FROM {RECEIVED}
                     AND source_category IN ('financial_institution', 'fiu')""",
                of="referrals",
            ),
        ),
    ),
    Declared(
        "S-IND",
        "How well indicators tell",
        FAMILY,
        "assessments",
        "Assessments of indicators whose referral led to a case.",
        "Assessments whose referral is decided",
        "day of the assessment",
        "sector side",
        "Precision and no more: what no indicator caught is not seen.",
        (
            Part(
                "Led to a case",
                SHARE,
                f"SELECT assessment_key, became_a_case FROM fact_indicator WHERE {MINE} "
                f"AND {dated('assessed_on')}",
                of="assessments",
            ),
            Part(
                "Assessments by combination",
                COUNT,
                f"SELECT assessment_key, combination FROM fact_indicator WHERE {MINE} "
                f"AND {dated('assessed_on')}",
                of="assessments",
            ),
            Part(
                "Of these, led to a case, by combination",
                COUNT,
                f"SELECT assessment_key, combination FROM fact_indicator WHERE {MINE} "
                f"AND {dated('assessed_on')} AND became_a_case",
                of="assessments",
            ),
        ),
    ),
)
