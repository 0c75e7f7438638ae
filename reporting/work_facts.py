"""Coded facts of work: referrals on their way, payments, handoffs, tasks, judgments, safeguards.

Codes, days and random keys; staff are keys too. Nothing here counts a survivor.
"""

from __future__ import annotations

from collections.abc import Callable

from core.walls import REPORTING, View, day_of, listed

FACTS = "codes and days for the statistics service, which sees no case"
Key = Callable[[str], str]
# A handoff that left its agency.
LEFT = ("sent", "needs_information", "accepted", "completed", "declined", "expired", "revoked")


def work_views(key: Key, *, not_open: tuple[str, ...]) -> list[View]:
    """The views, for `reporting.walls`; see `case_views` for the arguments."""
    return [
        _view("fact_intake", _intake(key)),
        _view("fact_payment", _payments(key)),
        _view("fact_indicator", _indicators(key)),
        _view("fact_handoff", _handoffs(key)),
        _view("fact_lead", _leads(key, not_open)),
        _view("fact_task", _tasks(key)),
        _view("fact_staff", _staff(key)),
        _view("fact_judgment", _judgments(key)),
        _view("fact_conduct", _conduct(key)),
        _view("fact_safeguard", _safeguards(key)),
        _view("fact_release", _releases(key)),
    ]


def _view(name: str, query: str) -> View:
    return View(name, query, reader=REPORTING, because=FACTS)


def _intake(key: Key) -> str:
    known = " + ".join(
        f"({condition})::int"
        for condition in (
            "r.source_category <> 'unknown'",
            "r.detection_method NOT IN ('', 'unknown')",
            "r.harm_types <> '{}' AND NOT 'unknown' = ANY (r.harm_types)",
            "r.content_origin NOT IN ('', 'unknown')",
            "r.country <> ''",
            "r.originating_country <> ''",
            "r.children_estimate IS NOT NULL",
        )
    )
    return f"""SELECT {key("r.id")} AS referral_key, t.agency_id AS agency_key,
        {key("r.case_id")} AS case_key, r.status, {day_of("r.received_at")} AS received_on,
        extract(epoch FROM r.acknowledged_at - r.received_at) / 3600 AS hours_to_acknowledge,
        extract(epoch FROM r.triaged_at - r.received_at) / 3600 AS hours_to_triage,
        {day_of("r.triaged_at")} AS triaged_on, {day_of("r.closed_at")} AS closed_on,
        {day_of("r.decided_at")} AS decided_on,
        r.source_category, r.detection_method, r.harm_types, r.content_origin, r.country,
        r.originating_country, ({known}) * 100 / 7 AS percent_complete
    FROM referrals_referral r JOIN accounts_team t ON t.id = r.team_id
    CROSS JOIN reporting_fact_salt x
    WHERE r.status <> 'draft'"""


def _payments(key: Key) -> str:
    # A payment belongs to a report. It is laid to a person only where the report's case names one
    # alleged offender on the demand side and no other.
    return f"""SELECT {key("m.id")} AS payment_key, t.agency_id AS agency_key, m.amount, m.currency,
        m.times, m.channel, m.sender_country, m.linked_session,
        {day_of("r.received_at")} AS received_on, left(m.paid_on, 4) AS paid_in,
        (SELECT {key("(min(o.person_id::text))::uuid")} FROM cases_caseparticipant o
            WHERE o.case_id = r.case_id AND o.role = 'alleged_offender_demand'
            HAVING count(*) = 1) AS person_key
    FROM referrals_payment m
    JOIN referrals_referral r ON r.id = m.referral_id
    JOIN accounts_team t ON t.id = r.team_id
    CROSS JOIN reporting_fact_salt x
    WHERE m.taken_back_at IS NULL"""


def _indicators(key: Key) -> str:
    return f"""SELECT {key("a.id")} AS assessment_key, {key("a.referral_id")} AS referral_key,
        t.agency_id AS agency_key, {day_of("a.created_at")} AS assessed_on, a.confidence,
        (SELECT string_agg(DISTINCT o.code, ' + ' ORDER BY o.code)
            FROM referrals_indicatorobservation o
            WHERE o.id = ANY (a.observations)) AS combination,
        CASE WHEN r.decided_at IS NOT NULL THEN r.case_id IS NOT NULL END AS became_a_case
    FROM referrals_indicatorassessment a
    JOIN referrals_referral r ON r.id = a.referral_id
    JOIN accounts_team t ON t.id = r.team_id
    CROSS JOIN reporting_fact_salt x"""


def _handoffs(key: Key) -> str:
    return f"""SELECT {key("h.id")} AS handoff_key, {key("h.case_id")} AS case_key,
        h.from_agency_id AS agency_key, h.status, {day_of("h.sent_at")} AS sent_on,
        extract(epoch FROM h.answered_at - h.sent_at) / 86400 AS days_to_answer,
        CASE WHEN h.status = 'completed' THEN h.outcome <> '' END AS has_feedback,
        f.country <> g.country AS crosses_a_border,
        h.legal_basis NOT IN ('', 'unknown') AS has_a_basis
    FROM handoffs_handoff h
    JOIN accounts_agency f ON f.id = h.from_agency_id
    JOIN accounts_agency g ON g.id = h.to_agency_id
    CROSS JOIN reporting_fact_salt x
    WHERE h.sent_at IS NOT NULL AND h.status IN ({listed(LEFT)})"""


