"""Comparing a referral with what its desk may not see, below Python.

Whoever logs a referral learns nothing by it: the database looks in the name of a service account,
and writes down what it found for the team that has it. It looks within one agency, only for a
referral with a legal basis, and only for what is likely: the same number of a report, the same
telephone or document, or two words of a name written the same.
"""

from __future__ import annotations

from accounts.roles import roles_with
from accounts.walls import LIVE as LIVE_MEMBER
from accounts.walls import may
from cases.choices import ALLEGED_OFFENDERS
from cases.scope import LIVE, MY_CASES
from cases.sight_walls import seers_of
from core.walls import IN_ACT, Wall, definer_procedure, listed

# Of one referral, and of one person in a day: a desk is told, not flooded.
MOST_OF_ONE = 5
MOST_A_DAY = 20
WORDS_NEEDED = 2

OF_REFERRAL = "EXISTS (SELECT FROM referrals_referral r WHERE r.id = referral_id)"
DECIDES = (
    "accounts_membership m JOIN accounts_user u ON u.id = m.user_id "
    f"WHERE m.role IN ({listed(roles_with('referrals.start_triage'))}) AND {LIVE_MEMBER} "
    "AND u.is_active AND u.kind = 'person'"
)


def _same(theirs: str, ours: str) -> str:
    return f"cardinality(ARRAY(SELECT unnest({theirs}) INTERSECT SELECT unnest({ours})))"


