from django.utils.translation import gettext_lazy as _

VERBS = {
    "work.listed": _("looked at what needs doing"),
    "find.searched": _("looked for something by code or name"),
    "page.printed": _("printed a page"),
}

# What only looks, or takes a copy out (`audit.verbs.looks`).
LOOKS = frozenset(
    {
        "find.searched",
        "work.listed",
        "page.printed",
    }
)
