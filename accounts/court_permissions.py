"""What may be done about operations and courts: a part of the table in `accounts.roles`."""

from __future__ import annotations

COURT_READ = {
    "courts.read_proceeding",
    "courts.read_operation",
    # For oneself alone.
    "courts.feed_calendar",
}
OPERATION_WORK = {
    "courts.plan_operation",
    "courts.record_operation",
    "courts.record_outcome",
}
# Whoever records operations reads what came of them before the courts.
OPERATIONS = COURT_READ | OPERATION_WORK
COURT_WORK = (
    COURT_READ
    | OPERATION_WORK
    | {
        "courts.open_proceeding",
        "courts.file_charge",
        "courts.record_verdict",
        "courts.advance_proceeding",
        "courts.change_proceeding",
        "courts.amend_charge",
        "courts.enter_plea",
        "courts.file_appeal",
        "courts.decide_appeal",
        "courts.record_sentence",
        "courts.record_release",
        "courts.award_compensation",
        "courts.record_wish",
        "courts.schedule_hearing",
        "courts.end_hearing",
        "courts.prepare_hearing",
        "courts.edit_law",
    }
)
