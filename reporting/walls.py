"""Releases, and the coded fact views: the only thing the reporting role may read.

The views show codes and days, random keys, no names and no text. They belong to the owner, so they
look past row security on purpose; the application's own role may not read them.
"""

from core.walls import OWNER, REPORTING, Wall

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
    f"ALTER VIEW fact_referral OWNER TO {OWNER}",
    f"ALTER VIEW fact_conviction OWNER TO {OWNER}",
    f"GRANT SELECT ON fact_referral, fact_conviction TO {REPORTING}",
]

WALLS = [
    Wall(
        "reporting_statisticsrelease",
        open_because="protected numbers; scoped by visible_to, changed only in an act",
    )
]
