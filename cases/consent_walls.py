"""The walls of consent and of the other legal bases (R-K1 to R-K7)."""

from __future__ import annotations

from accounts.walls import ALONE_IF_SMALL, NOT_ALONE_UNLESS_SMALL, may
from cases.choices import AskAgain, ParticipantRole
from cases.models.consent import CONSENT_ANSWERS, CONSENT_STEP, CONSENT_STEPS, GROUND_STEPS
from cases.querysets.consent import RUNNING_OUT
from cases.scope import ACCUSED, IN_MY_CASES
from core.walls import (
    ACTOR,
    IN_ACT,
    TODAY,
    Wall,
    changed,
    definer_function,
    definer_procedure,
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

# As `cases.policies.may_speak_for` today, in every case there is: an alleged offender, a child
# whose behaviour harmed others, and whoever may be living with an alleged offender (R-C5).
HARMED = f"({ACCUSED}) OR p.role = '{ParticipantRole.CHILD_DISPLAYING_HSB.value}'"
LIVES_NOW = "coalesce({0}.since_day, {1}) <= {1} AND coalesce({0}.until_day, {1}) >= {1}"


def _housemates(person: str, joined: str = "", where: str = "true") -> str:
    """SQL of the ids of whoever may be living with a person today, themselves included."""
    return (
        "SELECT theirs.person_id FROM cases_householdmember mine "
        "JOIN cases_householdmember theirs ON theirs.household_id = mine.household_id "
        f"{joined} WHERE mine.person_id = {person} "
        f"AND {LIVES_NOW.format('mine', TODAY)} AND {LIVES_NOW.format('theirs', TODAY)} AND {where}"
    )


def _may_not_speak(person: str) -> str:
    accused = _housemates(
        person, "JOIN cases_caseparticipant p ON p.person_id = theirs.person_id", ACCUSED
    )
    return (
        f"({person} IS NOT NULL AND (EXISTS (SELECT FROM cases_caseparticipant p "
        f"WHERE p.person_id = {person} AND ({HARMED})) OR EXISTS ({accused})))"
    )


CONFLICT = f"({_may_not_speak('c.giver_id')} OR {_may_not_speak('c.interpreter_id')})"

FUNCTIONS = [
    # Consents that something new about a person may have undone, in cases the asker does not see
    # too: codes, days and ids, of whoever is a person of theirs (R-K4, R-K6).
    definer_function(
        "liwanag_consents_undone_by",
        "TABLE (id uuid, case_id uuid, country text, given_by text, child_assent text, "
        "valid_until date, recorded_by_id uuid, is_theirs boolean, in_conflict boolean)",
        "SELECT c.id, c.case_id, k.country::text, c.given_by::text, c.child_assent::text, "
        f"c.valid_until, c.recorded_by_id, c.person_id = $1, {CONFLICT} "
        "FROM cases_consent c JOIN cases_case k ON k.id = c.case_id "
        "WHERE c.status = 'active' AND $1 = ANY (liwanag_my_people()) AND (c.person_id = $1 "
        f"OR c.giver_id = $1 OR c.interpreter_id = $1 OR c.giver_id IN ({_housemates('$1')}) "
        f"OR c.interpreter_id IN ({_housemates('$1')})) ORDER BY c.case_id, c.id",
        arguments="a_person uuid",
    ),
    # It covers nothing until somebody is asked again. Nobody ends a consent by this: the reason
    # must stand in the database, or be the age of a person whose identity the asker corrects.
    definer_procedure(
        "liwanag_ask_consent_again",
        "boolean",
        "BEGIN UPDATE cases_consent c SET status = 'review_due', ask_again_because = $2, "
        "version = c.version + 1 WHERE c.id = $1 AND c.status = 'active' AND "
        f"CASE $2 WHEN '{AskAgain.CONFLICT.value}' THEN {CONFLICT} "
        "ELSE liwanag_may('cases.correct_identity') AND c.person_id = ANY (liwanag_my_people()) "
        "END; RETURN FOUND; END",
        arguments="a_consent uuid, a_because text",
    ),
]

WALLS = [
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
        app="SELECT, INSERT, UPDATE (status, version, decided_by_id, decided_at, ended_at, "
        "decided_alone)",
        see=GROUND,
        write=f"({GROUND}) AND {NOT_ALONE_UNLESS_SMALL}",
        never="DELETE",
        frozen={
            **ALONE_IF_SMALL,
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
