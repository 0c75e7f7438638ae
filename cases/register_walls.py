"""Row-level security of the registers (never changed, never removed) and of copies for people."""

from accounts.walls import may
from core.walls import ACTOR, IN_ACT, Wall

MINE = "agency_id = (SELECT liwanag_my_agency())"
READ = f"{may('cases.read_register')} AND {MINE}"
# Anybody here may report a breach to the officer; only the officer reads on.
WRITE = f"{IN_ACT} AND {MINE} AND ({may('cases.write_register')} OR {may('cases.report_breach')})"

IN_MY_CASES = "case_id = ANY ((SELECT liwanag_my_cases())::uuid[])"

WALLS = [
    Wall(
        "cases_subjectcopy",
        app="SELECT, INSERT, UPDATE (status, decided_by_id, decided_at)",
        see=f"{may('cases.request_copy')} AND {IN_MY_CASES}",
        frozen={"a_decision_stays": "OLD.status <> 'asked'"},
    ),
    Wall(
        "cases_registerentry",
        app="SELECT, INSERT",
        see=READ,
        write=WRITE,
        never="UPDATE, DELETE",
    ),
    Wall(
        "cases_registerversion",
        app="SELECT, INSERT",
        see=READ,
        write=f"{WRITE} AND made_by_id = {ACTOR}",
        never="UPDATE, DELETE",
    ),
]
