from django.utils.translation import gettext_lazy as _

VERBS = {
    "work.listed": _("looked at what needs doing"),
    "find.searched": _("looked for something by code or name"),
    "approval.listed": _("looked at what waits for their decision"),
    "handover.asked": _("had supervisors asked to hand over what somebody leads"),
    "handover.not_needed": _("ended an account that leaves nothing to hand over"),
    "page.printed": _("printed a page"),
}

# What only looks, or takes a copy out (`audit.verbs.looks`).
LOOKS = frozenset(
    {
        "find.searched",
        "work.listed",
        "approval.listed",
        "page.printed",
    }
)
