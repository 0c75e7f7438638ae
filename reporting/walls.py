"""Releases, and the coded fact views: the only thing the reporting role may read.

The views show codes and days, no names and no text. Their keys are the same for the same record and
lead nowhere: a salted hash stands for its id, and the salt is for the owner's views alone. They
belong to the owner, so they look past row security on purpose; the application's own role may not
read them.
"""

from accounts.walls import may
from cases.choices import HOLDS_AT_ONCE, ProtectionStage
from cases.disclosure import SUBJECTS as SURVIVORS
from core.walls import (
    REPORTING,
    TODAY,
    View,
    Wall,
    changed,
    day_of,
    listed,
    step_out_of_order,
)
from reporting.case_facts import case_views
from reporting.court_facts import court_views
from reporting.models import STEPS
from reporting.querysets import WORKS_ON_RELEASES
from reporting.work_facts import work_views

# As `ReleaseQuerySet.visible_to`.
WORKS_ON = " OR ".join(may(permission) for permission in WORKS_ON_RELEASES)
MINE = (
    f"{may('reporting.compute_release')} OR ({may('reporting.read_release')} "
    "AND agency_id = (SELECT liwanag_my_agency()) "
    f"AND (published_at IS NOT NULL OR {WORKS_ON} "
    f"OR (tier = 'public' AND {may('reporting.advise_release')})))"
)
CHARGED = (
    f"{may('reporting.compute_release')} OR (({WORKS_ON}) "
    "AND agency_id = (SELECT liwanag_my_agency()))"
)
FACTS = "codes and days for the statistics service, which sees no case"

# The answer of `cases.disclosure.may_disclose` to "may this person be counted", in SQL: a consent
# to figures without names that is in force, or a recorded basis that stands in for it. A test
# compares the two (docs/statistics.md).
MAY_BE_COUNTED = f"""(EXISTS (SELECT FROM cases_consent k
        WHERE k.case_id = p.case_id AND k.person_id = p.person_id AND k.status = 'active'
        AND 'aggregate_statistics' = ANY (k.scopes)
        AND {TODAY} BETWEEN k.valid_from AND k.valid_until)
    OR EXISTS (SELECT FROM cases_legalground g
        WHERE g.case_id = p.case_id AND g.recipient_id IS NULL
        AND 'aggregate_statistics' = ANY (g.purposes)
        AND (g.person_id IS NULL OR g.person_id = p.person_id)
        AND (g.status = 'approved'
            OR (g.status = 'proposed' AND g.basis IN ({listed(HOLDS_AT_ONCE)})))
        AND g.valid_from <= {TODAY} AND (g.valid_until IS NULL OR g.valid_until >= {TODAY})))"""
# As `Case.is_open`.
NOT_OPEN = (ProtectionStage.CLOSED, ProtectionStage.TRANSFERRED)
SUBJECTS = f"p.role IN ({listed(SURVIVORS)})"


def key(column: str) -> str:
    """SQL for what stands for a record's id in a fact: of no use in an address or in the log."""
    return f"substr(encode(sha256(x.salt || uuid_send({column})), 'hex'), 1, 32)::uuid"


VIEWS = [
    View(
        "fact_survivor",
        f"""SELECT DISTINCT {key("p.person_id")} AS person_key, {key("p.case_id")} AS case_key,
        c.lead_agency_id AS agency_key, p.safeguarded_on, n.gender, n.birth_year, c.country
    FROM cases_caseparticipant p
    JOIN cases_case c ON c.id = p.case_id
    JOIN cases_person n ON n.id = p.person_id
    CROSS JOIN reporting_fact_salt x
    WHERE {SUBJECTS} AND {MAY_BE_COUNTED}""",
        reader=REPORTING,
        because=FACTS,
    ),
    # For the data protection officer of each agency, and for no figure.
    View(
        "fact_uncounted",
        f"""SELECT c.lead_agency_id AS agency_key,
        count(DISTINCT (p.case_id, p.person_id)) AS uncounted
    FROM cases_caseparticipant p
    JOIN cases_case c ON c.id = p.case_id
    WHERE {SUBJECTS} AND NOT {MAY_BE_COUNTED}
    GROUP BY c.lead_agency_id""",
        reader=REPORTING,
        because=FACTS,
    ),
    View(
        "fact_referral",
        f"""SELECT {key("r.id")} AS referral_key, t.agency_id AS agency_key,
        {day_of("r.received_at")} AS received_on,
        r.source_category, r.harm_types, r.content_origin, r.country,
        CASE WHEN c.lead_agency_id = t.agency_id THEN {key("c.id")} END AS case_key,
        c.protection_stage NOT IN ({listed(NOT_OPEN)}) AS case_is_open
    FROM referrals_referral r JOIN accounts_team t ON t.id = r.team_id
    LEFT JOIN cases_case c ON c.id = r.case_id
    CROSS JOIN reporting_fact_salt x
    WHERE r.status <> 'draft'""",
        reader=REPORTING,
        because=FACTS,
    ),
    *court_views(key, may_be_counted=MAY_BE_COUNTED, subjects=SUBJECTS),
    *case_views(key, may_be_counted=MAY_BE_COUNTED, subjects=SUBJECTS, not_open=NOT_OPEN),
    *work_views(key, not_open=NOT_OPEN),
]

# The model's own triggers refuse the same; these hold against a session that has them ignored.
WALLS = [
    Wall("reporting_fact_salt", app="", open_because="one salt, read by the owner's views alone"),
    Wall(
        "reporting_statisticsrelease",
        app="SELECT, INSERT, UPDATE (status, version, payload, digest, cells_hidden, as_of, "
        "advised_by_id, advised_at, approved_by_id, published_at, withdrawn_reason, withdrawn_at, "
        "failed_because)",
        see=MINE,
        never="DELETE",
        frozen={
            "steps_go_in_order": step_out_of_order(STEPS),
            "figures_stay": "OLD.payload IS NOT NULL AND "
            + changed("payload", "digest", "as_of", "cells_hidden"),
            "approval_stays": "OLD.approved_by_id IS NOT NULL AND "
            + changed("approved_by_id", "published_at"),
            "advice_stays": "OLD.advised_by_id IS NOT NULL AND "
            + changed("advised_by_id", "advised_at"),
        },
    ),
    Wall(
        "reporting_publicreport",
        app="SELECT, INSERT, UPDATE (withdrawn_at, withdrawn_reason)",
        open_because="published for everybody; the pages without sign-in read this table alone",
        never="DELETE",
        frozen={
            "what_is_public_stays": changed(
                "release_id", "reference", "document", "digest", "published_at"
            ),
            "withdrawn_stays_withdrawn": "OLD.withdrawn_at IS NOT NULL AND "
            + changed("withdrawn_at", "withdrawn_reason"),
        },
    ),
    Wall("reporting_privacycharge", app="SELECT, INSERT", see=CHARGED, never="UPDATE, DELETE"),
]
