from django.utils.translation import gettext_lazy as _

VERBS = {
    "handoff.composed": _("composed a handoff"),
    "handoff.sent": _("sent the handoff"),
    "handoff.previewed": _("looked at the outside of a handoff"),
    "handoff.opened": _("looked at the handoff"),
    "handoff.listed": _("looked at the list of handoffs"),
    "handoff.desk_listed": _("looked at the desk"),
    "handoff.accepted": _("accepted the handoff"),
    "handoff.declined": _("declined the handoff"),
    "handoff.revoked": _("revoked the handoff"),
    "package.opened": _("opened the package of the handoff"),
}
