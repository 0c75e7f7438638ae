"""Row-level security of holds and erasures, and the functions by which an erasure reaches its rows.

The officer who decides sees no case and gets no grant. The functions run as the tables' owner, for
one request that a colleague made and a second person decides, and for nothing else.
"""

from accounts.walls import may
from cases import retention_walls
from cases.choices import CHILDREN
from cases.erasing import DECIDES, erasure_functions
from cases.erasure_steps import STEPS
from cases.register_walls import WALLS as REGISTER_WALLS
from cases.retention import NAMES, case_query
from core.walls import ACTOR, IN_ACT, TODAY, Wall, definer_function, listed

IN_MY_CASES = "case_id = ANY ((SELECT liwanag_my_cases())::uuid[])"
# A request about something of a desk that became no case.
OF_MY_DESK = (
    f"({may('cases.request_erasure')} AND team_id = ANY ((SELECT liwanag_my_teams())::uuid[]))"
)
OF_MY_AGENCY = f"({may('cases.read_erasure')} AND agency_id = (SELECT liwanag_my_agency()))"
# Every case the person is in, and the one the request was made in.
WITH_CASES = (
    "cases_erasurerequest r CROSS JOIN LATERAL (SELECT "
    "coalesce(array_remove(array_agg(DISTINCT i.case_id), NULL), '{}') AS cases FROM ("
    "SELECT p.case_id FROM cases_caseparticipant p WHERE p.person_id = r.person_id "
    "UNION SELECT r.case_id) i) c"
)

FUNCTIONS = [
    # What stands against an erasure whatever anybody decides: '' when nothing does.
    definer_function(
        "liwanag_erasure_stopped_by",
        "text",
        "SELECT CASE WHEN EXISTS (SELECT FROM cases_legalhold h WHERE h.case_id = ANY (c.cases) "
        f"AND h.released_at IS NULL AND (h.until IS NULL OR h.until >= {TODAY})) "
        "THEN 'legal_hold' "
        "WHEN EXISTS (SELECT FROM cases_case k WHERE k.id = ANY (c.cases) "
        "AND k.lead_agency_id <> r.agency_id) THEN 'other_agency' "
        # Time is over in one case: it is not where the same person is in another that is kept.
        "WHEN r.ground = 'time_is_over' AND r.person_id IS NOT NULL AND EXISTS ("
        "SELECT FROM cases_case k WHERE k.id = ANY (c.cases) AND k.id <> r.case_id "
        "AND (k.protection_stage NOT IN ('closed', 'transferred') OR EXISTS ("
        f"SELECT FROM ({case_query()}) d ({NAMES}) "
        f"WHERE d.case_id = k.id AND d.review_on > {TODAY}))) "
        "THEN 'kept_elsewhere' "
        # Only the notes of the case that was named go with the person, of no other one.
        "WHEN r.whole_case AND EXISTS (SELECT FROM cases_caseparticipant o "
        "JOIN cases_person op ON op.id = o.person_id WHERE o.case_id = r.case_id "
        f"AND o.person_id IS DISTINCT FROM r.person_id AND o.role IN ({listed(CHILDREN)}) "
        "AND op.erased_on IS NULL) THEN 'another_child' ELSE '' END "
        f"FROM {WITH_CASES} WHERE r.id = $1 AND {DECIDES}",
        arguments="a_request uuid",
    ),
    # The one being erased, inside the act of the second person; no row for anybody else. `whole` is
    # the case whose notes go too. It once returned other columns, which REPLACE can't change.
    "DROP FUNCTION IF EXISTS liwanag_erasing(uuid)",
    definer_function(
        "liwanag_erasing",
        "TABLE (person_id uuid, cases uuid[], whole uuid)",
        "SELECT r.person_id, c.cases, CASE WHEN r.whole_case THEN r.case_id END "
        f"FROM {WITH_CASES} WHERE r.id = $1 AND r.case_id IS NOT NULL "
        f"AND {IN_ACT} AND r.status = 'requested' AND r.requested_by_id <> {ACTOR} AND {DECIDES} "
        "AND liwanag_erasure_stopped_by(r.id) = ''",
        arguments="a_request uuid",
    ),
    # Sealed, for the process that looks for these names in what is sealed elsewhere.
    definer_function(
        "liwanag_names_to_erase",
        "TABLE (id uuid, person_id uuid, details bytea, is_theirs boolean)",
        "SELECT DISTINCT i.id, i.person_id, i.details, i.person_id = e.person_id "
        "FROM liwanag_erasing($1) e JOIN cases_caseparticipant p ON p.case_id = ANY (e.cases) "
        "JOIN cases_personidentity i ON i.person_id = p.person_id",
        arguments="a_request uuid",
    ),
    *erasure_functions(STEPS),
]

FUNCTIONS += retention_walls.FUNCTIONS

WALLS = [
    *REGISTER_WALLS,
    *retention_walls.WALLS,
    Wall(
        "cases_legalhold",
        app="SELECT, INSERT, UPDATE (released_by_id, released_at)",
        see=f"{IN_MY_CASES} OR {OF_MY_AGENCY}",
        write=IN_MY_CASES,
        never="DELETE",
        frozen={"a_released_hold_stays": "OLD.released_at IS NOT NULL"},
    ),
    Wall(
        "cases_erasurerequest",
        app="SELECT, INSERT, UPDATE (status, decided_by_id, decided_at, refused_because, "
        "person_code, receipt)",
        see=f"{IN_MY_CASES} OR {OF_MY_DESK} OR {OF_MY_AGENCY}",
        # One asks for somebody of a case they see; another of the agency decides, and nobody alone.
        write=f"(status = 'requested' AND requested_by_id = {ACTOR} "
        f"AND ({IN_MY_CASES} OR {OF_MY_DESK})) OR "
        f"(status <> 'requested' AND decided_by_id = {ACTOR} AND requested_by_id <> {ACTOR} "
        f"AND {may('cases.approve_erasure')} AND agency_id = (SELECT liwanag_my_agency()))",
        never="DELETE",
        frozen={"a_decision_stays": "OLD.status <> 'requested'"},
    ),
]
