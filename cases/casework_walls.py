"""Row-level security of the work on a case: duties to report, tasks, plans, conferences."""

from accounts.walls import ALONE_IF_SMALL, NOT_ALONE_UNLESS_SMALL, may
from accounts.walls import LIVE as LIVE_MEMBER
from cases.choices import SERVICE_ENDS
from cases.scope import IN_MY_CASES, LIVE
from cases.sight_walls import seers_of
from core.walls import Wall, definer_function, listed

# For having two people told of a duty: what grants, restrictions and conflicts of interest say is
# nothing that service reads. They answer nobody else.
ALARM = "WHERE d.id = $1 AND liwanag_may('cases.alert_overdue_duties')"
FUNCTIONS = [
    definer_function(
        "liwanag_duty_seers",
        "uuid[]",
        "SELECT coalesce(array_agg(DISTINCT who.seer), '{}') FROM cases_reportduty d "
        "CROSS JOIN LATERAL ("
        "SELECT m.user_id AS seer FROM accounts_membership m "
        f"WHERE d.case_id IS NULL AND m.team_id = d.team_id AND {LIVE_MEMBER} "
        f"UNION {seers_of('d.case_id')}) who {ALARM}",
        arguments="a_duty uuid",
    ),
    definer_function(
        "liwanag_duty_teams",
        "uuid[]",
        "SELECT coalesce(array_agg(DISTINCT team.id), '{}') FROM cases_reportduty d "
        "CROSS JOIN LATERAL (SELECT d.team_id AS id UNION SELECT t.id FROM "
        "cases_casegroupobjectpermission g JOIN auth_permission p ON p.id = g.permission_id "
        "JOIN accounts_team t ON t.group_id = g.group_id "
        f"WHERE g.case_id = d.case_id AND {LIVE}) team {ALARM}",
        arguments="a_duty uuid",
    ),
]

# What is overdue for whoever has people told; else of one's cases, and of the team's desk.
DUTY = (
    f"CASE WHEN {may('cases.alert_overdue_duties')} THEN status = 'due' AND due_at < now() "
    f"ELSE {may('cases.read_duty')} AND ({IN_MY_CASES} "
    "OR (case_id IS NULL AND team_id = ANY ((SELECT liwanag_my_teams())::uuid[]))) END"
)

TASK = f"{may('cases.read_task')} AND {IN_MY_CASES}"

PLAN = f"{may('cases.read_plan')} AND {IN_MY_CASES}"
SERVICE_OVER = f"OLD.outcome IN ({listed(SERVICE_ENDS)})"

ASSESSMENT = f"{may('cases.read_assessment')} AND {IN_MY_CASES}"
CONFERENCE = f"{may('cases.read_conference')} AND {IN_MY_CASES}"

WALLS = [
    # What somebody answered on a day is never changed: a new day is a new assessment.
    Wall("cases_assessment", app="SELECT, INSERT", see=ASSESSMENT, never="UPDATE"),
    Wall("cases_caseconference", app="SELECT, INSERT", see=CONFERENCE, never="UPDATE, DELETE"),
    Wall("cases_conferenceseat", app="SELECT, INSERT", see=CONFERENCE, never="UPDATE, DELETE"),
    Wall("cases_conferencedecision", app="SELECT, INSERT", see=CONFERENCE, never="UPDATE, DELETE"),
    Wall(
        "cases_caseplan",
        app="SELECT, INSERT, UPDATE (status, answer, agreed_on, review_on, submitted_by_id, "
        "approved_by_id, approved_at, why_returned, version, decided_alone)",
        see=PLAN,
        write=f"{PLAN} AND {NOT_ALONE_UNLESS_SMALL}",
        frozen=ALONE_IF_SMALL,
    ),
    # R-T2: nobody rewrites what a survivor said; the grant leaves the words out.
    Wall(
        "cases_plangoal",
        app="SELECT, INSERT, UPDATE (status, ended_on, version)",
        see=PLAN,
        frozen={
            "their_words_stay": "OLD.words IS DISTINCT FROM NEW.words "
            "OR OLD.whose_words IS DISTINCT FROM NEW.whose_words",
            "an_ended_goal_stays": "OLD.status <> 'open'",
        },
    ),
    Wall("cases_planreview", app="SELECT, INSERT", see=PLAN, never="UPDATE"),
    Wall(
        "cases_supportservice",
        app="SELECT, INSERT, UPDATE (outcome, started_on, ended_on, sessions, version)",
        see=PLAN,
        frozen={"an_ended_service_stays": SERVICE_OVER},
    ),
    # What everybody who sees the case is to mind.
    Wall(
        "cases_caseflag",
        app="SELECT, INSERT, UPDATE (review_on, version, lowered_by_id, lowered_at, what_came)",
        see=IN_MY_CASES,
        frozen={"a_lowered_flag_stays": "OLD.lowered_at IS NOT NULL"},
    ),
    Wall(
        "cases_casetask",
        app="SELECT, INSERT, UPDATE (assignee_id, due_on, status, version, ended_by_id, ended_at, "
        "result)",
        see=TASK,
        never="DELETE",
        # An erasure lets go of the goal, which goes with its person.
        frozen={
            "what_was_done_stands": "OLD.status <> 'open' "
            "AND (to_jsonb(OLD) - 'goal_id') IS DISTINCT FROM (to_jsonb(NEW) - 'goal_id')"
        },
    ),
    Wall(
        "cases_reportduty",
        app="SELECT, INSERT, UPDATE (case_id, status, version, how, reported_at, reported_by_id, "
        "office, spoken_to, receipt_number, acknowledged_at, not_required, decided_by_id, "
        "alerted_at, decided_alone)",
        see=DUTY,
        write=f"({DUTY}) AND {NOT_ALONE_UNLESS_SMALL}",
        never="DELETE",
        frozen={
            **ALONE_IF_SMALL,
            "a_duty_stays_with_its_case": "OLD.case_id IS NOT NULL "
            "AND NEW.case_id IS DISTINCT FROM OLD.case_id",
            "what_was_done_about_a_duty_stands": "OLD.status IN ('acknowledged', 'not_required') "
            "AND (to_jsonb(OLD) - '{case_id,version}'::text[]) "
            "IS DISTINCT FROM (to_jsonb(NEW) - '{case_id,version}'::text[])",
            "a_report_is_not_taken_back": "OLD.status = 'reported' "
            "AND (NEW.status NOT IN ('reported', 'acknowledged') "
            "OR NEW.reported_at IS DISTINCT FROM OLD.reported_at)",
        },
    ),
]
