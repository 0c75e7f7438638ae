"""Coded facts of survivors, their cases and the help they get: codes, days and random keys.

No names and no text; whoever may not be counted is in none of them (domain.md 4.0, rule 7). Dates
of abuse are what was recorded: a day, a month or a year.
"""

from __future__ import annotations

from collections.abc import Callable

from core.walls import REPORTING, View, day_of, listed
from courts.choices import OVER

FACTS = "codes and days for the statistics service, which sees no case"
Key = Callable[[str], str]


def case_views(
    key: Key, *, may_be_counted: str, subjects: str, not_open: tuple[str, ...]
) -> list[View]:
    """The views, for `reporting.walls`; its arguments are those of `court_views`, and `not_open`
    the stages of a case that is not open."""
    who = f"{subjects} AND {may_be_counted}"
    return [
        _view("fact_abuse", _abuse(key, who)),
        _view("fact_harm", _harms(key, who)),
        _view("fact_relation", _relations(key, who)),
        _view("fact_offender", _offenders(key)),
        _view("fact_service", _services(key, who, not_open)),
        _view("fact_assessed", _assessed(key, who)),
        _view("fact_testimony", _testimony(key, who)),
        _view("fact_award", _awards(key, who)),
        _view("fact_closure", _closures(key)),
        _view("fact_case", _cases(key, not_open)),
    ]


def _view(name: str, query: str) -> View:
    return View(name, query, reader=REPORTING, because=FACTS)


def _abuse(key: Key, who: str) -> str:
    return f"""SELECT {key("p.person_id")} AS person_key, {key("p.case_id")} AS case_key,
        c.lead_agency_id AS agency_key, p.role, p.safeguarded_on, c.country, n.gender,
        n.birth_year, s.first_abuse, s.last_abuse, s.age_when_first
    FROM cases_caseparticipant p
    JOIN cases_case c ON c.id = p.case_id
    JOIN cases_person n ON n.id = p.person_id
    LEFT JOIN cases_survivorcontext s ON s.participant_id = p.id
    CROSS JOIN reporting_fact_salt x
    WHERE {who}"""


def _harms(key: Key, who: str) -> str:
    return f"""SELECT {key("p.person_id")} AS person_key, {key("p.case_id")} AS case_key,
        c.lead_agency_id AS agency_key, p.safeguarded_on, c.opened_on, c.country, h.harm_type,
        h.content_origin, h.first_generation,
        h.recruitment_platforms || h.exploitation_platforms || h.payment_platforms AS platforms
    FROM cases_harmrecord h
    JOIN cases_caseparticipant p ON p.id = h.participant_id
    JOIN cases_case c ON c.id = p.case_id
    CROSS JOIN reporting_fact_salt x
    WHERE {who}"""


def _relations(key: Key, who: str) -> str:
    # A link may be told from either end; how close the two are is the same.
    return f"""SELECT {key("o.person_id")} AS offender_key, {key("p.person_id")} AS person_key,
        {key("p.case_id")} AS case_key, c.lead_agency_id AS agency_key, o.role AS offender_role,
        l.closeness, p.safeguarded_on
    FROM cases_caseparticipant o
    JOIN cases_caseparticipant p ON p.case_id = o.case_id
    JOIN cases_case c ON c.id = p.case_id
    LEFT JOIN cases_relationshiplink l ON l.case_id = p.case_id
        AND ((l.person_id = o.person_id AND l.of_person_id = p.person_id)
            OR (l.person_id = p.person_id AND l.of_person_id = o.person_id))
    CROSS JOIN reporting_fact_salt x
    WHERE o.role IN ('alleged_offender_source', 'alleged_offender_demand') AND {who}"""


def _offenders(key: Key) -> str:
    # Where somebody lives is sealed; the country that proceeds against them stands for it.
    return f"""SELECT {key("o.person_id")} AS person_key, {key("o.case_id")} AS case_key,
        c.lead_agency_id AS agency_key, o.role, {day_of("o.created_at")} AS known_on, n.gender,
        n.birth_year, n.citizenships[1] AS citizenship, c.country AS case_country,
        (SELECT g.jurisdiction FROM courts_proceeding g WHERE g.accused_id = o.id
            ORDER BY g.opened_on, g.jurisdiction LIMIT 1) AS country
    FROM cases_caseparticipant o
    JOIN cases_case c ON c.id = o.case_id
    JOIN cases_person n ON n.id = o.person_id
    CROSS JOIN reporting_fact_salt x
    WHERE o.role IN ('alleged_offender_source', 'alleged_offender_demand')"""


