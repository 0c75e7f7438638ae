"""What may be done on the referral desk: a part of the table in `accounts.roles`."""

from __future__ import annotations

REFERRAL_READ = {"cases.report_breach", "referrals.read_referral"}
REFERRAL_DESK = REFERRAL_READ | {
    "referrals.log_referral",
    "referrals.start_triage",
    "referrals.accept_referral",
    "referrals.decline_referral",
    "referrals.acknowledge_referral",
    "referrals.ask_source",
    "referrals.redirect_referral",
    "referrals.mark_duplicate",
    "referrals.withdraw_referral",
    "referrals.give_feedback",
    "referrals.close_referral",
    "referrals.assign_referrals",
    "referrals.answer_match",
    "referrals.record_indicator",
    "referrals.assess_indicators",
    "referrals.import_referrals",
    "referrals.take_rejects",
    "cases.open_case",
    # Material may come with a referral or a sheet: reported at once, whatever else is open.
    "cases.report_material",
    # Whom an accepted referral is about becomes a person of its case.
    "cases.add_participant",
}
# Whoever leads the desk.
REFERRAL_LEAD = {
    "referrals.reopen_referral",
    "referrals.unlink_referral",
    "referrals.set_on_call",
    "referrals.set_routing",
    # Of one's own desk; a manager reads the whole agency's, rounded.
    "referrals.read_exact_board",
}
