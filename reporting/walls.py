"""Releases, and the coded fact views: the only thing the reporting role may read.

The views show codes and days, random keys, no names and no text. They belong to the owner, so they
look past row security on purpose; the application's own role may not read them.
"""

from accounts.walls import may
from core.walls import REPORTING, View, Wall, changed, step_out_of_order
from reporting.models import STEPS
from reporting.querysets import WORKS_ON_RELEASES

# As `ReleaseQuerySet.visible_to`.
WORKS_ON = " OR ".join(may(permission) for permission in WORKS_ON_RELEASES)
MINE = (
    f"{may('reporting.compute_release')} OR ({may('reporting.read_release')} "
    "AND agency_id = (SELECT liwanag_my_agency()) "
    f"AND (published_at IS NOT NULL OR {WORKS_ON}))"
)
FACTS = "codes and days for the statistics service, which sees no case"

VIEWS = [
    View(
        "fact_referral",
        """SELECT r.id AS referral_key, t.agency_id AS agency_key,
        (r.received_at AT TIME ZONE 'Asia/Manila')::date AS received_on,
        r.source_category, r.harm_types, r.content_origin, r.country
    FROM referrals_referral r JOIN accounts_team t ON t.id = r.team_id
    WHERE r.status <> 'draft'""",
        reader=REPORTING,
        because=FACTS,
    ),
    View(
        "fact_conviction",
        """SELECT a.person_id AS person_key, v.case_id AS case_key, c.lead_agency_id AS agency_key,
        v.decided_on AS convicted_on, NULL::date AS reversed_on, p.jurisdiction, p.side
    FROM courts_verdict v
    JOIN courts_charge ch ON ch.id = v.charge_id
    JOIN courts_proceeding p ON p.id = ch.proceeding_id
    JOIN cases_caseparticipant a ON a.id = p.accused_id
    JOIN cases_case c ON c.id = v.case_id
    WHERE v.result IN ('convicted', 'convicted_lesser')""",
        reader=REPORTING,
        because=FACTS,
    ),
]

# The model's own triggers refuse the same; these hold against a session that has them ignored.
WALLS = [
    Wall(
        "reporting_statisticsrelease",
        app="SELECT, INSERT, UPDATE (status, version, payload, digest, cells_hidden, as_of, "
        "approved_by_id, published_at, withdrawn_reason, withdrawn_at, failed_because)",
        see=MINE,
        never="DELETE",
        frozen={
            "steps_go_in_order": step_out_of_order(STEPS),
            "figures_stay": "OLD.payload IS NOT NULL AND "
            + changed("payload", "digest", "as_of", "cells_hidden"),
            "approval_stays": "OLD.approved_by_id IS NOT NULL AND "
            + changed("approved_by_id", "published_at"),
        },
    )
]