def _services(key: Key, who: str, not_open: tuple[str, ...]) -> str:
    return f"""SELECT {key("p.person_id")} AS person_key, {key("p.case_id")} AS case_key,
        c.lead_agency_id AS agency_key, p.safeguarded_on, s.type, s.outcome, s.requested_on,
        s.started_on, c.protection_stage NOT IN ({listed(not_open)}) AS case_is_open
    FROM cases_caseparticipant p
    JOIN cases_case c ON c.id = p.case_id
    LEFT JOIN cases_supportservice s ON s.case_id = p.case_id AND s.person_id = p.person_id
    CROSS JOIN reporting_fact_salt x
    WHERE {who}"""


def _assessed(key: Key, who: str) -> str:
    return f"""SELECT {key("p.person_id")} AS person_key, {key("p.case_id")} AS case_key,
        c.lead_agency_id AS agency_key, a.instrument, a.assessed_on
    FROM cases_assessment a
    JOIN cases_caseparticipant p ON p.case_id = a.case_id AND p.person_id = a.person_id
    JOIN cases_case c ON c.id = p.case_id
    CROSS JOIN reporting_fact_salt x
    WHERE {who}"""


def _testimony(key: Key, who: str) -> str:
    return f"""SELECT {key("p.person_id")} AS person_key, {key("g.id")} AS proceeding_key,
        {key("g.case_id")} AS case_key, c.lead_agency_id AS agency_key, g.jurisdiction,
        g.reached_on AS concluded_on,
        EXISTS (SELECT FROM courts_hearing h
            JOIN courts_hearingattendance t ON t.hearing_id = h.id
            WHERE h.proceeding_id = g.id AND h.status = 'held' AND h.kind = 'child_testimony'
            AND t.person_id = p.person_id AND t.attendance = 'required') AS testified
    FROM courts_proceeding g
    JOIN cases_caseparticipant p ON p.case_id = g.case_id
    JOIN cases_case c ON c.id = g.case_id
    CROSS JOIN reporting_fact_salt x
    WHERE g.stage IN ({listed(OVER)}) AND {who}"""


def _awards(key: Key, who: str) -> str:
    return f"""SELECT {key("w.id")} AS award_key, {key("p.person_id")} AS person_key,
        {key("w.case_id")} AS case_key, c.lead_agency_id AS agency_key, g.jurisdiction,
        w.amount, w.currency, w.awarded_on, w.paid
    FROM courts_compensationaward w
    JOIN courts_proceeding g ON g.id = w.proceeding_id
    JOIN cases_caseparticipant p ON p.case_id = w.case_id AND p.person_id = w.person_id
    JOIN cases_case c ON c.id = w.case_id
    CROSS JOIN reporting_fact_salt x
    WHERE {who}"""


def _closures(key: Key) -> str:
    return f"""SELECT {key("z.id")} AS closure_key, {key("z.case_id")} AS case_key,
        c.lead_agency_id AS agency_key, z.reason, {day_of("z.decided_at")} AS closed_on,
        (SELECT min({day_of("r.created_at")}) FROM cases_casereopening r
            WHERE r.case_id = z.case_id AND r.created_at > z.decided_at) AS reopened_on
    FROM cases_caseclosure z
    JOIN cases_case c ON c.id = z.case_id
    CROSS JOIN reporting_fact_salt x
    WHERE z.status = 'closed'"""


def _cases(key: Key, not_open: tuple[str, ...]) -> str:
    return f"""SELECT {key("c.id")} AS case_key, c.lead_agency_id AS agency_key, c.opened_on,
        c.country, c.protection_stage NOT IN ({listed(not_open)}) AS is_open,
        (SELECT r.source_category FROM referrals_referral r WHERE r.case_id = c.id
            ORDER BY r.received_at LIMIT 1) AS opened_by_source,
        (SELECT count(DISTINCT a.country) FROM accounts_agency a
            WHERE a.id = c.lead_agency_id OR a.id IN (
                SELECT h.to_agency_id FROM handoffs_handoff h
                WHERE h.case_id = c.id AND h.status IN ('accepted', 'completed'))
        ) AS countries,
        EXISTS (SELECT FROM courts_proceeding g
            WHERE g.case_id = c.id AND g.side IN ('demand', 'both')) AS has_demand_side
    FROM cases_case c
    CROSS JOIN reporting_fact_salt x"""
