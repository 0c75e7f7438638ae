"""Row-level security of closing a case and opening it again; see `cases/walls.py`."""

from cases.scope import IN_MY_CASES
from core.walls import Wall

WALLS = [
    Wall(
        "cases_caseclosure",
        app="SELECT, INSERT, UPDATE (status, version, decided_by_id, decided_at, why_returned)",
        see=IN_MY_CASES,
        never="DELETE",
        frozen={"a_decision_stands": "OLD.status <> 'asked'"},
    ),
    Wall("cases_closureanswer", app="SELECT, INSERT", see=IN_MY_CASES, never="UPDATE"),
    Wall("cases_casereopening", app="SELECT, INSERT", see=IN_MY_CASES, never="UPDATE"),
]
