"""Row-level security of proceedings: the case's, for roles that read proceedings."""

from accounts.walls import may
from cases.erasing import erasure_functions
from core.walls import Wall
from courts.erasure import STEPS as ERASURE_STEPS

IN_MY_CASES = "case_id = ANY ((SELECT liwanag_my_cases())::uuid[])"
MINE = f"{may('courts.read_proceeding')} AND {IN_MY_CASES}"
# The law is nobody's data: whoever reads proceedings reads it.
READS_LAW = may("courts.read_proceeding")
EDITS_LAW = may("courts.edit_law")

FUNCTIONS = [*erasure_functions(ERASURE_STEPS)]
WALLS = [
    # Steps and ways come with a release, not from a page.
    Wall("courts_procedurestep", app="SELECT", see=READS_LAW),
    Wall("courts_stepedge", app="SELECT", see=READS_LAW),
    Wall(
        "courts_statute",
        app="SELECT, INSERT, UPDATE (title, section, description, valid_from, valid_to, penalty, "
        "source_checked, version)",
        see=READS_LAW,
        write=EDITS_LAW,
        never="DELETE",
    ),
    Wall(
        "courts_statuteevent",
        app="SELECT, INSERT",
        see=READS_LAW,
        write=EDITS_LAW,
        never="UPDATE",
    ),
    Wall(
        "courts_proceeding",
        app="SELECT, INSERT, UPDATE (step_id, stage, reached_on, court, docket_number, "
        "prosecutor_id, version)",
        see=MINE,
    ),
    Wall("courts_proceedingevent", app="SELECT, INSERT", see=MINE, never="UPDATE"),
    Wall("courts_stagechange", app="SELECT, INSERT", see=MINE, never="UPDATE, DELETE"),
    Wall(
        "courts_charge",
        app="SELECT, INSERT, UPDATE (counts, act_from, act_to, qualified, attempted, syndicated, "
        "large_scale, plea, plea_on, status, version)",
        see=MINE,
    ),
    Wall("courts_chargeevent", app="SELECT, INSERT", see=MINE, never="UPDATE"),
    Wall("courts_verdict", app="SELECT, INSERT", see=MINE, never="UPDATE, DELETE"),
    Wall(
        "courts_appeal",
        app="SELECT, INSERT, UPDATE (outcome, decided_on, version)",
        see=MINE,
        frozen={
            "an_appeal_is_decided_once": "OLD.outcome <> 'pending' AND OLD.outcome <> NEW.outcome"
        },
    ),
    Wall("courts_appealruling", app="SELECT, INSERT", see=MINE, never="UPDATE, DELETE"),
    # What was imposed stays; how it is served and until when it stood is written down later.
    Wall(
        "courts_sentence",
        app="SELECT, INSERT, UPDATE (custodial_months_expected, custodial_months_actual, "
        "release_expected_on, released_on, supervision_until, fine_paid, superseded_on, version)",
        see=MINE,
        never="DELETE",
    ),
    Wall("courts_sentenceevent", app="SELECT, INSERT", see=MINE, never="UPDATE"),
    Wall(
        "courts_compensationaward",
        app="SELECT, INSERT, UPDATE (paid, paid_on, version)",
        see=MINE,
    ),
    Wall(
        "courts_releasewish",
        app="SELECT, INSERT, UPDATE (wish, asked_on, recorded_by_id, version)",
        see=MINE,
    ),
]
