from django.utils.translation import gettext_lazy as _

VERBS = {
    "handoff.composed": _("composed a handoff"),
    "handoff.changed": _("changed a draft of a handoff"),
    "handoff.sent": _("sent the handoff"),
    "handoff.previewed": _("looked at the outside of a handoff"),
    "handoff.opened": _("looked at the handoff"),
    "handoff.listed": _("looked at the list of handoffs"),
    "handoff.desk_listed": _("looked at the desk"),
    "handoff.accepted": _("accepted the handoff"),
    "handoff.declined": _("declined the handoff"),
    "handoff.revoked": _("revoked the handoff"),
    "handoff.stopped": _("stopped the handoff, since nothing carries it any more"),
    "handoff.stop_confirmed": _("confirmed that nothing of the handoff is used any more"),
    "package.previewed": _("looked at what a handoff would hold"),
    "package.opened": _("opened the package of the handoff"),
    "package.mismatched": _("met a package that is not what was sent"),
}

# What only looks, or takes a copy out (`audit.verbs.looks`).
LOOKS = frozenset(
    {
        "handoff.previewed",
        "handoff.opened",
        "handoff.listed",
        "handoff.desk_listed",
        "package.previewed",
        "package.opened",
    }
)
