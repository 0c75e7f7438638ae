"""The walls of consent and of the other legal bases (R-K1 to R-K7)."""

from __future__ import annotations

from accounts.walls import may
from cases.models.consent import CONSENT_ANSWERS, CONSENT_STEP, CONSENT_STEPS, GROUND_STEPS
from cases.querysets.consent import RUNNING_OUT
from cases.scope import IN_MY_CASES
from core.walls import (
    ACTOR,
    IN_ACT,
    TODAY,
    Wall,
    changed,
    listed,
    step_out_of_order,
    the_applications,
)

CONSENT = f"{may('cases.read_consent')} AND {IN_MY_CASES}"
RUN_OUT = f"status IN ({listed(RUNNING_OUT)}) AND valid_until < {TODAY}"
# The housekeeping service closes what has run out, and sees nothing else.
CONSENT_OR_LATE = f"CASE WHEN {may('cases.run_out_consents')} THEN {RUN_OUT} ELSE {CONSENT} END"
# The data protection officer sees every exception of the agency, and no case behind it (R-K7).
GROUND = (
    f"({CONSENT}) OR ({may('cases.oversee_grounds')} AND agency_id = (SELECT liwanag_my_agency()))"
)

CONSENT_WALLS = [
    # What was agreed to is never widened afterwards: it is taken back, ends, or is asked anew.
    Wall(
        "cases_consent",
        app=f"SELECT, INSERT, UPDATE ({', '.join((*CONSENT_ANSWERS, *CONSENT_STEP))})",
        see=CONSENT_OR_LATE,
        write=f"({CONSENT}) OR {may('cases.run_out_consents')}",
        never="DELETE",
        frozen={
            "steps_go_in_order": step_out_of_order(CONSENT_STEPS),
            "what_was_agreed_stays": f"OLD.status <> 'draft' AND {changed(*CONSENT_ANSWERS)}",
            "consent_only_shrinks": "OLD.status <> 'draft' AND NOT NEW.scopes <@ OLD.scopes",
        },
    ),
    Wall(
        "cases_consentevent",
        app="SELECT, INSERT",
        see="EXISTS (SELECT FROM cases_consent c WHERE c.id = cases_consentevent.id)",
        write=IN_ACT,
        never="UPDATE",
    ),
    Wall(
        "cases_legalground",
        app="SELECT, INSERT, UPDATE (status, version, decided_by_id, decided_at, ended_at)",
        see=GROUND,
        never="DELETE",
        frozen={
            "steps_go_in_order": step_out_of_order(GROUND_STEPS),
            "a_decision_is_given_once": "OLD.decided_at IS NOT NULL "
            f"AND {changed('decided_by_id', 'decided_at')}",
            "whoever_decides_signs": the_applications(
                f"{changed('decided_by_id')} AND NEW.decided_by_id IS DISTINCT FROM {ACTOR}"
            ),
        },
    ),
    Wall(
        "cases_legalgroundevent",
        app="SELECT, INSERT",
        see="EXISTS (SELECT FROM cases_legalground g WHERE g.id = cases_legalgroundevent.id)",
        write=IN_ACT,
        never="UPDATE",
    ),
]
