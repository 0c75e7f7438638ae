"""Releases, and the coded fact views: the only thing the reporting role may read.

The views show codes and days, random keys, no names and no text. They belong to the owner, so they
look past row security on purpose; the application's own role may not read them.
"""

from core.walls import OWNER, REPORTING, Wall

FACTS = ("fact_referral", "fact_conviction", "fact_survivor", "fact_uncounted")
TODAY = "(now() AT TIME ZONE 'Asia/Manila')::date"
# The answer of `cases.disclosure.may_disclose` to "may this person be counted", in SQL: a consent
# to aggregate statistics in force, or a recorded basis that stands in for it (R-S7). A test
# compares the two.
MAY_BE_COUNTED = f"""(EXISTS (SELECT FROM cases_consent k
        WHERE k.case_id = p.case_id AND k.person_id = p.person_id AND k.status = 'active'
        AND 'aggregate_statistics' = ANY (k.scopes)
        AND {TODAY} BETWEEN k.valid_from AND k.valid_until)
    OR EXISTS (SELECT FROM cases_legalground g
        WHERE g.case_id = p.case_id AND g.recipient_id IS NULL
        AND 'aggregate_statistics' = ANY (g.purposes)
        AND (g.person_id IS NULL OR g.person_id = p.person_id)
        AND (g.status = 'approved' OR (g.status = 'proposed'
            AND g.basis IN ('vital_interests', 'mandatory_report')))
        AND g.valid_from <= {TODAY} AND (g.valid_until IS NULL OR g.valid_until >= {TODAY})))"""
SUBJECTS = "p.role IN ('survivor', 'at_risk_child', 'child_displaying_hsb')"

FUNCTIONS = [
    "DROP VIEW IF EXISTS fact_referral",
    """CREATE VIEW fact_referral AS
    SELECT r.id AS referral_key, t.agency_id AS agency_key,
        (r.received_at AT TIME ZONE 'Asia/Manila')::date AS received_on,
        r.source_category, r.harm_types, r.content_origin, r.country
    FROM referrals_referral r JOIN accounts_team t ON t.id = r.team_id
    WHERE r.status <> 'draft'""",
    "DROP VIEW IF EXISTS fact_conviction",
    """CREATE VIEW fact_conviction AS
    SELECT a.person_id AS person_key, v.case_id AS case_key, c.lead_agency_id AS agency_key,
        v.decided_on AS convicted_on, NULL::date AS reversed_on, p.jurisdiction, p.side
    FROM courts_verdict v
    JOIN courts_charge ch ON ch.id = v.charge_id
    JOIN courts_proceeding p ON p.id = ch.proceeding_id
    JOIN cases_caseparticipant a ON a.id = p.accused_id
    JOIN cases_case c ON c.id = v.case_id
    WHERE v.result IN ('convicted', 'convicted_lesser')""",
    "DROP VIEW IF EXISTS fact_survivor",
    f"""CREATE VIEW fact_survivor AS
    SELECT DISTINCT p.person_id AS person_key, p.case_id AS case_key,
        c.lead_agency_id AS agency_key, p.safeguarded_on, n.gender, n.birth_year, c.country
    FROM cases_caseparticipant p
    JOIN cases_case c ON c.id = p.case_id
    JOIN cases_person n ON n.id = p.person_id
    WHERE {SUBJECTS} AND {MAY_BE_COUNTED}""",
    "DROP VIEW IF EXISTS fact_uncounted",
    f"""CREATE VIEW fact_uncounted AS
    SELECT c.lead_agency_id AS agency_key, count(DISTINCT (p.case_id, p.person_id)) AS uncounted
    FROM cases_caseparticipant p
    JOIN cases_case c ON c.id = p.case_id
    WHERE {SUBJECTS} AND NOT {MAY_BE_COUNTED}
    GROUP BY c.lead_agency_id""",
    *(f"ALTER VIEW {view} OWNER TO {OWNER}" for view in FACTS),
    f"GRANT SELECT ON {', '.join(FACTS)} TO {REPORTING}",
]

WALLS = [
    Wall(
        "reporting_statisticsrelease",
        open_because="protected numbers; scoped by visible_to, changed only in an act",
    )
]
