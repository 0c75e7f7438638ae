"""Row-level security of the case file: the same scope as `visible_to`, below Python.

Written as an array initplan, computed once a statement; a correlated EXISTS was ten times slower
(docs/adr/0003-row-level-security.md).
"""

from core.walls import ACTOR, Wall, definer_function

MY_CASES = "ANY ((SELECT liwanag_my_cases())::uuid[])"
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
    # The agency whose legal bases the actor oversees as its data protection officer (R-K7).
    definer_function(
        "liwanag_my_oversight",
        "uuid",
        "SELECT t.agency_id FROM accounts_membership m JOIN accounts_team t ON t.id = m.team_id "
        f"WHERE m.user_id = {ACTOR} AND m.starts_at <= now() "
        "AND (m.ends_at IS NULL OR m.ends_at > now()) "
        "AND m.role = 'data_protection_officer' LIMIT 1",
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

GRANT_WRITE = f"{IN_ACT} AND ({IN_MY_CASES} OR liwanag_ungranted(case_id))"
OVERSEEN = f"{IN_MY_CASES} OR agency_id = (SELECT liwanag_my_oversight())"
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
        see=IN_MY_CASES,
        write=GRANT_WRITE,
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
    Wall("cases_relationshiplink", see=IN_MY_CASES),
    Wall("cases_household", app="SELECT, INSERT", see=IN_MY_CASES),
    Wall(
        "cases_householdmember",
        app="SELECT, INSERT, UPDATE (has_left, until, until_day)",
        see=IN_MY_CASES,
    ),
    Wall("cases_consent", see=IN_MY_CASES),
    Wall("cases_consentevent", app="SELECT, INSERT", see=IN_MY_CASES),
    Wall("cases_legalground", see=OVERSEEN),
    Wall("cases_legalgroundevent", app="SELECT, INSERT", see=IN_MY_CASES, write=IN_ACT),
    Wall("cases_casenote", app="SELECT, INSERT", see=IN_MY_CASES),
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
