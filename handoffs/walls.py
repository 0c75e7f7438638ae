"""Row-level security of handoffs: sender by case, receiver by desk; packages are never changed."""

from core.walls import ACTOR, Wall, definer_function

MY_CASE = "case_id = ANY ((SELECT liwanag_my_cases())::uuid[])"
DESK = "to_agency_id = (SELECT liwanag_my_desk()) AND status <> 'draft'"
PACKAGE = "handoff_id = ANY ((SELECT liwanag_my_packages())::uuid[])"

FUNCTIONS = [
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
    # What the decision at each opening needs (R-K1), for the receiver of an accepted handoff and
    # for nobody else: codes and ids of the case's consents and grounds, no text and no name.
    definer_function(
        "liwanag_disclosure_facts",
        "jsonb",
        "SELECT jsonb_build_object("
        "'people', (SELECT coalesce(jsonb_agg(jsonb_build_object("
        "'person_id', p.person_id, 'role', p.role)), '[]') "
        "FROM cases_caseparticipant p WHERE p.case_id = h.case_id), "
        "'consents', (SELECT coalesce(jsonb_agg(jsonb_build_object("
        "'id', c.id, 'person_id', c.person_id, 'status', c.status, "
        "'child_assent', c.child_assent, 'scopes', c.scopes, 'recipients', c.recipients, "
        "'categories', c.categories, 'countries', c.countries, 'valid_from', c.valid_from, "
        "'valid_until', c.valid_until)), '[]') "
        "FROM cases_consent c WHERE c.case_id = h.case_id AND c.status <> 'draft'), "
        "'grounds', (SELECT coalesce(jsonb_agg(jsonb_build_object("
        "'id', g.id, 'status', g.status, 'basis', g.basis, 'person_id', g.person_id, "
        "'purposes', g.purposes, 'recipient_id', g.recipient_id, 'categories', g.categories, "
        "'valid_from', g.valid_from, 'valid_until', g.valid_until)), '[]') "
        "FROM cases_legalground g WHERE g.case_id = h.case_id AND g.recipient_id = h.to_agency_id)"
        ") FROM handoffs_handoff h WHERE h.id = $1 AND h.id = ANY (liwanag_my_packages())",
        arguments="a_handoff uuid",
    ),
]

WALLS = [
    Wall("handoffs_handoff", see=f"({MY_CASE}) OR ({DESK})"),
    Wall("handoffs_handoffevent", app="SELECT, INSERT", see=f"({MY_CASE}) OR ({DESK})"),
    Wall("handoffs_handoffpackage", app="SELECT, INSERT", see=PACKAGE),
]
