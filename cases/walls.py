"""Row-level security of the case file: the same scope as `visible_to`, below Python.

Written as an array initplan, computed once a statement; a correlated EXISTS was ten times slower
(docs/adr/0003-row-level-security.md).
"""

from accounts.roles import TABLE, roles_with
from accounts.service_accounts import HOUSEKEEPER_ID
from accounts.walls import MINE_IN, listed
from audit.walls import log_name_functions
from cases.querysets.note import OPENED_AT_L3
from core.choices import Sensitivity
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


def _roles(permission: str, level: int = 0) -> str:
    """SQL array of the roles that hold a permission and read up to a level, from the one table."""
    held = sorted(
        str(role) for role, (may, most) in TABLE.items() if permission in may and most >= level
    )
    return "ARRAY[" + ", ".join(f"'{role}'" for role in held) + "]::text[]"


def _note_level() -> str:
    """SQL: the level up to which the current actor reads notes of any kind."""
    whens = " ".join(
        f"WHEN liwanag_my_roles() && {_roles('cases.read_note', level)} THEN {level}"
        for level in sorted(Sensitivity.values, reverse=True)
    )
    return f"SELECT CASE {whens} ELSE 0 END"


def _note_kinds() -> str:
    """SQL: the kinds that the current actor reads at L3 although their level is lower."""
    parts = [
        "SELECT unnest(ARRAY["
        + ", ".join(f"'{kind}'" for kind in kinds)
        + f"]::text[]) AS kind WHERE liwanag_my_roles() && {_roles(permission)}"
        for permission, kinds in OPENED_AT_L3.items()
    ]
    return f"SELECT coalesce(array_agg(kind), '{{}}') FROM ({' UNION '.join(parts)}) opened"


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
    # The read matrix of the notes, below Python.
    definer_function("liwanag_note_level", "integer", _note_level()),
    definer_function(
        "liwanag_may_lower_levels",
        "boolean",
        f"SELECT liwanag_my_roles() && {_roles('cases.lower_sensitivity')}",
    ),
    definer_function("liwanag_note_kinds", "text[]", _note_kinds()),
    definer_function(
        "liwanag_notes_naming_me",
        "uuid[]",
        "SELECT coalesce(array_agg(note_id), '{}') FROM cases_notereader "
        f"WHERE user_id = {ACTOR}",
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
READABLE_NOTE = (
    f"{IN_MY_CASES} AND (sensitivity < {int(Sensitivity.SEALED)} OR case_id = {STANDING_CASES}) "
    "AND (SELECT liwanag_note_level()) > 0 AND ("
    "sensitivity <= (SELECT liwanag_note_level()) "
    f"OR (sensitivity = {int(Sensitivity.RESTRICTED)} "
    "AND kind = ANY ((SELECT liwanag_note_kinds())::text[])) "
    f"OR author_id = {ACTOR} OR id = ANY ((SELECT liwanag_notes_naming_me())::uuid[]))"
)
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
        see=f"{IN_MY_CASES} OR user_id = {ACTOR}",
        write=f"({BREAKS_GLASS}) OR ({GRANT_WRITE} AND reason <> 'break_glass')",
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
    Wall("cases_relationshiplink", see=IN_MY_CASES),
    Wall("cases_household", app="SELECT, INSERT", see=IN_MY_CASES),
    Wall(
        "cases_householdmember",
        app="SELECT, INSERT, UPDATE (has_left, until, until_day)",
        see=IN_MY_CASES,
    ),
    # A signed note changes in its level alone (R-N5).
    Wall(
        "cases_casenote",
        app="SELECT, INSERT, UPDATE (sensitivity)",
        see=READABLE_NOTE,
        write=IN_MY_CASES,
    ),
    Wall("cases_consent", see=IN_MY_CASES),
    Wall("cases_consentevent", app="SELECT, INSERT", see=IN_MY_CASES),
    Wall("cases_legalground", see=OVERSEEN),
    Wall("cases_legalgroundevent", app="SELECT, INSERT", see=IN_MY_CASES, write=IN_ACT),
    Wall("cases_notereader", app="SELECT, INSERT", see=IN_MY_CASES),
    Wall("cases_notemention", app="SELECT, INSERT, UPDATE (read_at)", see=IN_MY_CASES),
    Wall(
        "cases_notedraft",
        app="SELECT, INSERT, UPDATE, DELETE",
        see=f"(author_id = {ACTOR} AND {IN_MY_CASES}) "
        f"OR (expires_at < now() AND {ACTOR} = '{HOUSEKEEPER_ID}')",
        write=f"author_id = {ACTOR} AND {IN_MY_CASES}",
    ),
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
