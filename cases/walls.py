"""Row-level security of the case file: the same scope as `visible_to`, below Python.

Written as an array initplan, computed once a statement; a correlated EXISTS was ten times slower
(docs/adr/0003-walls-beside-the-tables.md).
"""

from accounts.roles import TABLE
from accounts.walls import may
from cases import (
    casework_walls,
    closing_walls,
    consent_walls,
    grant_walls,
    log_walls,
    rights_walls,
    sight_walls,
)
from cases.choices import CLEARED
from cases.grant_walls import BREAKS_GLASS, GIVES_UP, GRANT_WRITE
from cases.models.harm import CONTEXT_ANSWERS, HARM_ANSWERS
from cases.paper_walls import paper_walls
from cases.querysets.note import OPENED_AT_L3
from cases.scope import ACCUSED, IN_MY_CASES, MY_CASES, MY_PEOPLE, STANDING_CASES
from core.choices import Sensitivity
from core.walls import ACTOR, IN_ACT, Wall, definer_function, listed

MY_CONFLICT = f"b.user_id = {ACTOR} AND b.lifted_at IS NULL"


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
    # R-A4: a conflict of interest hides the case, and every case of the person it is about.
    definer_function(
        "liwanag_hidden_cases",
        "uuid[]",
        "SELECT coalesce(array_agg(case_id), '{}') FROM ("
        f"SELECT b.case_id FROM cases_conflictblock b WHERE {MY_CONFLICT} "
        "UNION SELECT p.case_id FROM cases_conflictblock b "
        f"JOIN cases_caseparticipant p ON p.person_id = b.person_id WHERE {MY_CONFLICT}) hidden",
    ),
    *sight_walls.FUNCTIONS,
    *grant_walls.FUNCTIONS,
    definer_function(
        "liwanag_my_people",
        "uuid[]",
        "SELECT coalesce(array_agg(person_id), '{}') FROM cases_caseparticipant "
        "WHERE case_id = ANY (liwanag_my_cases())",
    ),
    definer_function(
        "liwanag_my_uncleared_people",
        "uuid[]",
        "SELECT coalesce(array_agg(person_id), '{}') FROM cases_caseparticipant "
        f"WHERE case_id = ANY (liwanag_my_cases()) AND legal_status NOT IN ({listed(CLEARED)})",
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
    definer_function(
        "liwanag_my_placements",
        "uuid[]",
        "SELECT coalesce(array_agg(placement_id), '{}') FROM cases_placementreader "
        f"WHERE user_id = {ACTOR}",
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

FUNCTIONS += log_walls.FUNCTIONS
FUNCTIONS += consent_walls.FUNCTIONS

READABLE_NOTE = (
    f"{IN_MY_CASES} AND (sensitivity < {int(Sensitivity.SEALED)} OR case_id = {STANDING_CASES}) "
    "AND (SELECT liwanag_note_level()) > 0 AND ("
    "sensitivity <= (SELECT liwanag_note_level()) "
    f"OR (sensitivity = {int(Sensitivity.RESTRICTED)} "
    "AND kind = ANY ((SELECT liwanag_note_kinds())::text[])) "
    f"OR author_id = {ACTOR} OR id = ANY ((SELECT liwanag_notes_naming_me())::uuid[]))"
)
SAFETY = f"{may('cases.read_safety')} AND {IN_MY_CASES}"
HARM = f"{may('cases.read_harm')} AND {IN_MY_CASES}"
# Found outside any case: the finder's own, and all of the agency's for who sees to it.
MATERIAL = (
    f"{IN_MY_CASES} OR (case_id IS NULL AND agency_id = (SELECT liwanag_my_agency()) "
    f"AND (found_by_id = {ACTOR} OR {may('cases.see_to_material')}))"
)
MATERIAL_STEP = (
    "EXISTS (SELECT FROM cases_materialfound f WHERE f.id = cases_materialsteptaken.material_id)"
)
# The readers of a note are seen with the note; its own policy says whether.
READERS_I_SEE = "EXISTS (SELECT FROM cases_casenote n WHERE n.id = note_id)"

FUNCTIONS += rights_walls.FUNCTIONS

WALLS = [
    *rights_walls.WALLS,
    Wall(
        "cases_case",
        app="SELECT, INSERT, UPDATE (protection_stage, justice_stage, justice_reason, risk, "
        "version)",
        see=f"id = {MY_CASES}",
        frozen={
            "closing_is_asked_for_first": "NEW.protection_stage = 'closed' "
            "AND OLD.protection_stage NOT IN ('closed', 'closure_requested')"
        },
        # A new case is led by its author's agency; its grant follows before its first note.
        write=f"id = {MY_CASES} OR ({IN_ACT} AND lead_agency_id = (SELECT liwanag_my_agency()))",
    ),
    Wall(
        "cases_caseevent",
        app="SELECT, INSERT",
        see=f"id = {MY_CASES}",
        write=IN_ACT,
        never="UPDATE",
    ),
    Wall(
        "cases_caseuserobjectpermission",
        app="SELECT, INSERT, UPDATE (until, reason)",
        see=f"{IN_MY_CASES} OR user_id = {ACTOR}",
        write=f"({BREAKS_GLASS}) OR ({GIVES_UP}) OR ({GRANT_WRITE} AND reason <> 'break_glass')",
    ),
    Wall(
        "cases_breakglass",
        app="SELECT, INSERT, UPDATE (ended_at)",
        see=f"{IN_MY_CASES} OR by_id = {ACTOR} OR (SELECT liwanag_reviews_emergencies())",
        write=f"{IN_ACT} AND by_id = {ACTOR}",
    ),
    Wall(
        "cases_statedpurpose",
        app="SELECT, INSERT",
        see=f"user_id = {ACTOR} AND {IN_MY_CASES}",
        write=f"{IN_ACT} AND user_id = {ACTOR} AND {IN_MY_CASES}",
        never="UPDATE, DELETE",
    ),
    Wall(
        "cases_casegroupobjectpermission",
        app="SELECT, INSERT, UPDATE (until, reason)",
        see=IN_MY_CASES,
        write=GRANT_WRITE,
    ),
    Wall(
        "cases_person",
        app="SELECT, INSERT, UPDATE (languages, interpreter_needed, disability, needs, version)",
        see=f"id = {MY_PEOPLE}",
        write=IN_ACT,
    ),
    Wall(
        "cases_personidentity",
        app="SELECT, INSERT, UPDATE (details, version)",
        # Sealed for whoever was cleared in every place they have here (R-A6).
        see=f"({may('cases.show_identity')} OR {may('cases.write_note')}) "
        "AND person_id = ANY ((SELECT liwanag_my_uncleared_people())::uuid[])",
        wider_because="whoever writes a note is told when it names somebody else of the case "
        "(R-N6, cases/third_parties.py); the rows are sealed and nothing of them is shown",
        # Whoever adds a person writes down who they are, also where they may not open it later.
        write=f"person_id = {MY_PEOPLE}",
    ),
    Wall(
        "cases_persontoken",
        # Written anew when an identity is corrected.
        app="SELECT, INSERT, DELETE",
        # Row by row, unlike the identities: a look-up finds a few digests by their index, and a
        # list of everybody one sees would cost it more than all the rest (`make bench`).
        see=f"{may('cases.show_identity')} AND EXISTS (SELECT FROM cases_caseparticipant p "
        "WHERE p.person_id = cases_persontoken.person_id "
        f"AND p.legal_status NOT IN ({listed(CLEARED)}))",
        write=f"{IN_ACT} AND person_id = {MY_PEOPLE}",
        never="UPDATE",
    ),
    Wall(
        "cases_identitycorrection",
        app="SELECT, INSERT",
        see=f"{may('cases.show_identity')} "
        "AND person_id = ANY ((SELECT liwanag_my_uncleared_people())::uuid[])",
        never="UPDATE",
    ),
    Wall(
        "cases_caseparticipant",
        app="SELECT, INSERT, UPDATE (legal_status, safeguarded_on)",
        see=IN_MY_CASES,
    ),
    Wall("cases_legalstatuschange", app="SELECT, INSERT", see=IN_MY_CASES, never="UPDATE"),
    Wall(
        "cases_relationshiplink",
        app="SELECT, INSERT, UPDATE (detail, source, htcds, closeness, ctdc, version)",
        see=IN_MY_CASES,
    ),
    Wall("cases_household", app="SELECT, INSERT", see=IN_MY_CASES),
    Wall(
        "cases_householdmember",
        app="SELECT, INSERT, UPDATE (has_left, until, until_day)",
        see=IN_MY_CASES,
    ),
    Wall(
        "cases_safecontact",
        app="SELECT, INSERT, UPDATE (confirmed_at, expires_at)",
        see=SAFETY,
    ),
    Wall(
        "cases_contactreading",
        app="SELECT, INSERT",
        see=f"{IN_MY_CASES} AND user_id = {ACTOR}",
    ),
    Wall(
        "cases_contactattempt",
        app="SELECT, INSERT, UPDATE (outcome, instructions_followed, reconfirmed, ended_at)",
        see=SAFETY,
    ),
    Wall("cases_safetyplan", app="SELECT, INSERT, UPDATE (status)", see=SAFETY),
    Wall(
        "cases_crisisflag",
        app="SELECT, INSERT, UPDATE (lowered_by_id, lowered_at, what_was_done)",
        see=IN_MY_CASES,
    ),
    Wall(
        "cases_conflictblock",
        app="SELECT, INSERT, UPDATE (lifted_by_id, lifted_at, why_lifted)",
        see=f"{IN_MY_CASES} OR user_id = {ACTOR}",
        write=IN_MY_CASES,
    ),
    Wall(
        "cases_survivorcontext",
        app=f"SELECT, INSERT, UPDATE ({', '.join(CONTEXT_ANSWERS)})",
        see=HARM,
    ),
    Wall(
        "cases_harmrecord",
        app=f"SELECT, INSERT, UPDATE ({', '.join(HARM_ANSWERS)})",
        see=HARM,
    ),
    Wall(
        "cases_placement",
        app="SELECT, INSERT, UPDATE (until, ended_because, follow_up_on, papers)",
        see=HARM,
    ),
    Wall("cases_placementreader", app="SELECT, INSERT", see=IN_MY_CASES),
    Wall(
        "cases_placementaddress",
        app="SELECT, INSERT",
        see=f"{IN_MY_CASES} AND placement_id = ANY ((SELECT liwanag_my_placements())::uuid[])",
    ),
    Wall("cases_custody", app="SELECT, INSERT, UPDATE (until)", see=HARM),
    Wall("cases_materialfound", app="SELECT, INSERT, UPDATE (is_closed)", see=MATERIAL),
    Wall("cases_materialsteptaken", app="SELECT, INSERT", see=MATERIAL_STEP),
    *paper_walls(IN_MY_CASES),
    # A signed note changes in its level alone (R-N5).
    Wall(
        "cases_casenote",
        app="SELECT, INSERT, UPDATE (sensitivity)",
        see=READABLE_NOTE,
        # Whoever lowers or raises a level may lose sight of the note by it.
        write=IN_MY_CASES,
        never="DELETE",
        frozen={
            "a_signed_note_stays": "(to_jsonb(OLD) - 'sensitivity') "
            "IS DISTINCT FROM (to_jsonb(NEW) - 'sensitivity')"
        },
    ),
    Wall("cases_notereader", app="SELECT, INSERT", see=READERS_I_SEE, never="UPDATE, DELETE"),
    Wall(
        "cases_notemention",
        app="SELECT, INSERT, UPDATE (read_at)",
        see=f"{READERS_I_SEE} AND (user_id = {ACTOR} "
        f"OR EXISTS (SELECT FROM cases_casenote n WHERE n.id = note_id AND n.author_id = {ACTOR}))",
        write=IN_MY_CASES,
        never="DELETE",
    ),
    *consent_walls.WALLS,
    Wall(
        "cases_notedraft",
        app="SELECT, INSERT, UPDATE (person_id, content, saved_at, expires_at), DELETE",
        see=f"CASE WHEN {may('cases.drop_old_drafts')} THEN expires_at < now() "
        f"ELSE author_id = {ACTOR} AND {IN_MY_CASES} END",
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

FUNCTIONS += casework_walls.FUNCTIONS
WALLS += casework_walls.WALLS
WALLS += closing_walls.WALLS
WALLS += sight_walls.WALLS
