"""Row-level security of handoffs: sender by case, receiver by desk; packages are never changed."""

from audit.walls import log_name_functions
from core.walls import ACTOR, Wall, definer_function

MY_CASE = "case_id = ANY ((SELECT liwanag_my_cases())::uuid[])"
DESK = "to_agency_id = (SELECT liwanag_my_desk()) AND status <> 'draft'"
PACKAGE = "handoff_id = ANY ((SELECT liwanag_my_packages())::uuid[])"

FUNCTIONS = [
    *log_name_functions("handoffs", "SELECT id, reference::text FROM handoffs_handoff"),
    # The agency whose desk the actor staffs: only roles that receive handoffs have one.
    definer_function(
        "liwanag_my_desk",
        "uuid",
        "SELECT t.agency_id FROM accounts_membership m JOIN accounts_team t ON t.id = m.team_id "
        f"WHERE m.user_id = {ACTOR} AND m.starts_at <= now() "
        "AND (m.ends_at IS NULL OR m.ends_at > now()) "
        "AND m.role IN ('partner_officer', 'investigator', 'prosecutor') LIMIT 1",
    ),
    definer_function(
        "liwanag_my_packages",
        "uuid[]",
        "SELECT coalesce(array_agg(id), '{}') FROM handoffs_handoff "
        "WHERE case_id = ANY (liwanag_my_cases()) "
        "OR (to_agency_id = liwanag_my_desk() AND status = 'accepted')",
    ),
]

WALLS = [
    Wall("handoffs_handoff", see=f"({MY_CASE}) OR ({DESK})"),
    Wall("handoffs_handoffevent", app="SELECT, INSERT", see=f"({MY_CASE}) OR ({DESK})"),
    Wall("handoffs_handoffpackage", app="SELECT, INSERT", see=PACKAGE),
]
