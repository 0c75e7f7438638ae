"""Row-level security of exports: whoever asked, and whoever approves; the file is the asker's."""

from __future__ import annotations

from accounts.walls import may
from core.walls import ACTOR, Wall, changed, definer_function, step_out_of_order, the_applications
from handoffs.models import ALONE_UP_TO, EXPORT_STEPS

MY_AGENCY = "(SELECT liwanag_my_agency())"
DROPS = may("handoffs.drop_exports")
ASKED_BY_ME = f"({may('handoffs.export_cases')} AND asked_by_id = {ACTOR})"
APPROVED_HERE = f"({may('handoffs.approve_export')} AND agency_id = {MY_AGENCY})"
ASKED = (
    *("id", "created_at", "reference", "format", "purpose", "agency_id", "recipient_id"),
    *("reason", "sections", "who_said_no", "asked_by_id", "case_ids", "records"),
)
DECISION = ("decided_by_id", "decided_at")
MADE = ("held", "rows", "left_out", "ready_at", "expires_at", "place_ids")
OF_MINE = (
    "EXISTS (SELECT FROM handoffs_caseexport e WHERE e.id = export_id "
    f"AND e.asked_by_id = {ACTOR} AND {may('handoffs.export_cases')}"
)

FUNCTIONS = [
    # Several small exports of one day count as one (`handoffs.services.exports`).
    definer_function(
        "liwanag_exported_alone",
        "integer",
        "SELECT coalesce(sum(records), 0)::integer FROM handoffs_caseexport WHERE asked_by_id = $1 "
        "AND decided_by_id IS NULL AND state <> 'refused' "
        "AND created_at > now() - interval '1 day'",
        arguments="a_person uuid",
    ),
]

WALLS = [
    Wall(
        "handoffs_caseexport",
        app="SELECT, INSERT, UPDATE (state, decided_by_id, decided_at, held, rows, left_out, "
        "ready_at, expires_at, gone_because, place_ids)",
        see=f"{DROPS} OR {ASKED_BY_ME} OR {APPROVED_HERE}",
        write=f"{DROPS} OR (asked_by_id = {ACTOR} AND agency_id = {MY_AGENCY} "
        f"AND {may('handoffs.export_cases')}) OR {APPROVED_HERE}",
        never="DELETE",
        born={
            "nobody_decides_for_themselves": "NEW.decided_by_id IS NOT NULL",
            "it_begins_at_the_beginning": "NEW.state NOT IN ('asked', 'building')",
            "many_take_a_second_person": the_applications(
                "NEW.state = 'building' AND NEW.records + liwanag_exported_alone(NEW.asked_by_id) "
                f"> {ALONE_UP_TO}"
            ),
        },
        frozen={
            "steps_go_in_order": step_out_of_order(EXPORT_STEPS, "state"),
            "what_was_asked_stays": changed(*ASKED),
            "nobody_comes_in_later": "NOT (NEW.place_ids <@ OLD.place_ids)",
            "a_second_person_decides": the_applications(
                f"(({changed(*DECISION)}) OR (OLD.state = 'asked' AND NEW.state <> 'asked')) "
                f"AND (OLD.state <> 'asked' OR NEW.decided_by_id IS DISTINCT FROM {ACTOR} "
                f"OR NEW.asked_by_id = {ACTOR} OR NOT liwanag_may('handoffs.approve_export'))"
            ),
            "what_was_made_stays": f"OLD.state <> 'building' AND {changed(*MADE)}",
        },
    ),
    Wall(
        "handoffs_exportfile",
        app="SELECT, INSERT, DELETE",
        see=f"{DROPS} OR {OF_MINE})",
        # Into an export that is being made, and into no other.
        write=f"{OF_MINE} AND e.state = 'building')",
        never="UPDATE",
    ),
]
