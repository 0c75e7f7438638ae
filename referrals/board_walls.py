"""What the board counts, below Python: coded facts of one's agency, without names, texts and ids.

Managers see no referral; this is all they learn of them, and `referrals.board` rounds it. Whoever
may read exact numbers gets those of their own desk, where they see every referral anyway.
"""

from __future__ import annotations

from accounts.walls import may
from core.walls import day_of, definer_function, listed

# name → SQL of a referral `r` that does not tell it.
MISSING = {
    "content_origin": "r.content_origin = 'unknown'",
    "immediate_danger": f"r.immediate_danger NOT IN ({listed(('yes', 'no'))})",
    "legal_basis": "r.legal_basis = 'unknown'",
    "harm_types": "cardinality(r.harm_types) = 0",
    "children": "r.children_estimate IS NULL",
    "country": "r.country = ''",
    "admin1": "r.admin1 = ''",
    "origin": "r.originating_country = ''",
    "source_number": "r.reference_digest IS NULL",
    "source_name": "r.source_agency_id IS NULL AND r.source_name = ''",
}
_missing = ", ".join(f"CASE WHEN {told} THEN '{name}' END" for name, told in MISSING.items())

FUNCTIONS = [
    definer_function(
        "liwanag_referral_board",
        "TABLE (team_id uuid, source text, status text, started timestamptz, "
        "acknowledged timestamptz, triaged timestamptz, waited interval, danger boolean, "
        "heard boolean, missing text[])",
        "SELECT r.team_id, r.source_category::text, r.status::text, "
        "CASE WHEN r.import_batch_id IS NULL THEN r.received_at ELSE r.created_at END, "
        "r.acknowledged_at, r.triaged_at, r.waited, r.immediate_danger = 'yes', "
        "r.import_batch_id IS NULL, "
        f"array_remove(ARRAY[{_missing}]::text[], NULL) "
        "FROM referrals_referral r JOIN accounts_team t ON t.id = r.team_id "
        "WHERE t.agency_id = (SELECT liwanag_my_agency()) "
        f"AND {day_of('r.received_at')} BETWEEN $1 AND $2 AND $2 - $1 <= 366 "
        f"AND CASE WHEN {may('referrals.read_exact_board')} "
        "THEN r.team_id = ANY ((SELECT liwanag_my_teams())::uuid[]) "
        f"ELSE {may('referrals.read_board')} END",
        arguments="a_first date, a_last date",
    ),
]
