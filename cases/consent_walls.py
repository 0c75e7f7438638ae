"""The walls of consent and of the other legal bases (R-K1 to R-K7)."""

from __future__ import annotations

from accounts.walls import may
from cases.models.consent import CONSENT_ANSWERS, CONSENT_STEP, CONSENT_STEPS, GROUND_STEPS
from cases.scope import IN_MY_CASES
from core.walls import ACTOR, IN_ACT, Wall, changed, step_out_of_order, the_applications

CONSENT = f"{may('cases.read_consent')} AND {IN_MY_CASES}"
# The data protection officer sees every exception of the agency, and no case behind it (R-K7).
GROUND = (
    f"({CONSENT}) OR ({may('cases.oversee_grounds')} AND agency_id = (SELECT liwanag_my_agency()))"
)

CONSENT_WALLS = [
    # What was agreed to is never widened afterwards: it is taken back, ends, or is asked anew.
    Wall(
        "cases_consent",
        app=f"SELECT, INSERT, UPDATE ({', '.join((*CONSENT_ANSWERS, *CONSENT_STEP))})",
        see=CONSENT,
        never="DELETE",
        frozen={
            "steps_go_in_order": step_out_of_order(CONSENT_STEPS),
            "what_was_agreed_stays": f"OLD.status <> 'draft' AND {changed(*CONSENT_ANSWERS)}",
            "consent_only_shrinks": "OLD.status <> 'draft' AND NOT NEW.scopes <@ OLD.scopes",
        },
    ),
    Wall("cases_consentevent", app="SELECT, INSERT", see=CONSENT, never="UPDATE"),
    Wall(
        "cases_legalground",
        app="SELECT, INSERT, UPDATE (status, version, decided_by_id, decided_at, ended_at, "
        "decided_alone)",
        see=GROUND,
        never="DELETE",
        frozen={
            "only_small_agencies_decide_alone": the_applications(
                "NEW.decided_alone AND NOT liwanag_works_small()"
            ),
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
