"""Row-level security of proceedings: the case's, for roles that read proceedings."""

from accounts.walls import may
from core.walls import Wall
from courts.choices import ChargeStatus

IN_MY_CASES = "case_id = ANY ((SELECT liwanag_my_cases())::uuid[])"
MINE = f"{may('courts.read_proceeding')} AND {IN_MY_CASES}"

WALLS = [
    Wall("courts_proceeding", app="SELECT, INSERT, UPDATE (stage, version)", see=MINE),
    Wall("courts_proceedingevent", app="SELECT, INSERT", see=MINE, never="UPDATE"),
    Wall(
        "courts_charge",
        app="SELECT, INSERT, UPDATE (status)",
        see=MINE,
        frozen={
            "a_charge_is_decided_once": f"OLD.status <> '{ChargeStatus.FILED.value}' "
            "AND OLD.status <> NEW.status"
        },
    ),
    Wall("courts_verdict", app="SELECT, INSERT", see=MINE, never="UPDATE, DELETE"),
]
