"""Who sees which case, below Python: grants, leads, leave cover and restrictions.

The same as `cases.querysets.case.CaseQuerySet`; see `cases/walls.py` for the rest.
"""

from accounts.roles import roles_with
from accounts.walls import LIVE as LIVE_MEMBER
from accounts.walls import may
from cases.scope import IN_MY_CASES, LIVE
from core.walls import ACTOR, IN_ACT, Wall, definer_function, listed

TO_ME = (
    "cases_caseuserobjectpermission g JOIN auth_permission p ON p.id = g.permission_id "
    "JOIN accounts_user u ON u.id = g.user_id "
    f"WHERE g.user_id = {ACTOR} AND u.is_active AND {LIVE}"
)
BY_WORK = (
    f"SELECT g.case_id FROM {TO_ME} AND g.reason <> 'break_glass' "
    "UNION SELECT g.case_id FROM cases_casegroupobjectpermission g "
    "JOIN auth_permission p ON p.id = g.permission_id "
    "JOIN accounts_team t ON t.group_id = g.group_id "
    f"WHERE t.id = ANY (liwanag_my_teams()) AND {LIVE} "
    # Whoever covers sees what the other leads, from day to day.
    "UNION SELECT l.case_id FROM cases_leavecover c "
    "JOIN accounts_user u ON u.id = c.cover_id "
    "JOIN cases_caselead l ON l.user_id = c.away_id AND l.until IS NULL "
    f"WHERE c.cover_id = {ACTOR} AND u.is_active AND c.starts_at <= now() AND c.ends_at > now() "
    f"AND {may('cases.read_case')}"
)
NOT_HIDDEN = "case_id <> ALL ((SELECT liwanag_hidden_cases())::uuid[])"


def seers_of(case: str) -> str:
    """SQL: `seer`, the ids of everybody who sees a case by their work (`sight_of` says the same).

    Emergency access left out. `case` is an SQL expression for the case's id. For functions of the
    owner alone: it looks past row security.
    """
    by_work = (
        "SELECT m.user_id AS seer FROM cases_casegroupobjectpermission g "
        "JOIN auth_permission p ON p.id = g.permission_id "
        "JOIN accounts_team t ON t.group_id = g.group_id "
        "JOIN accounts_membership m ON m.team_id = t.id "
        f"WHERE g.case_id = {case} AND {LIVE} AND {LIVE_MEMBER} "
        "UNION SELECT g.user_id FROM cases_caseuserobjectpermission g "
        "JOIN auth_permission p ON p.id = g.permission_id "
        f"WHERE g.case_id = {case} AND {LIVE} AND g.reason <> 'break_glass' "
        "UNION SELECT c.cover_id FROM cases_leavecover c "
        "JOIN cases_caselead l ON l.user_id = c.away_id AND l.until IS NULL "
        f"WHERE l.case_id = {case} AND c.starts_at <= now() AND c.ends_at > now() AND EXISTS ("
        "SELECT FROM accounts_membership m WHERE m.user_id = c.cover_id "
        f"AND m.role IN ({listed(roles_with('cases.read_case'))}) AND {LIVE_MEMBER})"
    )
    return (
        f"SELECT work.seer FROM ({by_work}) work "
        "JOIN accounts_user u ON u.id = work.seer AND u.is_active "
        "WHERE NOT EXISTS (SELECT FROM cases_conflictblock b WHERE b.user_id = work.seer "
        f"AND b.lifted_at IS NULL AND (b.case_id = {case} OR b.person_id IN ("
        f"SELECT p.person_id FROM cases_caseparticipant p WHERE p.case_id = {case}))) "
        "AND NOT EXISTS (SELECT FROM cases_caserestriction r "
        f"WHERE r.case_id = {case} AND r.lifted_at IS NULL AND NOT EXISTS ("
        "SELECT FROM cases_restrictionmember n WHERE n.restriction_id = r.id "
        "AND (n.user_id = work.seer OR n.team_id IN (SELECT m.team_id FROM accounts_membership m "
        f"WHERE m.user_id = work.seer AND {LIVE_MEMBER}))))"
    )


