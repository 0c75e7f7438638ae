"""Row-level security of what is due to be looked at, and how the nightly list finds it."""

from accounts.walls import may
from cases.retention import case_query, keeping_function
from core.walls import ACTOR, IN_ACT, Wall

LISTS = may("cases.list_due")
REVIEWS = may("cases.review_retention")
SEEN = (
    f"({REVIEWS} AND (case_id = ANY ((SELECT liwanag_my_cases())::uuid[]) "
    "OR team_id = ANY ((SELECT liwanag_my_teams())::uuid[]))) "
    f"OR ({may('cases.read_erasure')} AND agency_id = (SELECT liwanag_my_agency()))"
)

FUNCTIONS = [keeping_function("case", case_query())]

WALLS = [
    Wall(
        "cases_retentionreview",
        app="SELECT, INSERT, UPDATE (status, reason, keep_until, decided_by_id, decided_at)",
        see=f"{LISTS} OR {SEEN}",
        # The job lists, people decide, and neither does the other's part.
        write=f"{IN_ACT} AND (({LISTS} AND status = 'due') "
        f"OR ({REVIEWS} AND status <> 'due' AND decided_by_id = {ACTOR} AND ({SEEN})))",
        never="DELETE",
        frozen={"a_decision_stays": "OLD.status <> 'due'"},
    ),
]
