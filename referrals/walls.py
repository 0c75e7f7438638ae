"""Row-level security of referrals: the desk's team, and whoever sees the case."""

from django.conf import settings

from accounts.walls import may
from audit.walls import log_name_functions
from cases.erasing import erasure_functions, other_erasing
from cases.retention import keeping_function
from core.choices import Sensitivity
from core.walls import ACTOR, IN_ACT, TODAY, Wall, changed, day_of, definer_procedure, listed
from referrals import board_walls, hidden_walls
from referrals.erasure import KIND, STEPS
from referrals.models import OPEN

MY_TEAM = "team_id = ANY ((SELECT liwanag_my_teams())::uuid[])"
# R-A4: what a conflict of interest hides is hidden on the team's own desk too.
CLOCK = may("referrals.escalate_danger")
READ = (
    f"{may('referrals.read_referral')} "
    f"AND (case_id = ANY ((SELECT liwanag_my_cases())::uuid[]) OR ({MY_TEAM} AND (case_id IS NULL "
    "OR case_id <> ALL ((SELECT liwanag_hidden_cases())::uuid[]))))"
)
# The clock service looks for children in danger whom nobody took up, and for nothing else.
# A partner's system sees what it submitted itself, and nothing of the desk.
SUBMITS = f"({may('referrals.submit_referral')} AND logged_by_id = {ACTOR})"
DESKS = (
    f"(NOT {CLOCK} AND {READ}) OR ({CLOCK} AND immediate_danger = 'yes' AND status = 'received')"
)
MINE = f"{SUBMITS} OR {DESKS}"
# The history of a referral is seen by whoever sees the referral; its own policy says who.
HISTORY = "EXISTS (SELECT FROM referrals_referral r WHERE r.id = referrals_referralevent.id)"

# What hangs on a referral is seen by whoever sees it.
OF_REFERRAL = "EXISTS (SELECT FROM referrals_referral r WHERE r.id = referral_id)"

# What hangs on it and is restricted, as its summary is: by whoever may open that
# (`policies.can_read_summary`).
OPENED = (
    f"{OF_REFERRAL} AND ({may('referrals.start_triage')} "
    f"OR (SELECT liwanag_my_clearance()) >= {int(Sensitivity.RESTRICTED)})"
)

OF_AGENCY = f"{may('referrals.read_referral')} AND agency_id = (SELECT liwanag_my_agency())"

# What somebody brought is theirs alone. The clock service drops what is old, and opens nothing.
DROPS = may("referrals.drop_imports")
FINISHED = (
    "OLD.finished_at IS NOT NULL AND (NEW.findings <> ''::bytea OR "
    + changed(
        *("id", "created_at", "format", "team_id", "started_by_id", "state", "dry_run", "options"),
        *("file_digest", "rows_in_all", "rows_kept", "rows_known", "rows_refused"),
        *("fields_left_out", "finished_at"),
    )
    + ")"
)
BROUGHT = (
    f"{DROPS} OR EXISTS (SELECT FROM referrals_importbatch b WHERE b.id = batch_id "
    f"AND b.started_by_id = {ACTOR})"
)

# A referral that became no case; one whose words are gone has nothing left to look at.
KEPT = (
    "SELECT r.id, t.agency_id, NULL::uuid AS case_id, r.team_id, r.reference::text, 'referral', "
    f"({day_of('coalesce(r.decided_at, r.created_at)')} "
    f"+ interval '{int(settings.LIWANAG_RETENTION_YEARS['referral'])} years')::date "
    "FROM referrals_referral r JOIN accounts_team t ON t.id = r.team_id "
    "WHERE r.case_id IS NULL AND EXISTS (SELECT FROM vault_datakey d "
    "WHERE d.owner_type = 'referral' AND d.owner_id = r.id)"
)

# What forbids the erasure of a referral `k`: it is open, belongs to a case, or repeats one whose
# case is held.
STOPPED = (
    f"CASE WHEN k.status IN ({listed(OPEN)}) THEN 'undecided' "
    "WHEN k.case_id IS NOT NULL THEN 'became_a_case' "
    "WHEN EXISTS (WITH RECURSIVE told (id, before, case_id) AS ("
    "SELECT k.id, k.duplicate_of_id, k.case_id UNION "
    "SELECT f.id, f.duplicate_of_id, f.case_id FROM referrals_referral f "
    "JOIN told ON f.id = told.before) "
    "SELECT FROM told JOIN cases_legalhold h ON h.case_id = told.case_id "
    f"AND h.released_at IS NULL AND (h.until IS NULL OR h.until >= {TODAY})) "
    "THEN 'legal_hold' ELSE '' END"
)

FUNCTIONS = [
    *log_name_functions("referrals", "SELECT id, reference::text FROM referrals_referral"),
    *other_erasing(KIND, table="referrals_referral", stopped=STOPPED),
    *erasure_functions(STEPS),
    *board_walls.FUNCTIONS,
    *hidden_walls.FUNCTIONS,
    keeping_function("referral", KEPT),
    # Onto the desk of another team of the agency, which whoever logs it may not see: of a referral
    # that they logged within this very act, and that nobody took up.
    definer_procedure(
        "liwanag_hand_referral_on",
        "boolean",
        "BEGIN UPDATE referrals_referral r SET team_id = $2, version = r.version + 1 "
        "WHERE r.id = $1 AND r.status = 'received' AND r.case_id IS NULL "
        f"AND r.logged_by_id = {ACTOR} AND r.override_reason = '' AND {IN_ACT} "
        "AND r.created_at >= now() - interval '5 minutes' "
        "AND liwanag_may('referrals.log_referral') "
        "AND r.team_id = ANY ((SELECT liwanag_my_teams())::uuid[]) "
        "AND EXISTS (SELECT FROM referrals_routingrule u WHERE u.id = r.routed_by_id "
        "AND u.team_id = $2 AND u.ended_at IS NULL AND u.agency_id = liwanag_my_agency()); "
        "RETURN FOUND; END",
        arguments="a_referral uuid, a_team uuid",
    ),
]