FUNCTIONS = [
    # Restricted to others: neither the actor nor a team of theirs is named.
    definer_function(
        "liwanag_restricted_cases",
        "uuid[]",
        "SELECT coalesce(array_agg(r.case_id), '{}') FROM cases_caserestriction r "
        "WHERE r.lifted_at IS NULL AND NOT EXISTS (SELECT FROM cases_restrictionmember m "
        f"WHERE m.restriction_id = r.id AND (m.user_id = {ACTOR} "
        "OR m.team_id = ANY ((SELECT liwanag_my_teams())::uuid[])))",
    ),
    definer_function(
        "liwanag_my_standing_cases",
        "uuid[]",
        f"SELECT coalesce(array_agg(case_id), '{{}}') FROM ({BY_WORK}) mine WHERE {NOT_HIDDEN} "
        "AND case_id <> ALL ((SELECT liwanag_restricted_cases())::uuid[])",
    ),
    # An emergency passes a restriction, never a conflict of interest.
    definer_function(
        "liwanag_my_cases",
        "uuid[]",
        "SELECT coalesce(array_agg(case_id), '{}') FROM ("
        "SELECT unnest((SELECT liwanag_my_standing_cases())::uuid[]) AS case_id "
        f"UNION SELECT g.case_id FROM {TO_ME} AND g.reason = 'break_glass') mine "
        f"WHERE {NOT_HIDDEN}",
    ),
    # For leave cover: which of the cases that the asker sees a conflict hides from these people.
    definer_function(
        "liwanag_hidden_from",
        "TABLE (user_id uuid, case_id uuid)",
        "SELECT b.user_id, b.case_id FROM cases_conflictblock b "
        "WHERE b.user_id = ANY ($1) AND b.lifted_at IS NULL "
        "AND b.case_id = ANY (liwanag_my_cases()) "
        "UNION SELECT b.user_id, p.case_id FROM cases_conflictblock b "
        "JOIN cases_caseparticipant p ON p.person_id = b.person_id "
        "WHERE b.user_id = ANY ($1) AND b.lifted_at IS NULL "
        "AND p.case_id = ANY (liwanag_my_cases())",
        arguments="people uuid[]",
    ),
    # Before an account is closed: how much work somebody of one's own agency leaves. Numbers alone:
    # an administrator sees no case.
    definer_function(
        "liwanag_work_left",
        "TABLE (led integer, tasks integer)",
        "SELECT (SELECT count(*) FROM cases_caselead l JOIN cases_case c ON c.id = l.case_id "
        "WHERE l.user_id = $1 AND l.until IS NULL "
        "AND c.protection_stage NOT IN ('closed', 'transferred'))::integer, "
        "(SELECT count(*) FROM cases_casetask k WHERE k.assignee_id = $1 "
        "AND k.status = 'open')::integer "
        "WHERE liwanag_may('accounts.close_account') AND EXISTS (SELECT FROM accounts_user u "
        "WHERE u.id = $1 AND u.agency_id = liwanag_my_agency())",
        arguments="a_person uuid",
    ),
    # For “who can see this case”: whom a conflict hides it from, also one declared elsewhere about
    # somebody who is in this case. Only for who sees the case.
    definer_function(
        "liwanag_conflicted_on",
        "uuid[]",
        "SELECT coalesce(array_agg(DISTINCT b.user_id), '{}') FROM cases_conflictblock b "
        "WHERE a_case = ANY (liwanag_my_cases()) AND b.lifted_at IS NULL AND (b.case_id = a_case "
        "OR b.person_id IN (SELECT p.person_id FROM cases_caseparticipant p "
        "WHERE p.case_id = a_case))",
        arguments="a_case uuid",
    ),
]

WALLS = [
    # A new case gets its lead with its first grant.
    Wall(
        "cases_caselead",
        app="SELECT, INSERT, UPDATE (until)",
        see=IN_MY_CASES,
        never="DELETE",
        frozen={"a_lead_that_ended_stays": "OLD.until IS NOT NULL"},
    ),
    Wall(
        "cases_leavecover",
        app="SELECT, INSERT, UPDATE (ends_at)",
        see=f"{may('cases.read_case')} AND agency_id = (SELECT liwanag_my_agency())",
        never="DELETE",
    ),
    Wall(
        "cases_caserestriction",
        app="SELECT, INSERT, UPDATE (lifted_by_id, lifted_at, version)",
        see=IN_MY_CASES,
        write=IN_ACT,
        never="DELETE",
    ),
    Wall(
        "cases_restrictionmember",
        app="SELECT, INSERT",
        see=IN_MY_CASES,
        write=IN_ACT,
        never="UPDATE",
    ),
]
