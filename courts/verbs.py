from django.utils.translation import gettext_lazy as _

VERBS = {
    "proceeding.opened_new": _("opened a proceeding"),
    "proceeding.opened": _("looked at a proceeding"),
    "proceeding.listed": _("looked at the list of proceedings"),
    "proceeding.advanced": _("moved a proceeding to another stage"),
    "charge.filed": _("recorded a charge"),
    "verdict.recorded": _("recorded a verdict"),
}

# What only looks, or takes a copy out (`audit.verbs.looks`).
LOOKS = frozenset(
    {
        "proceeding.opened",
        "proceeding.listed",
    }
)
