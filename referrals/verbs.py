from django.utils.translation import gettext_lazy as _

VERBS = {
    "referral.logged": _("logged a referral"),
    "referral.imported": _("imported a referral"),
    "referral.import_requested": _("brought files to import"),
    "referral.sheet_looked_at": _("looked at a sheet they had brought"),
    "referral.columns_chosen": _("said what the columns of a sheet hold"),
    "referral.import_taken_up": _("took up an import"),
    "referral.import_repeated": _("found an import done already"),
    "referral.import_opened": _("looked at an import"),
    "referral.imports_listed": _("looked at the imports of a desk"),
    "referral.rejects_taken": _("took out what an import did not take"),
    "referral.rejects_dropped": _("dropped what an import did not take"),
    "referral.brought_files_dropped": _("dropped files of old imports"),
    "referral.import_checked": _("tried an import without keeping it"),
    "referral.import_started": _("started an import"),
    "referral.import_skipped": _("passed over rows imported before"),
    "referral.import_refused": _("sent a file that was not taken"),
    "referral.import_finished": _("finished an import"),
    "referral.opened": _("opened the referral"),
    "referral.summary_opened": _("opened the summary of the referral"),
    "referral.listed": _("looked at the list of referrals"),
    "referral.triage_started": _("started triage of the referral"),
    "referral.accepted": _("accepted the referral"),
    "referral.duty_noted": _("noted a duty to report on the referral"),
    "referral.declined": _("declined the referral"),
    "referral.acknowledged": _("told the source that its referral arrived"),
    "referral.source_asked": _("asked the source of the referral"),
    "referral.source_chased": _("asked the source of the referral again"),
    "referral.source_answered": _("took down the source’s answer about the referral"),
    "referral.redirected": _("redirected the referral to another agency"),
    "referral.marked_duplicate": _("marked the referral as told before"),
    "referral.withdrawn": _("recorded that the source took the referral back"),
    "referral.feedback_given": _("told the source what came of the referral"),
    "referral.closed": _("closed the referral"),
    "referral.reopened": _("reopened the referral"),
    "referral.danger_alerted": _("had people called about a child in danger in the referral"),
    "oncall.set": _("said who is on call"),
    "oncall.ended": _("ended a time on call"),
    "oncall.listed": _("looked at who is on call"),
    "referral.assigned": _("gave the referral to a colleague"),
}

# What only looks, or takes a copy out (`audit.verbs.looks`).
LOOKS = frozenset(
    {
        "referral.opened",
        "referral.summary_opened",
        "referral.listed",
        "oncall.listed",
    }
)
