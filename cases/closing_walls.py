"""Row-level security of closing a case and opening it again; see `cases/walls.py`."""

from accounts.walls import ALONE_IF_SMALL, NOT_ALONE_UNLESS_SMALL
from cases.scope import IN_MY_CASES
from core.walls import Wall

WALLS = [
    Wall(
        "cases_caseclosure",
        app="SELECT, INSERT, UPDATE (status, version, decided_by_id, decided_at, why_returned, "
        "decided_alone)",
        see=IN_MY_CASES,
        write=f"{IN_MY_CASES} AND {NOT_ALONE_UNLESS_SMALL}",
        never="DELETE",
        frozen={
            "a_decision_stands": "OLD.status <> 'asked'",
            **ALONE_IF_SMALL,
        },
    ),
    Wall("cases_closureanswer", app="SELECT, INSERT", see=IN_MY_CASES, never="UPDATE"),
    Wall("cases_casereopening", app="SELECT, INSERT", see=IN_MY_CASES, never="UPDATE"),
]