WALLS = [
    Wall(
        "referrals_referral",
        app="SELECT, INSERT, UPDATE (status, version, assigned_to_id, triaged_at, triaged_by_id, "
        "acknowledged_at, acknowledged_by_way_of, waiting_since, waited, decided_by_id, "
        "decided_at, case_id, team_id, subject, subject_person_id, decline_reason, decision_note, "
        "redirected_to_id, redirected_to_name, duplicate_of_id, outcome, closed_at, closed_by_id)",
        see=MINE,
    ),
    Wall(
        "referrals_referraltokens",
        # Written with the subject, gone with it.
        app="SELECT, INSERT, DELETE",
        see=OPENED,
        write=OF_REFERRAL,
        never="UPDATE",
    ),
    *hidden_walls.WALLS,
    Wall(
        "referrals_indicatorobservation",
        app="SELECT, INSERT, UPDATE (taken_back_at, taken_back_by_id)",
        see=OPENED,
        frozen={"what_was_taken_back_stays": "OLD.taken_back_at IS NOT NULL"},
    ),
    Wall("referrals_indicatorassessment", app="SELECT, INSERT", see=OPENED, never="UPDATE"),
    Wall(
        "referrals_payment",
        app="SELECT, INSERT, UPDATE (taken_back_at, taken_back_by_id)",
        see=OPENED,
        frozen={"what_was_taken_back_stays": "OLD.taken_back_at IS NOT NULL"},
    ),
    Wall(
        "referrals_sourcequestion",
        app="SELECT, INSERT, UPDATE (chasers, chased_at, answer_due, ended_at, ended_by_id, "
        '"end", answer)',
        see=OF_REFERRAL,
        frozen={"an_ended_question_stays": "OLD.ended_at IS NOT NULL"},
    ),
    Wall(
        "referrals_sourcefeedback",
        app="SELECT, INSERT",
        see=OF_REFERRAL,
        never="UPDATE",
    ),
    Wall(
        "referrals_referralevent",
        app="SELECT, INSERT",
        see=HISTORY,
        # Of a referral of one's own, written with it: its history does not say who logged it.
        write=f"{HISTORY} OR {DESKS}",
        never="UPDATE",
    ),
    Wall(
        "referrals_importbatch",
        app="SELECT, INSERT, UPDATE (state, dry_run, rows_in_all, rows_kept, rows_known, "
        "rows_refused, fields_left_out, findings, findings_dropped_at, finished_at)",
        see=f"{DROPS} OR {MY_TEAM}",
        # But what it told of single entries is dropped after a week.
        frozen={"a_finished_import_stays": FINISHED},
    ),
    Wall(
        "referrals_routingrule",
        app="SELECT, INSERT, UPDATE (ended_at, ended_by_id)",
        see=OF_AGENCY,
        write=f"{may('referrals.set_routing')} AND {OF_AGENCY}",
        frozen={"an_ended_rule_stays": "OLD.ended_at IS NOT NULL"},
    ),
    Wall(
        "referrals_oncallshift",
        app="SELECT, INSERT, UPDATE (ends_at)",
        see=f"{CLOCK} OR ({may('referrals.read_referral')} AND {MY_TEAM})",
        write=MY_TEAM,
    ),
    Wall(
        "referrals_keptlist",
        app="SELECT, INSERT, UPDATE (digest, told_on), DELETE",
        see=f"{may('referrals.tell_of_lists')} OR ({may('referrals.read_referral')} "
        f"AND owner_id = {ACTOR})",
    ),
    Wall(
        "referrals_dangeralert",
        app="SELECT, INSERT",
        see=OF_REFERRAL,
        never="UPDATE",
    ),
    Wall("referrals_importwaiting", app="SELECT, INSERT, DELETE", see=BROUGHT, never="UPDATE"),
    Wall("referrals_importrejects", app="SELECT, INSERT, DELETE", see=BROUGHT, never="UPDATE"),
    Wall("referrals_cybertip", app="SELECT, INSERT", see=OF_REFERRAL, never="UPDATE"),
    Wall(
        "referrals_referraldraft",
        app="SELECT, INSERT, UPDATE (content, saved_at, expires_at), DELETE",
        see=f"{may('referrals.drop_drafts')} OR author_id = {ACTOR}",
        write=f"author_id = {ACTOR}",
    ),
    Wall(
        "referrals_partnersubmission",
        app="SELECT, INSERT, DELETE",
        see="system_id IN (SELECT s.id FROM accounts_partnersystem s "
        f"WHERE s.account_id = {ACTOR})",
        never="UPDATE",
    ),
    Wall("referrals_savedmapping", app="SELECT, INSERT", see=MY_TEAM, never="UPDATE"),
    Wall("referrals_importedrow", app="SELECT, INSERT", see=MY_TEAM, never="UPDATE"),
]
