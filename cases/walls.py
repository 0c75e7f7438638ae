"""Row-level security of the case file: the same scope as `visible_to`, below Python.

Written as an array initplan, computed once a statement; a correlated EXISTS was ten times slower
(docs/adr/0003-row-level-security.md).
"""

from accounts.roles import roles_with
from accounts.walls import MINE_IN, listed
from audit.walls import log_name_functions
from core.walls import ACTOR, Wall, definer_function

MY_CASES = "ANY ((SELECT liwanag_my_cases())::uuid[])"
# Emergency access left out: it opens nothing that is sealed (R-A2).
STANDING_CASES = "ANY ((SELECT liwanag_my_standing_cases())::uuid[])"
IN_MY_CASES = f"case_id = {MY_CASES}"
IN_ACT = "coalesce(current_setting('liwanag.act', true), '') <> ''"
LIVE = "p.codename = 'view_case' AND (g.until IS NULL OR g.until > now())"
ACCUSED = (
    "p.role IN ('alleged_offender_source', 'alleged_offender_demand') "
    "AND p.legal_status NOT IN ('acquitted', 'discharged')"
)

FUNCTIONS = [
    definer_function(
        "liwanag_my_cases",
        "uuid[]",
        "SELECT coalesce(array_agg(case_id), '{}') FROM ("
        "SELECT g.case_id FROM cases_caseuserobjectpermission g "
        "JOIN auth_permission p ON p.id = g.permission_id "
        f"WHERE g.user_id = {ACTOR} AND {LIVE} "
        "UNION SELECT g.case_id FROM cases_casegroupobjectpermission g "
        "JOIN auth_permission p ON p.id = g.permission_id "
        "JOIN accounts_team t ON t.group_id = g.group_id "
        f"WHERE t.id = ANY (liwanag_my_teams()) AND {LIVE}) mine",
    ),
    definer_function(
        "liwanag_my_standing_cases",
        "uuid[]",
        "SELECT coalesce(array_agg(case_id), '{}') FROM ("
        "SELECT g.case_id FROM cases_caseuserobjectpermission g "
        "JOIN auth_permission p ON p.id = g.permission_id "
        f"WHERE g.user_id = {ACTOR} AND {LIVE} AND g.reason <> 'break_glass' "
        "UNION SELECT g.case_id FROM cases_casegroupobjectpermission g "
        "JOIN auth_permission p ON p.id = g.permission_id "
        "JOIN accounts_team t ON t.group_id = g.group_id "
        f"WHERE t.id = ANY (liwanag_my_teams()) AND {LIVE}) mine",
    ),
    definer_function(
        "liwanag_may_break_glass",
        "boolean",
        f"SELECT EXISTS (SELECT {MINE_IN} {listed(roles_with('cases.break_glass'))} "
        "AND EXISTS (SELECT FROM cases_case c WHERE c.id = $1 "
        "AND c.lead_agency_id = u.agency_id))",
        arguments="a_case uuid",
    ),
    # One exact reference in, one id out, and only within an act, which is recorded either way.
    definer_function(
        "liwanag_case_in_emergency",
        "uuid",
        f"SELECT c.id FROM cases_case c WHERE {IN_ACT} AND c.reference = $1 "
        "AND liwanag_may_break_glass(c.id)",
        arguments="a_reference text",
    ),
    definer_function(
        "liwanag_my_emergencies",
        "TABLE (id uuid, case_id uuid, reference text, until timestamptz)",
        "SELECT b.id, b.case_id, c.reference::text, b.until FROM cases_breakglass b "
        "JOIN cases_case c ON c.id = b.case_id "
        f"WHERE b.by_id = {ACTOR} AND b.ended_at IS NULL AND b.until > now() ORDER BY b.until",
    ),
    definer_function(
        "liwanag_reviews_emergencies",
        "boolean",
        f"SELECT EXISTS (SELECT {MINE_IN} {listed(roles_with('cases.review_emergency'))} "
        "AND EXISTS (SELECT FROM accounts_agency a WHERE a.id = u.agency_id "
        "AND NOT a.is_partner))",
    ),
    # The agency for which the actor decides on erasures; nobody's where they do not.
    definer_function(
        "liwanag_erases_for",
        "uuid",
        f"SELECT u.agency_id {MINE_IN} {listed(roles_with('cases.approve_erasure'))} LIMIT 1",
    ),
    definer_function(
        "liwanag_cases_to_erase",
        "uuid[]",
        "SELECT coalesce(array_agg(DISTINCT p.case_id), '{}') FROM cases_erasurerequest r "
        "JOIN cases_caseparticipant p ON p.person_id = r.person_id "
        f"WHERE r.id = $1 AND {IN_ACT} AND r.status = 'requested' "
        f"AND r.requested_by_id <> {ACTOR} AND r.agency_id = liwanag_erases_for()",
        arguments="a_request uuid",
    ),
    definer_function(
        "liwanag_may_erase_in",
        "boolean",
        "SELECT EXISTS (SELECT FROM cases_erasurerequest r "
        "WHERE $1 = ANY (liwanag_cases_to_erase(r.id)))",
        arguments="a_case uuid",
    ),
    definer_function(
        "liwanag_my_people",
        "uuid[]",
        "SELECT coalesce(array_agg(person_id), '{}') FROM cases_caseparticipant "
        "WHERE case_id = ANY (liwanag_my_cases())",
    ),
    # R-C5 must not miss an allegation in a case that the asker does not see; they learn one word
    # about a person they do see.
    definer_function(
        "liwanag_is_accused",
        "boolean",
        "SELECT a_person = ANY (liwanag_my_people()) AND EXISTS (SELECT FROM "
        f"cases_caseparticipant p WHERE p.person_id = a_person AND {ACCUSED})",
        arguments="a_person uuid",
    ),
    definer_function(
        "liwanag_lives_with_accused",
        "boolean",
        "SELECT a_person = ANY (liwanag_my_people()) AND EXISTS ("
        "SELECT FROM cases_householdmember mine "
        "JOIN cases_householdmember theirs ON theirs.household_id = mine.household_id "
        "JOIN cases_caseparticipant p ON p.person_id = theirs.person_id "
        f"WHERE mine.person_id = a_person AND {ACCUSED} "
        "AND coalesce(mine.since_day, a_day) <= a_day AND coalesce(mine.until_day, a_day) >= a_day "
        "AND coalesce(theirs.since_day, a_day) <= a_day "
        "AND coalesce(theirs.until_day, a_day) >= a_day)",
        arguments="a_person uuid, a_day date",
    ),
    # A case just opened by this very transaction has no grant yet: its first may be given.
    definer_function(
        "liwanag_ungranted",
        "boolean",
        "SELECT NOT EXISTS (SELECT FROM cases_casegroupobjectpermission g WHERE g.case_id = $1) "
        "AND NOT EXISTS (SELECT FROM cases_caseuserobjectpermission g WHERE g.case_id = $1)",
        arguments="a_case uuid",
    ),
]

