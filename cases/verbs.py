from django.utils.translation import gettext_lazy as _

VERBS = {
    "case.opened_new": _("opened a new case"),
    "case.opened": _("opened the case"),
    "case.listed": _("looked at the list of cases"),
    "case.stage_changed": _("moved the case to another stage"),
    "case.risk_assessed": _("assessed the risk"),
    "case.team_assigned": _("gave a team sight of the case"),
    "participant.added": _("added a person to the case"),
    "person.listed": _("looked at the people of the case"),
    "person.opened": _("opened a person’s record"),
    "identity.shown": _("opened the identity of a person"),
    "note.written": _("wrote a note"),
    "note.opened": _("opened a note"),
    "note.listed": _("looked at the notes of the case"),
}
