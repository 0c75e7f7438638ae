"""Who may be given sight of a case, below Python: its first grant, later ones, and an emergency's.

See `cases/walls.py`, which makes these functions once it has those that they ask.
"""

from cases.scope import IN_MY_CASES
from core.walls import ACTOR, IN_ACT, definer_function

FUNCTIONS = [
    # R-A8: what is taken out in bulk takes a second person, who found it in order today.
    definer_function(
        "liwanag_may_open_many",
        "boolean",
        "SELECT EXISTS (SELECT FROM audit_review r WHERE r.kind = 'open_many' "
        f"AND r.subject_id = {ACTOR} AND r.closed_by_id <> r.subject_id "
        "AND r.finding IN ('in_order', 'in_order_with_advice') "
        "AND r.closed_at > now() - interval '12 hours')",
    ),
    # No emergency opens what a conflict of interest hides (R-A4).
    definer_function(
        "liwanag_may_break_glass",
        "boolean",
        "SELECT liwanag_may('cases.break_glass') AND EXISTS (SELECT FROM cases_case c "
        "WHERE c.id = $1 AND c.lead_agency_id = liwanag_my_agency()) "
        "AND $1 <> ALL (liwanag_hidden_cases())",
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
        "SELECT liwanag_may('cases.review_emergency') AND EXISTS ("
        "SELECT FROM accounts_agency WHERE id = liwanag_my_agency() AND NOT is_partner)",
    ),
    # A case just opened by this very transaction has no grant yet: its first may be given.
    definer_function(
        "liwanag_ungranted",
        "boolean",
        # A case of one's own house that was opened just now; what is nowhere answers like what is
        # hidden.
        "SELECT EXISTS (SELECT FROM cases_case c WHERE c.id = $1 "
        "AND c.lead_agency_id = liwanag_my_agency()) "
        "AND NOT EXISTS (SELECT FROM cases_casegroupobjectpermission g WHERE g.case_id = $1) "
        "AND NOT EXISTS (SELECT FROM cases_caseuserobjectpermission g WHERE g.case_id = $1)",
        arguments="a_case uuid",
    ),
]

GRANT_WRITE = f"{IN_ACT} AND ({IN_MY_CASES} OR liwanag_ungranted(case_id))"
# Given up at once by whoever has it, also where a conflict of interest has hidden the case since.
GIVES_UP = f"{IN_ACT} AND user_id = {ACTOR} AND reason = 'break_glass' AND until <= now()"
# Emergency access: for oneself, of one's own agency's cases, and for an hour at most; the minute
# more is for clocks that differ.
BREAKS_GLASS = (
    f"{IN_ACT} AND user_id = {ACTOR} AND reason = 'break_glass' "
    "AND until <= now() + interval '61 minutes' AND liwanag_may_break_glass(case_id)"
)
