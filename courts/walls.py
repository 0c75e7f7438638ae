"""Row-level security of proceedings: the case's, for roles that read proceedings."""

from accounts.walls import may
from cases.erasing import erasure_functions
from cases.scope import STANDING_CASES
from core.walls import ACTOR, Wall, definer_function
from courts.erasure import STEPS as ERASURE_STEPS

IN_MY_CASES = "case_id = ANY ((SELECT liwanag_my_cases())::uuid[])"
MINE = f"{may('courts.read_proceeding')} AND {IN_MY_CASES}"
READS_OPERATIONS = may("courts.read_operation")
OPERATIONS = f"{READS_OPERATIONS} AND {IN_MY_CASES}"
PLANNED = f"{READS_OPERATIONS} AND about_id = {STANDING_CASES}"
MY_OPERATIONS = "ANY ((SELECT liwanag_my_operations())::uuid[])"

LAW = "the law is the same for everybody; read by roles, changed by legal officers in an act alone"
FUNCTIONS = [
    # What a higher court last made of a charge; asked by the trigger that keeps decisions.
    definer_function(
        "liwanag_charge_ruled",
        "boolean",
        "SELECT coalesce((SELECT CASE r.result WHEN 'sent_back' THEN 'filed' ELSE r.result END "
        "FROM courts_appealruling r WHERE r.charge_id = a_charge "
        "ORDER BY r.created_at DESC LIMIT 1) = a_status, false)",
        arguments="a_charge uuid, a_status text",
    ),
    *erasure_functions(ERASURE_STEPS),
    # A calendar program shows a secret and nothing else: whose it is, while it was not taken back.
    definer_function(
        "liwanag_feed_owner",
        "uuid",
        "SELECT f.user_id FROM courts_calendarfeed f JOIN accounts_user u ON u.id = f.user_id "
        "WHERE f.digest = a_digest AND f.revoked_at IS NULL AND u.is_active",
        arguments="a_digest bytea",
    ),
    definer_function(
        "liwanag_feed_known",
        "uuid",
        "SELECT id FROM courts_calendarfeed WHERE digest = a_digest",
        arguments="a_digest bytea",
    ),
    definer_function(
        "liwanag_my_operations",
        "uuid[]",
        "SELECT coalesce(array_agg(id), '{}') FROM ("
        f"SELECT o.id FROM courts_plannedoperation o WHERE o.made_by_id = {ACTOR} "
        f"UNION SELECT m.operation_id FROM courts_plannedoperationmember m "
        f"WHERE m.user_id = {ACTOR}) known",
    ),
]
WALLS = [
    # Steps and ways come with a release, not from a page.
    Wall("courts_procedurestep", app="SELECT", open_because=LAW),
    Wall("courts_stepedge", app="SELECT", open_because=LAW),
    Wall(
        "courts_statute",
        app="SELECT, INSERT, UPDATE (title, section, description, valid_from, valid_to, penalty, "
        "source_checked, version)",
        open_because=LAW,
        never="DELETE",
    ),
    Wall(
        "courts_statuteevent",
        app="SELECT, INSERT",
        open_because=LAW,
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
        frozen={
            "a_charge_is_decided_once": "OLD.status <> 'filed' AND OLD.status <> NEW.status "
            "AND NOT liwanag_charge_ruled(NEW.id, NEW.status::text)"
        },
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
    # Sealed (L4): outside the named team it does not exist.
    Wall(
        "courts_plannedoperation",
        app="SELECT, INSERT, UPDATE (status, version)",
        see=f"{PLANNED} AND id = {MY_OPERATIONS}",
        write=f"{PLANNED} AND (made_by_id = {ACTOR} OR id = {MY_OPERATIONS})",
        never="DELETE",
    ),
    Wall(
        "courts_plannedoperationmember",
        app="SELECT, INSERT",
        see="EXISTS (SELECT FROM courts_plannedoperation o WHERE o.id = operation_id)",
        never="UPDATE, DELETE",
    ),
    Wall(
        "courts_operation",
        app="SELECT, INSERT, UPDATE (type, happened_on, country, admin1, lead_agency_id, "
        "supporting_agencies, coalition, ngo_support, social_worker_present, devices_seized, "
        "version)",
        see=OPERATIONS,
        never="DELETE",
    ),
    Wall("courts_operationevent", app="SELECT, INSERT", see=OPERATIONS, never="UPDATE"),
    Wall(
        "courts_hearing",
        app="SELECT, INSERT, UPDATE (status, postponed_because, instead_id, protections, "
        "report_sent_on, version)",
        see=MINE,
        never="DELETE",
        frozen={"a_hearing_ends_once": "OLD.status <> 'scheduled' AND OLD.status <> NEW.status"},
    ),
    Wall(
        "courts_hearingattendance",
        app="SELECT, INSERT, UPDATE (attendance, supporter_id)",
        see=MINE,
    ),
    Wall(
        "courts_calendarfeed",
        app="SELECT, INSERT, UPDATE (revoked_at)",
        see=f"user_id = {ACTOR}",
    ),
    Wall("courts_operationoutcome", app="SELECT, INSERT", see=OPERATIONS, never="UPDATE, DELETE"),
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