# The log holds ids. Whoever reads it for the house reads codes instead, and no case by that.
NAMED = (
    "SELECT id, reference::text FROM cases_case "
    "UNION ALL SELECT id, code::text FROM cases_person "
    "UNION ALL SELECT i.id, p.code::text FROM cases_personidentity i "
    "JOIN cases_person p ON p.id = i.person_id "
    "UNION ALL SELECT c.id, p.code::text FROM cases_caseparticipant c "
    "JOIN cases_person p ON p.id = c.person_id"
)
FUNCTIONS += log_name_functions("cases", NAMED)

GRANT_WRITE = f"{IN_ACT} AND ({IN_MY_CASES} OR liwanag_ungranted(case_id))"
# Emergency access: for oneself, of one's own agency's cases, and for an hour at most; the minute
# more is for clocks that differ.
BREAKS_GLASS = (
    f"{IN_ACT} AND user_id = {ACTOR} AND reason = 'break_glass' "
    "AND until <= now() + interval '61 minutes' AND liwanag_may_break_glass(case_id)"
)
# Erasing: inside the act of the officer who decides on a colleague's request, for its length.
ERASES = (
    f"{IN_ACT} AND user_id = {ACTOR} AND reason = 'erasure' "
    "AND until <= now() + interval '5 minutes' AND liwanag_may_erase_in(case_id)"
)
MY_PEOPLE = "ANY ((SELECT liwanag_my_people())::uuid[])"

