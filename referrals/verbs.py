from django.utils.translation import gettext_lazy as _

VERBS = {
    "referral.logged": _("logged a referral"),
    "referral.imported": _("imported a referral"),
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
}
