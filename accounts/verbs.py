from django.utils.translation import gettext_lazy as _

VERBS = {
    "signin.succeeded": _("signed in"),
    "signin.failed": _("somebody failed to sign in"),
    "signin.ended": _("signed out"),
    "signin.locked_out": _("was locked out after too many failed attempts"),
    "signin.lock_lifted": _("let somebody who was locked out try again"),
    "sign_on.set_up": _("set up single sign-on"),
    "sign_on.turned_off": _("turned single sign-on off"),
    "sign_on.opened": _("looked at the settings of single sign-on"),
    "sign_on.used": _("came in by their agency’s sign-in"),
    "sign_on.refused": _("somebody was refused after their agency’s sign-in"),
    "notices.seen": _("marked their notices as seen"),
    "notices.chosen": _("chose how notices reach them"),
    "notices.listed": _("looked at their notices"),
    "session.ended": _("signed out other browsers"),
    "session.ended_for": _("signed somebody out everywhere"),
    "signin.exited": _("left with “Exit this page”"),
    "signin.locked": _("was signed out of an idle screen"),
    "factor.added": _("added a second factor"),
    "factor.removed": _("removed a second factor"),
    "factor.confirmed": _("gave their second factor again"),
    "factor.refused": _("gave a second factor that was refused"),
    "factor.unreadable": _("had a second factor whose secret does not open"),
    "password.changed": _("changed their password"),
    "agency.added": _("added an agency"),
    "agency.profile_set": _("said how the agency decides"),
    "profile.opened": _("looked at how the agency decides"),
    "team.added": _("added a team"),
    "agreement.added": _("added a data-sharing agreement"),
    "user.invited": _("invited a person"),
    "invitation.sent": _("sent a new invitation"),
    "invitation.accepted": _("accepted an invitation"),
    "conduct.accepted": _("accepted the code of conduct"),
    "account.end_set": _("set the last day of an account"),
    "user.reopened": _("opened an account again"),
    "user.none_ended": _("found no account past its last day"),
    "user.closed": _("closed an account"),
    "role.assigned": _("assigned a role"),
    "role.ended": _("ended a role"),
    "account.opened": _("looked at an account"),
    "directory.listed": _("looked at the directory"),
}

# What only looks, or takes a copy out (`audit.verbs.looks`).
LOOKS = frozenset(
    {
        "account.opened",
        "directory.listed",
        "notices.listed",
        "sign_on.opened",
    }
)
