"""Coded facts of operations and courts: codes and days, random keys, no names and no text.

Each row says from which day it holds and until when, so that a figure as of any day can be counted
again: an appeal that reverses a conviction, or an assessment that finds a child at risk to be a
victim, changes counts from its own day only (domain.md 3.2 and 4.1).
"""

from __future__ import annotations

from collections.abc import Callable

from core.walls import REPORTING, View, listed
from courts.choices import OVER

FACTS = "codes and days for the statistics service, which sees no case"
Key = Callable[[str], str]

# What was decided on a charge, in order: verdicts, and what higher courts made of them.
DECISIONS = """(
        SELECT v.charge_id, v.decided_on, v.created_at,
            v.result IN ('convicted', 'convicted_lesser') AS convicts
        FROM courts_verdict v
        UNION ALL
        SELECT r.charge_id, r.decided_on, r.created_at,
            r.result IN ('convicted', 'convicted_lesser')
        FROM courts_appealruling r WHERE r.result <> 'stands')"""
OUTCOME = """courts_operationoutcome o
    JOIN courts_operation op ON op.id = o.operation_id
    LEFT JOIN courts_operationoutcome n ON n.replaces_id = o.id
    JOIN cases_caseparticipant p ON p.id = o.participant_id
    JOIN cases_case c ON c.id = o.case_id
    CROSS JOIN reporting_fact_salt x"""


def court_views(key: Key, *, may_be_counted: str, subjects: str) -> list[View]:
    """The views, for `reporting.walls`.

    Args:
        key: SQL of what stands for an id.
        may_be_counted: SQL condition for a survivor `p` who may be counted.
        subjects: SQL condition for a survivor's or a child's place `p`.
    """
    return [
        _view("fact_conviction", _convictions(key)),
        _view("fact_charged", _charged(key)),
        _view("fact_sentence", _sentences(key)),
        _view(
            "fact_rescue",
            _outcomes(key, f"{subjects} AND {may_be_counted}"),
        ),
        _view("fact_arrest", _outcomes(key, f"NOT ({subjects})")),
        _view("fact_operation", _operations(key)),
        _view("fact_proceeding", _proceedings(key)),
        _view("fact_hearing", _hearings(key)),
    ]


def _view(name: str, query: str) -> View:
    return View(name, query, reader=REPORTING, because=FACTS)


def _convictions(key: Key) -> str:
    return f"""SELECT {key("a.person_id")} AS person_key, {key("ch.case_id")} AS case_key,
        c.lead_agency_id AS agency_key, d.decided_on AS convicted_on,
        (SELECT min(n.decided_on) FROM {DECISIONS} n
            WHERE n.charge_id = d.charge_id AND NOT n.convicts
            AND (n.decided_on, n.created_at) > (d.decided_on, d.created_at)) AS reversed_on,
        p.jurisdiction, p.side
    FROM {DECISIONS} d
    JOIN courts_charge ch ON ch.id = d.charge_id
    JOIN courts_proceeding p ON p.id = ch.proceeding_id
    JOIN cases_caseparticipant a ON a.id = p.accused_id
    JOIN cases_case c ON c.id = ch.case_id
    CROSS JOIN reporting_fact_salt x
    WHERE d.convicts"""


def _charged(key: Key) -> str:
    return f"""SELECT {key("a.person_id")} AS person_key, {key("p.case_id")} AS case_key,
        c.lead_agency_id AS agency_key, p.jurisdiction, p.side,
        coalesce(
            (SELECT min(s.happened_on) FROM courts_stagechange s
                JOIN courts_procedurestep t ON t.id = s.to_step_id
                WHERE s.proceeding_id = p.id AND s.from_step_id IS NOT NULL
                AND t.stage = 'charged'),
            (SELECT min(h.filed_on) FROM courts_charge h WHERE h.proceeding_id = p.id)
        ) AS charged_on
    FROM courts_proceeding p
    JOIN cases_caseparticipant a ON a.id = p.accused_id
    JOIN cases_case c ON c.id = p.case_id
    CROSS JOIN reporting_fact_salt x
    WHERE EXISTS (SELECT FROM courts_charge h WHERE h.proceeding_id = p.id)"""


def _operations(key: Key) -> str:
    return f"""SELECT {key("o.id")} AS operation_key, {key("o.case_id")} AS case_key,
        c.lead_agency_id AS agency_key, o.happened_on, o.type, o.country,
        o.lead_agency_id = c.lead_agency_id AS conducted_by_us,
        (c.lead_agency_id = ANY (o.supporting_agencies) OR o.ngo_support <> '{{}}')
            AS supported_by_us
    FROM courts_operation o
    JOIN cases_case c ON c.id = o.case_id
    CROSS JOIN reporting_fact_salt x"""


def _proceedings(key: Key) -> str:
    return f"""SELECT {key("p.id")} AS proceeding_key, {key("p.case_id")} AS case_key,
        c.lead_agency_id AS agency_key, p.jurisdiction, p.side, p.stage,
        p.stage IN ({listed(OVER)}) AS is_over, p.reached_on,
        (SELECT min(h.filed_on) FROM courts_charge h WHERE h.proceeding_id = p.id) AS charged_on,
        (SELECT min(v.decided_on) FROM courts_verdict v
            JOIN courts_charge h ON h.id = v.charge_id
            WHERE h.proceeding_id = p.id) AS judged_on
    FROM courts_proceeding p
    JOIN cases_case c ON c.id = p.case_id
    CROSS JOIN reporting_fact_salt x"""


def _hearings(key: Key) -> str:
    # The day is that of the court's own clock.
    return f"""SELECT {key("h.proceeding_id")} AS proceeding_key, {key("h.case_id")} AS case_key,
        c.lead_agency_id AS agency_key, h.status,
        (h.starts_at AT TIME ZONE h.zone)::date AS heard_on, h.report_due_on,
        h.report_sent_on IS NOT NULL AS report_sent
    FROM courts_hearing h
    JOIN cases_case c ON c.id = h.case_id
    CROSS JOIN reporting_fact_salt x"""


def _sentences(key: Key) -> str:
    return f"""SELECT {key("a.person_id")} AS person_key, {key("s.case_id")} AS case_key,
        {key("s.proceeding_id")} AS proceeding_key, c.lead_agency_id AS agency_key,
        s.charge_id IS NULL AS is_total, s.kind, s.runs, s.imposed_on, s.superseded_on,
        s.min_months, s.max_months, s.custodial_months_expected, s.custodial_months_actual,
        p.jurisdiction, p.side
    FROM courts_sentence s
    JOIN courts_proceeding p ON p.id = s.proceeding_id
    JOIN cases_caseparticipant a ON a.id = p.accused_id
    JOIN cases_case c ON c.id = s.case_id
    CROSS JOIN reporting_fact_salt x"""


def _outcomes(key: Key, who: str) -> str:
    return f"""SELECT {key("p.person_id")} AS person_key, {key("o.case_id")} AS case_key,
        {key("o.operation_id")} AS operation_key, c.lead_agency_id AS agency_key, o.outcome,
        op.happened_on, o.decided_on, n.decided_on AS replaced_on, op.country
    FROM {OUTCOME}
    WHERE {who}"""