REFERRALS = (
    "SELECT r.team_id, r.id AS ours_id, NULL::uuid AS case_id, NULL::uuid AS person_id, "
    "CASE WHEN r.reference_digest = v_digest THEN 'report' "
    "WHEN k.identifiers && v_identifiers THEN 'identifier' ELSE 'name' END AS why "
    "FROM referrals_referral r JOIN accounts_team t ON t.id = r.team_id "
    "LEFT JOIN referrals_referraltokens k ON k.referral_id = r.id "
    "WHERE t.agency_id = v_agency AND r.team_id <> v_team AND r.case_id IS NULL "
    "AND (r.reference_digest = v_digest OR k.identifiers && v_identifiers "
    f"OR (k.sounds && v_sounds AND {_same('k.names', 'v_names')} >= {WORDS_NEEDED}))"
)
# The team that opened the case, unless the desk that asks sees the case anyway.
PEOPLE = (
    "SELECT o.team_id, NULL::uuid, p.case_id, p.person_id, "
    "CASE WHEN bool_or(k.kind = 'identifier') THEN 'identifier' ELSE 'name' END "
    "FROM cases_persontoken k JOIN cases_caseparticipant p ON p.person_id = k.person_id "
    "JOIN cases_case c ON c.id = p.case_id CROSS JOIN LATERAL ("
    "SELECT t.id AS team_id FROM cases_casegroupobjectpermission g "
    "JOIN accounts_team t ON t.group_id = g.group_id WHERE g.case_id = c.id "
    "AND g.reason = 'opened' AND t.agency_id = v_agency ORDER BY g.granted_at LIMIT 1) o "
    "WHERE ((k.kind = 'identifier' AND k.digest = ANY (v_identifiers)) "
    "OR (k.kind = 'name' AND k.digest = ANY (v_names))) "
    f"AND p.role NOT IN ({listed(ALLEGED_OFFENDERS)}) "
    "AND NOT EXISTS (SELECT FROM cases_casegroupobjectpermission g "
    "JOIN auth_permission p ON p.id = g.permission_id "
    "JOIN accounts_team t ON t.group_id = g.group_id "
    f"WHERE g.case_id = c.id AND t.id = v_team AND {LIVE}) "
    "GROUP BY o.team_id, p.case_id, p.person_id HAVING bool_or(k.kind = 'identifier') "
    f"OR count(DISTINCT k.digest) >= {WORDS_NEEDED}"
)
# Whoever leads the case; where nobody does, whoever decides in its team and sees it.
SEERS = f"SELECT s.seer FROM ({seers_of('told.case_id')}) s"
TO_TELL = (
    "CASE WHEN told.ours_id IS NOT NULL THEN "
    f"ARRAY(SELECT DISTINCT m.user_id FROM {DECIDES} AND m.team_id = told.team_id) "
    "ELSE coalesce(nullif(ARRAY(SELECT DISTINCT l.user_id FROM cases_caselead l "
    f"WHERE l.case_id = told.case_id AND l.until IS NULL AND l.user_id IN ({SEERS})), '{{}}'), "
    f"ARRAY(SELECT DISTINCT m.user_id FROM {DECIDES} AND m.team_id = told.team_id "
    f"AND m.user_id IN ({SEERS}))) END"
)
NOTE = (
    "DECLARE v_team uuid; v_agency uuid; v_by uuid; v_reference text; v_digest bytea; "
    "v_names bytea[]; v_sounds bytea[]; v_identifiers bytea[]; v_most integer; BEGIN "
    f"IF NOT (liwanag_may('referrals.compare_hidden') AND {IN_ACT}) THEN RETURN; END IF; "
    "SELECT r.team_id, t.agency_id, r.logged_by_id, r.reference, r.reference_digest, "
    "coalesce(k.names, '{}'), coalesce(k.sounds, '{}'), coalesce(k.identifiers, '{}') "
    "INTO v_team, v_agency, v_by, v_reference, v_digest, v_names, v_sounds, v_identifiers "
    "FROM referrals_referral r JOIN accounts_team t ON t.id = r.team_id "
    "LEFT JOIN referrals_referraltokens k ON k.referral_id = r.id "
    "WHERE r.id = $1 AND r.case_id IS NULL AND r.legal_basis <> 'unknown'; "
    "IF NOT FOUND THEN RETURN; END IF; "
    f"SELECT least({MOST_OF_ONE}, {MOST_A_DAY} - count(*)) INTO v_most "
    "FROM referrals_hiddenmatch h "
    "WHERE h.logged_by_id = v_by AND h.created_at > now() - interval '1 day'; "
    f"RETURN QUERY WITH likely AS ({REFERRALS} UNION ALL {PEOPLE}), "
    "noted AS (INSERT INTO referrals_hiddenmatch AS h (id, created_at, referral_id, reference, "
    "told_by_id, logged_by_id, team_id, ours_id, case_id, person_id, why, answer) "
    "SELECT gen_random_uuid(), now(), $1, v_reference, v_team, v_by, f.team_id, f.ours_id, "
    "f.case_id, f.person_id, f.why, '' FROM likely f WHERE f.team_id <> v_team "
    "ORDER BY f.why = 'name', f.ours_id, f.person_id LIMIT greatest(0, v_most) "
    "ON CONFLICT DO NOTHING RETURNING h.id, h.team_id, h.ours_id, h.case_id) "
    f"SELECT told.id, {TO_TELL} FROM noted told; END"
)

FUNCTIONS = [
    definer_procedure(
        "liwanag_note_hidden_matches",
        "TABLE (a_match uuid, people uuid[])",
        NOTE,
        arguments="a_referral uuid",
    ),
]

WALLS = [
    Wall(
        "referrals_hiddenmatch",
        # Written by the function above alone.
        app="SELECT, UPDATE (answer, answered_at, answered_by_id)",
        see=f"{may('referrals.compare_hidden')} OR ({may('referrals.answer_match')} AND ("
        "EXISTS (SELECT FROM referrals_referral r WHERE r.id = ours_id) "
        f"OR ({may('cases.show_identity')} AND case_id = {MY_CASES}))) "
        # The desk that told of it learns that it should talk, and to whom.
        f"OR (answer = 'talk' AND {OF_REFERRAL})",
        frozen={
            "an_answered_match_stays": "OLD.answered_at IS NOT NULL",
        },
    ),
]
