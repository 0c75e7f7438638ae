"""Codes of closing a case and opening it again (domain.md 3.2)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ClosureReason(models.TextChoices):
    GOALS_MET = "goals_met", _("The goals are met")
    SURVIVOR_CHOICE = "survivor_choice", _("The survivor wants to end it")
    AGED_OUT = "aged_out_with_plan", _("Came of age, with a plan")
    RELOCATED = "relocated", _("Moved away")
    TRANSFERRED = "transferred", _("Another agency works on it")
    LOST_CONTACT = "lost_contact", _("Contact is lost")
    DECEASED = "deceased", _("The survivor died")
    NOT_TRAFFICKING = "not_trafficking", _("It was not exploitation or trafficking")
    DUPLICATE = "duplicate", _("The same case is here twice")
    OPENED_IN_ERROR = "opened_in_error", _("It was opened by mistake")
    OTHER = "other", _("Another reason")


# The work has come to its end: asked for from follow-up alone.
AFTER_FOLLOW_UP = (ClosureReason.GOALS_MET, ClosureReason.AGED_OUT)
# There may be nobody to ask whether they may be contacted later.
NOBODY_TO_ASK = (
    ClosureReason.LOST_CONTACT,
    ClosureReason.DECEASED,
    ClosureReason.NOT_TRAFFICKING,
    ClosureReason.DUPLICATE,
    ClosureReason.OPENED_IN_ERROR,
)


class ClosureStatus(models.TextChoices):
    ASKED = "asked", _("Waiting for a supervisor")
    CLOSED = "closed", _("Closed")
    RETURNED = "returned", _("Returned")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ContactAfter(models.TextChoices):
    """May we get in touch after the case is closed? Asked of each survivor, never assumed."""

    YES = "yes", _("Yes, they agree")
    NO = "no", _("No, they do not want it")
    NOT_ASKED = "not_asked", _("They could not be asked")


class RetentionClass(models.TextChoices):
    """How long the file is kept after closing (R-D3); the installation sets the years."""

    SURVIVOR_FILE = "survivor_file", _("A survivor’s file")
    SHORT = "short", _("Nothing came of it: kept for a short time")


class ReopenReason(models.TextChoices):
    CAME_BACK = "came_back", _("The survivor came back")
    NEW_HARM = "new_harm", _("New harm, or a new danger")
    NEW_INFORMATION = "new_information", _("New information")
    COURT = "court", _("A court or prosecutor needs it")
    CLOSED_IN_ERROR = "closed_in_error", _("It was closed by mistake")
    OTHER = "other", _("Another reason")