def _leads(key: Key, not_open: tuple[str, ...]) -> str:
    return f"""SELECT {key("l.case_id")} AS case_key, c.lead_agency_id AS agency_key,
        {key("l.user_id")} AS staff_key
    FROM cases_caselead l JOIN cases_case c ON c.id = l.case_id
    CROSS JOIN reporting_fact_salt x
    WHERE l.until IS NULL AND c.protection_stage NOT IN ({listed(not_open)})"""


def _tasks(key: Key) -> str:
    return f"""SELECT {key("k.id")} AS task_key, c.lead_agency_id AS agency_key, k.due_on,
        {day_of("k.created_at")} AS set_on, {day_of("k.ended_at")} AS ended_on
    FROM cases_casetask k JOIN cases_case c ON c.id = k.case_id
    CROSS JOIN reporting_fact_salt x"""


def _staff(key: Key) -> str:
    return f"""SELECT DISTINCT {key("m.user_id")} AS staff_key, t.agency_id AS agency_key, m.role
    FROM accounts_membership m JOIN accounts_team t ON t.id = m.team_id
    JOIN accounts_user u ON u.id = m.user_id
    CROSS JOIN reporting_fact_salt x
    WHERE u.is_active AND m.starts_at <= now() AND (m.ends_at IS NULL OR m.ends_at > now())"""


def _judgments(key: Key) -> str:
    """One row an accused person and proceeding in which every charge has an answer."""
    return f"""SELECT {key("a.person_id")} AS person_key, {key("g.id")} AS proceeding_key,
        c.lead_agency_id AS agency_key, g.jurisdiction, g.side, d.judged_on,
        CASE WHEN d.convicted THEN 'convicted' WHEN d.acquitted THEN 'acquitted'
            ELSE 'dismissed' END AS result
    FROM (SELECT h.proceeding_id, max(v.decided_on) AS judged_on,
            bool_or(v.result IN ('convicted', 'convicted_lesser')) AS convicted,
            bool_or(v.result = 'acquitted') AS acquitted
        FROM courts_charge h LEFT JOIN courts_verdict v ON v.charge_id = h.id
        WHERE NOT EXISTS (SELECT FROM courts_charge n WHERE n.replaces_id = h.id)
        GROUP BY h.proceeding_id HAVING bool_and(v.id IS NOT NULL)) d
    JOIN courts_proceeding g ON g.id = d.proceeding_id
    JOIN cases_caseparticipant a ON a.id = g.accused_id
    JOIN cases_case c ON c.id = g.case_id
    CROSS JOIN reporting_fact_salt x"""


def _conduct(key: Key) -> str:
    return f"""SELECT {key("g.id")} AS proceeding_key, c.lead_agency_id AS agency_key,
        g.jurisdiction,
        (SELECT max(v.decided_on) FROM courts_verdict v JOIN courts_charge h
            ON h.id = v.charge_id WHERE h.proceeding_id = g.id) AS concluded_on,
        (SELECT CASE WHEN bool_or(h.plea IN ('guilty', 'guilty_lesser', 'no_contest')) THEN true
            WHEN bool_and(h.plea = 'not_guilty') THEN false END
            FROM courts_charge h WHERE h.proceeding_id = g.id) AS by_plea
    FROM courts_proceeding g JOIN cases_case c ON c.id = g.case_id
    CROSS JOIN reporting_fact_salt x
    WHERE EXISTS (SELECT FROM courts_verdict v JOIN courts_charge h ON h.id = v.charge_id
        WHERE h.proceeding_id = g.id AND v.result IN ('convicted', 'convicted_lesser', 'acquitted'))
    """


def _safeguards(key: Key) -> str:
    # What a review found in order was justified; one that is open is not known yet.
    return f"""SELECT {key("v.id")} AS event_key, v.agency_id AS agency_key,
        v.kind, {day_of("v.created_at")} AS happened_on,
        CASE WHEN v.finding <> '' THEN left(v.finding, 8) = 'in_order' END AS in_order
    FROM audit_review v CROSS JOIN reporting_fact_salt x
    UNION ALL
    SELECT {key("q.id")}, q.agency_id, 'retention', {day_of("q.decided_at")}, NULL
    FROM cases_retentionreview q CROSS JOIN reporting_fact_salt x WHERE q.decided_at IS NOT NULL
    UNION ALL
    SELECT {key("m.id")}, m.agency_id, 'blocked_upload', {day_of("m.created_at")}, NULL
    FROM cases_materialfound m CROSS JOIN reporting_fact_salt x WHERE m."where" = 'upload'
    UNION ALL
    SELECT {key("k.id")}, c.lead_agency_id, 'consent_withdrawn', {day_of("k.ended_at")}, NULL
    FROM cases_consent k JOIN cases_case c ON c.id = k.case_id
    CROSS JOIN reporting_fact_salt x WHERE k.status = 'withdrawn' AND k.ended_at IS NOT NULL"""


def _releases(key: Key) -> str:
    return f"""SELECT {key("r.id")} AS release_key, r.agency_id AS agency_key, r.tier,
        {day_of("r.published_at")} AS published_on, r.advised_at IS NOT NULL AS was_advised
    FROM reporting_statisticsrelease r CROSS JOIN reporting_fact_salt x
    WHERE r.published_at IS NOT NULL"""
