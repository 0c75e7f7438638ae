"""Row-level security of proceedings: the case's."""

from core.walls import Wall

MINE = "case_id = ANY ((SELECT liwanag_my_cases())::uuid[])"

WALLS = [
    Wall("courts_proceeding", see=MINE),
    Wall("courts_proceedingevent", app="SELECT, INSERT", see=MINE),
    Wall("courts_charge", see=MINE),
    Wall("courts_verdict", app="SELECT, INSERT", see=MINE),
]
