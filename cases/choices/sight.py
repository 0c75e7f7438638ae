"""Codes of who works on a case and why they see it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class LeadReason(models.TextChoices):
    """Why a case got another lead."""

    LEAVES = "leaves", _("They leave the team or the agency")
    LEAVE = "leave", _("A longer leave")
    WORKLOAD = "workload", _("The workload is shared out anew")
    CONFLICT = "conflict", _("A conflict of interest")
    SURVIVORS_WISH = "survivors_wish", _("The survivor wishes it")
    OTHER = "other", _("Another reason")


class Way(models.TextChoices):
    """The ways by which somebody sees a case (“who can see this case, and why”)."""

    LEAD = "lead", _("Leads the case")
    TEAM = "team", _("Their team works on it")
    COVER = "cover", _("Covers for the lead, who is away")
    NAMED = "named", _("Was given sight by name")
    SUPERVISION = "supervision", _("Oversight: their team supervises the work")
    EMERGENCY = "emergency", _("Emergency access, for minutes")
