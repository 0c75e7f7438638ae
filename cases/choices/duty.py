"""Codes of the duty to report."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class DutyTrigger(models.TextChoices):
    """What sets the clock going. Codes alone: what happened stands in the notes."""

    ABUSE_DISCLOSED = "abuse_disclosed", _("A child or somebody else told us of abuse")
    IMMEDIATE_DANGER = "immediate_danger", _("A child is in danger now")
    MATERIAL_FOUND = "material_found", _("Suspected abuse material was found")
    ALLEGED_OFFENDER_KNOWN = "alleged_offender_known", _("We learned who may have done it")
    OTHER = "other", _("Something else the law names")


class DutyStatus(models.TextChoices):
    """due → reported → acknowledged; due → not required (by a second person)."""

    DUE = "due", _("Still to be reported")
    REPORTED = "reported", _("Reported, no receipt yet")
    ACKNOWLEDGED = "acknowledged", _("Reported, with receipt")
    NOT_REQUIRED = "not_required", _("Not required")


DUTY_STEPS: dict[str, tuple[str, ...]] = {
    DutyStatus.DUE: (DutyStatus.REPORTED, DutyStatus.ACKNOWLEDGED, DutyStatus.NOT_REQUIRED),
    DutyStatus.REPORTED: (DutyStatus.ACKNOWLEDGED,),
}


class ReportedHow(models.TextChoices):
    PHONE = "phone", _("By telephone")
    WRITTEN = "written", _("In writing")
    PORTAL = "portal", _("On the authority’s own system")
    IN_PERSON = "in_person", _("In person")


# What was only said leaves no trace with the authority: it is put in writing.
ONLY_SAID = (ReportedHow.PHONE, ReportedHow.IN_PERSON)


class NotRequired(models.TextChoices):
    """Why a duty turned out to be none."""

    REPORTED_BY_ANOTHER = "reported_by_another", _("Another agency reported it, and we saw proof")
    NOT_REPORTABLE = "not_reportable", _("The law does not ask for it here")
    RECORDED_IN_ERROR = "recorded_in_error", _("It was recorded by mistake")
