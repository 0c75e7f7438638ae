"""Why somebody opens a case: short enough to choose with one tap."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class CasePurpose(models.TextChoices):
    CASEWORK = "casework", _("My work on this case")
    CONTACT = "contact", _("A contact with the survivor or the family")
    MEETING = "meeting", _("Preparing a meeting or a hearing")
    REQUEST = "request", _("A question from a partner or an authority")
    COVER = "cover", _("Covering for a colleague")
    SUPERVISION = "supervision", _("Supervision or a review")
    CORRECTION = "correction", _("Putting a record right")


class ManyReason(models.TextChoices):
    """Why somebody has to open more cases within an hour than their own work asks for."""

    HANDOVER = "handover", _("A whole caseload changes hands")
    ORDER = "order", _("An order of a court or an authority")
    CHECK = "check", _("A check of how cases are kept")
    MOVING = "moving", _("Records move to another system")
    FIGURES = "figures", _("Figures that no report gives")


# What nobody states: emergency access said its reason when the glass was broken.
IN_EMERGENCY = "emergency"
