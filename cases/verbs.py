from django.utils.translation import gettext_lazy as _

VERBS = {
    "case.opened_new": _("opened a new case"),
    "case.opened": _("opened the case"),
    "case.listed": _("looked at the list of cases"),
    "case.stage_changed": _("moved the case to another stage"),
    "case.risk_assessed": _("assessed the risk"),
    "case.team_assigned": _("gave a team sight of the case"),
    "participant.added": _("added a person to the case"),
    "participant.role_given": _("gave a person a further place in a case"),
    "participant.legal_status_changed": _("changed the legal status of a person"),
    "person.linked": _("recorded what two people are to each other"),
    "household.joined": _("recorded who lives in a household"),
    "household.left": _("recorded who left a household"),
    "family.opened": _("looked at the family and households of the case"),
    "person.listed": _("looked at the people of the case"),
    "person.opened": _("opened a person’s record"),
    "identity.shown": _("opened the identity of a person"),
    "note.written": _("wrote a note"),
    "note.opened": _("opened a note"),
    "note.listed": _("looked at the notes of the case"),
}
