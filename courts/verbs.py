from django.utils.translation import gettext_lazy as _

VERBS = {
    "proceeding.opened_new": _("opened a proceeding"),
    "proceeding.opened": _("looked at a proceeding"),
    "proceeding.listed": _("looked at the list of proceedings"),
    "proceeding.advanced": _("recorded a step of a proceeding"),
    "proceeding.changed": _("changed court, number or prosecutor of a proceeding"),
    "charge.filed": _("recorded a charge"),
    "charge.changed": _("put a charge right"),
    "charge.replaced": _("put one charge in the place of another"),
    "charge.plea_entered": _("recorded a plea"),
    "operation.planned": _("planned an operation"),
    "operation.plan_opened": _("looked at a planned operation"),
    "operation.member_named": _("named somebody to know of a planned operation"),
    "operation.called_off": _("called off a planned operation"),
    "operation.recorded": _("recorded an operation"),
    "operation.changed": _("put the record of an operation right"),
    "operation.opened": _("looked at an operation"),
    "operation.listed": _("looked at the operations of a case"),
    "operation.outcome_recorded": _("recorded what an operation was for somebody"),
    "operation.outcome_reclassified": _("recorded another outcome of an operation for somebody"),
    "statute.listed": _("looked at the table of offences"),
    "statute.added": _("added an offence to the table"),
    "statute.changed": _("changed an offence in the table"),
    "procedure.listed": _("looked at the steps of the courts"),
    "verdict.recorded": _("recorded a verdict"),
    "appeal.filed": _("recorded an appeal"),
    "appeal.decided": _("recorded what a higher court decided"),
    "sentence.recorded": _("recorded a sentence"),
    "sentence.release_recorded": _("recorded how a sentence is served"),
    "compensation.awarded": _("recorded what was awarded to a survivor"),
    "compensation.paid": _("recorded what was paid of an award"),
    "release.wish_recorded": _("recorded whether a survivor wants to hear of a release"),
}

# What only looks, or takes a copy out (`audit.verbs.looks`).
LOOKS = frozenset(
    {
        "proceeding.opened",
        "proceeding.listed",
        "operation.listed",
        "operation.opened",
        "operation.plan_opened",
        "procedure.listed",
        "statute.listed",
    }
)