WALLS = [
    Wall(
        "cases_case",
        see=f"id = {MY_CASES}",
        # A new case is led by its author's agency; its grant follows before its first note.
        write=f"id = {MY_CASES} OR ({IN_ACT} AND lead_agency_id = (SELECT liwanag_my_agency()))",
    ),
    Wall("cases_caseevent", app="SELECT, INSERT", see=f"id = {MY_CASES}", write=IN_ACT),
    Wall(
        "cases_caseuserobjectpermission",
        app="SELECT, INSERT, UPDATE (until, reason), DELETE",
        see=f"{IN_MY_CASES} OR user_id = {ACTOR}",
        write=f"({BREAKS_GLASS}) OR ({ERASES}) "
        f"OR ({GRANT_WRITE} AND reason NOT IN ('break_glass', 'erasure'))",
    ),
    Wall(
        "cases_breakglass",
        app="SELECT, INSERT, UPDATE (ended_at)",
        see=f"{IN_MY_CASES} OR by_id = {ACTOR} OR (SELECT liwanag_reviews_emergencies())",
        write=f"{IN_ACT} AND by_id = {ACTOR}",
    ),
    Wall(
        "cases_casegroupobjectpermission",
        app="SELECT, INSERT, UPDATE (until, reason), DELETE",
        see=IN_MY_CASES,
        write=GRANT_WRITE,
    ),
    Wall("cases_person", see=f"id = {MY_PEOPLE}", write=IN_ACT),
    Wall("cases_personidentity", see=f"person_id = {MY_PEOPLE}"),
    Wall("cases_caseparticipant", see=IN_MY_CASES),
    Wall("cases_legalstatuschange", app="SELECT, INSERT", see=IN_MY_CASES),
    Wall("cases_relationshiplink", app="SELECT, INSERT, UPDATE, DELETE", see=IN_MY_CASES),
    Wall(
        "cases_legalhold",
        app="SELECT, INSERT, UPDATE (released_by_id, released_at)",
        see=IN_MY_CASES,
    ),
    Wall(
        "cases_erasurerequest",
        app="SELECT, INSERT, UPDATE (status, decided_by_id, decided_at, refused_because, "
        "person_code, receipt)",
        see=f"{IN_MY_CASES} OR agency_id = (SELECT liwanag_erases_for())",
    ),
    Wall("cases_household", app="SELECT, INSERT", see=IN_MY_CASES),
    Wall(
        "cases_householdmember",
        app="SELECT, INSERT, UPDATE (has_left, until, until_day), DELETE",
        see=IN_MY_CASES,
    ),
    Wall(
        "cases_casenote",
        app="SELECT, INSERT",
        see=f"{IN_MY_CASES} AND (sensitivity < 4 OR case_id = {STANDING_CASES})",
    ),
    Wall("cases_notereader", app="SELECT, INSERT", see=IN_MY_CASES),
    Wall(
        "guardian_userobjectpermission",
        app="",
        open_because="guardian's generic tables are unused and closed",
    ),
    Wall(
        "guardian_groupobjectpermission",
        app="",
        open_because="guardian's generic tables are unused and closed",
    ),
]
