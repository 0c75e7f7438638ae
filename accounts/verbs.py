from django.utils.translation import gettext_lazy as _

VERBS = {
    "signin.succeeded": _("signed in"),
    "signin.failed": _("somebody failed to sign in"),
    "signin.ended": _("signed out"),
    "signin.exited": _("left with “Exit this page”"),
    "signin.locked": _("was signed out of an idle screen"),
    "factor.added": _("added a second factor"),
    "factor.removed": _("removed a second factor"),
    "factor.confirmed": _("gave their second factor again"),
    "factor.refused": _("gave a second factor that was refused"),
    "factor.unreadable": _("had a second factor whose secret does not open"),
    "password.changed": _("changed their password"),
    "agency.added": _("added an agency"),
    "team.added": _("added a team"),
    "agreement.added": _("added a data-sharing agreement"),
    "user.invited": _("invited a person"),
    "user.closed": _("closed an account"),
    "role.assigned": _("assigned a role"),
    "role.ended": _("ended a role"),
    "directory.listed": _("looked at the directory"),
}
