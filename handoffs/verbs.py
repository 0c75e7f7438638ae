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
    "handoff.asked": _("asked for more before answering the handoff"),
    "handoff.replied": _("replied to what was asked about the handoff"),
    "handoff.completed": _("completed the handoff and said what came of it"),
    "handoff.revoked": _("revoked the handoff"),
    "handoff.stopped": _("stopped the handoff, since nothing carries it any more"),
    "handoff.stop_confirmed": _("confirmed that nothing of the handoff is used any more"),
    "package.previewed": _("looked at what a handoff would hold"),
    "package.opened": _("opened the package of the handoff"),
    "package.taken": _("took the sealed file of the handoff"),
    "emergency.told": _("told another agency at once, since a life was in danger"),
    "emergency.looked_at": _("looked at what was told in an emergency"),
    "desk_key.made": _("made a key for their agency’s desk"),
    "desk_key.retired": _("retired the key of their agency’s desk"),
    "desk_key.copied": _("kept a copy of the desk’s key"),
    "desk_key.copy_removed": _("removed a copy of the desk’s key"),
    "desk_key.copies_dropped": _("had copies of desk keys dropped, since their officers left"),
    "desk_key.listed": _("looked at the keys of the desk"),
    "signing_key.made": _("made the key their agency signs handoffs with"),
    "archive_key.made": _("made the archive’s key, held by two people"),
    "archive_key.looked_at": _("looked at the archive’s key"),
    "handoff.letter_printed": _("opened the transmittal letter of the handoff"),
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
        "package.taken",
        "desk_key.listed",
        "archive_key.looked_at",
        "handoff.letter_printed",
        "emergency.looked_at",
    }
)
