from django.utils.translation import gettext_lazy as _

VERBS = {
    "release.requested": _("asked for a release"),
    "release.computing": _("started computing a release"),
    "release.computed": _("computed a release"),
    "release.failed": _("could not compute a release"),
    "release.published": _("published a release"),
    "release.withdrawn": _("withdrew a release"),
    "release.opened": _("looked at a release"),
    "release.listed": _("looked at the list of releases"),
    "release.downloaded": _("downloaded a release"),
    "outcomes.counted": _("looked at the exact figures of outcomes"),
}

# What only looks, or takes a copy out (`audit.verbs.looks`).
LOOKS = frozenset(
    {
        "outcomes.counted",
        "release.opened",
        "release.listed",
        "release.downloaded",
    }
)
