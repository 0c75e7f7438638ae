"""Measures of help, of work and of safeguards."""

from __future__ import annotations

from accounts.roles import Role
from cases.choices import ClosureReason, ServiceOutcome, ServiceType
from handoffs.choices import Status
from reporting.declared.shape import COUNT, MINE, SHARE, SPREAD, Declared, Part, dated

FAMILY = "care"
TODAY = "As it stands today, whatever period is asked for."
SENT = f"fact_handoff WHERE {MINE} AND {dated('sent_on')}"
CASES = f"fact_case WHERE {MINE} AND {dated('opened_on')}"
EVENTS = {
    "break_glass": "Emergency access",
    "consent_withdrawn": "Consents withdrawn",
    "retention": "Decisions on keeping records",
    "blocked_upload": "Uploads stopped",
}

CARE = (
    Declared(
        "S-SRV",
        "Services",
        FAMILY,
        "people",
        "Survivors who received a service, by type.",
        "Survivors of open cases",
        "day the service began",
        "X",
        "A service counts from the day it began. Declined and not available are answers too.",
        (
            Part(
                "Survivors of open cases with a service",
                SHARE,
                f"""SELECT person_key, bool_or(coalesce({dated("started_on")}, false))
                     FROM fact_service WHERE {MINE} AND case_is_open GROUP BY person_key""",
            ),
            Part(
                "Survivors by type of service",
                COUNT,
                f"SELECT person_key, type FROM fact_service WHERE {MINE} AND {dated('started_on')}",
                labels=dict(ServiceType.choices),
                many=True,
            ),
            Part(
                "Days from safety to the first psychosocial service",
                SPREAD,
                f"""SELECT person_key, first_on - safe_on FROM
                     (SELECT person_key, min(started_on) AS first_on, min(safeguarded_on) AS safe_on
                      FROM fact_service WHERE {MINE} AND type = 'psychosocial'
                      GROUP BY person_key) s
                     WHERE {dated("first_on")} AND first_on >= safe_on""",
                of="days",
            ),
            Part(
                "Survivors who declined, or for whom there was none",
                COUNT,
                f"""SELECT person_key, outcome FROM fact_service WHERE {MINE}
                     AND {dated("requested_on")}
                     AND outcome IN ('declined_by_survivor', 'unavailable')""",
                labels={
                    c.value: c.label
                    for c in ServiceOutcome
                    if c.value in ("declined_by_survivor", "unavailable")
                },
                many=True,
            ),
        ),
    ),
    Declared(
        "S-OUT",
        "How survivors fare",
        FAMILY,
        "people",
        "Survivors assessed twice or more with one instrument.",
        "Survivors assessed",
        "day of the assessment",
        "domain",
        "An assessment counts for whoever it is about, up to the as-of day.",
        (
            Part(
                "Assessed at least twice",
                SHARE,
                f"""SELECT person_key, bool_or(n >= 2) FROM
                     (SELECT person_key, instrument, count(DISTINCT assessed_on) AS n,
                         max(assessed_on) AS last_on FROM fact_assessed
                      WHERE {MINE} AND assessed_on <= %(as_of)s
                      GROUP BY person_key, instrument) a
                     WHERE {dated("last_on")} GROUP BY person_key""",
            ),
        ),
        not_counted="The share above the threshold in every domain, and the change since intake: "
        "answers of assessments are sealed, and the statistics service cannot open them.",
    ),
    Declared(
        "S-CLO",
        "Cases closed and opened again",
        FAMILY,
        "closures",
        "Closures by reason; those after which the case was opened again within 12 months.",
        "Closures of the period",
        "day of the closure",
        "",
        "Whether a case comes back is known after 12 months, or as soon as it does.",
        (
            Part(
                "Closures",
                COUNT,
                f"SELECT closure_key, reason FROM fact_closure WHERE {MINE} "
                f"AND {dated('closed_on')}",
                of="closures",
                labels=dict(ClosureReason.choices),
            ),
            Part(
                "Opened again within 12 months",
                SHARE,
                f"""SELECT closure_key, CASE
                     WHEN reopened_on <= least(closed_on + interval '12 months', %(as_of)s)
                         THEN true
                     WHEN closed_on + interval '12 months' <= %(as_of)s THEN false END
                     FROM fact_closure WHERE {MINE} AND {dated("closed_on")}""",
                of="closures",
            ),
        ),
    ),
    Declared(
        "S-WRK",
        "Workload",
        FAMILY,
        "staff",
        "Open cases for each person who leads any.",
        "Staff",
        "today",
        "X",
        TODAY,
        (
            Part(
                "Open cases of one person",
                SPREAD,
                f"SELECT staff_key, count(DISTINCT case_key) FROM fact_lead WHERE {MINE} "
                "GROUP BY staff_key",
                of="staff",
                of_people=False,
            ),
            Part(
                "Staff by role",
                COUNT,
                f"SELECT staff_key, role FROM fact_staff WHERE {MINE} "
                "AND role IN ('caseworker', 'supervisor')",
                of="staff",
                many=True,
                labels={c.value: c.label for c in Role if c.value in ("caseworker", "supervisor")},
                of_people=False,
            ),
            Part(
                "Open tasks that are overdue",
                SHARE,
                f"""SELECT task_key, due_on < %(as_of)s FROM fact_task WHERE {MINE}
                     AND set_on <= %(as_of)s AND (ended_on IS NULL OR ended_on > %(as_of)s)""",
                of="tasks",
                of_people=False,
            ),
        ),
    ),
    Declared(
        "S-HND",
        "Handoffs",
        FAMILY,
        "handoffs",
        "Handoffs sent, by what became of them.",
        "Handoffs sent",
        "day sent",
        "X pair",
        "What became of them is as it stands today.",
        (
            Part(
                "Handoffs",
                COUNT,
                f"SELECT handoff_key, status FROM {SENT}",
                of="handoffs",
                labels=dict(Status.choices),
                of_people=False,
            ),
            Part(
                "Days until accepted",
                SPREAD,
                f"SELECT handoff_key, days_to_answer FROM {SENT} "
                "AND status IN ('accepted', 'completed')",
                of="days",
                of_people=False,
            ),
            Part(
                "Completed with feedback",
                SHARE,
                f"SELECT handoff_key, has_feedback FROM {SENT} AND status = 'completed'",
                of="handoffs",
                of_people=False,
            ),
            Part(
                "Across a border",
                SHARE,
                f"SELECT handoff_key, crosses_a_border FROM {SENT}",
                of="handoffs",
                of_people=False,
            ),
        ),
    ),
    Declared(
        "S-XB",
        "Work across borders",
        FAMILY,
        "cases",
        "Cases on which agencies of two or more countries work; cases with a proceeding on the "
        "demand side.",
        "Cases opened",
        "day the case was opened",
        "D C",
        "An agency works on a case that it leads or has accepted.",
        (
            Part(
                "Two countries or more",
                SHARE,
                f"SELECT case_key, countries >= 2 FROM {CASES}",
                of="cases",
            ),
            Part(
                "With a proceeding on the demand side",
                SHARE,
                f"SELECT case_key, has_demand_side FROM {CASES}",
                of="cases",
            ),
        ),
    ),
    Declared(
        "S-SL",
        "Survivors have a say",
        FAMILY,
        "releases",
        "Reports published that a survivor advisor looked over.",
        "Reports published",
        "day published",
        "",
        "Every report for the public has to be looked over.",
        (
            Part(
                "Looked over by a survivor advisor",
                SHARE,
                f"SELECT release_key, was_advised FROM fact_release WHERE {MINE} "
                f"AND {dated('published_on')}",
                of="reports",
                of_people=False,
            ),
        ),
        not_counted="Feedback of survivors on reports: it is not recorded yet.",
    ),
    Declared(
        "S-GOV",
        "Safeguards",
        FAMILY,
        "events",
        "Emergency access, withdrawn consents, decisions on keeping, uploads stopped.",
        "",
        "day of the event",
        "",
        "An emergency access is justified where its review found it in order.",
        (
            Part(
                "Events",
                COUNT,
                f"""SELECT event_key, kind FROM fact_safeguard WHERE {MINE}
                     AND {dated("happened_on")} AND kind IN ('break_glass', 'consent_withdrawn',
                     'retention', 'blocked_upload')""",
                of="events",
                labels=EVENTS,
                of_people=False,
            ),
            Part(
                "Emergency access found in order",
                SHARE,
                f"SELECT event_key, in_order FROM fact_safeguard WHERE {MINE} "
                f"AND {dated('happened_on')} AND kind = 'break_glass'",
                of="reviews",
                of_people=False,
            ),
            Part(
                "Handoffs with a legal basis on record",
                SHARE,
                f"SELECT handoff_key, has_a_basis FROM {SENT}",
                of="handoffs",
                of_people=False,
            ),
        ),
        not_counted="Whether a withdrawn consent was honoured within 72 hours: it takes effect at "
        "once here, and what a receiver does is not timed.",
    ),
)
