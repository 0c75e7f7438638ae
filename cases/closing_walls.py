"""Row-level security of closing a case and opening it again; see `cases/walls.py`."""

from core.walls import Wall, the_applications

IN_MY_CASES = "case_id = ANY ((SELECT liwanag_my_cases())::uuid[])"

WALLS = [
    Wall(
        "cases_caseclosure",
        app="SELECT, INSERT, UPDATE (status, version, decided_by_id, decided_at, why_returned, "
        "decided_alone)",
        see=IN_MY_CASES,
        never="DELETE",
        frozen={
            "a_decision_stands": "OLD.status <> 'asked'",
            "only_small_agencies_decide_alone": the_applications(
                "NEW.decided_alone AND NOT liwanag_works_small()"
            ),
        },
    ),
    Wall("cases_closureanswer", app="SELECT, INSERT", see=IN_MY_CASES, never="UPDATE"),
    Wall("cases_casereopening", app="SELECT, INSERT", see=IN_MY_CASES, never="UPDATE"),
]
