"""Codes of a case."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Risk(models.TextChoices):
    IMMEDIATE = "immediate", _("Immediate risk")
    HIGH = "high", _("High risk")
    MEDIUM = "medium", _("Medium risk")
    LOW = "low", _("Low risk")
    NOT_ASSESSED = "not_assessed", _("Risk not assessed")


class ProtectionStage(models.TextChoices):
    REGISTERED = "registered", _("Registered")
    ASSESSMENT = "assessment", _("Assessment")
    PLANNING = "planning", _("Planning")
    IMPLEMENTATION = "implementation", _("Carrying out the plan")
    FOLLOW_UP = "follow_up", _("Follow-up")
    CLOSURE_REQUESTED = "closure_requested", _("Closure requested")
    CLOSED = "closed", _("Closed")
    TRANSFERRED = "transferred", _("Transferred")
    ON_HOLD = "on_hold", _("On hold")
    REOPENED = "reopened", _("Reopened")


class JusticeStage(models.TextChoices):
    NONE = "none", _("No justice track")
    INFORMATION_RECEIVED = "information_received", _("Information received")
    UNDER_INVESTIGATION = "under_investigation", _("Under investigation")
    OPERATION_PLANNED = "operation_planned", _("Operation planned")
    OPERATION_CONDUCTED = "operation_conducted", _("Operation conducted")
    FILED_WITH_PROSECUTOR = "filed_with_prosecutor", _("Filed with the prosecutor")
    IN_COURT = "in_court", _("In court")
    CONCLUDED = "concluded", _("Concluded")
    DORMANT = "dormant", _("Dormant")
    NO_FURTHER_ACTION = "no_further_action", _("No further action")


class GrantReason(models.TextChoices):
    """Why a team or a person sees a case."""

    OPENED = "opened", _("Opened the case")
    SHARED_WORK = "shared_work", _("Works on the case together")
    COVER = "cover", _("Covers for colleagues who are away")
    SUPERVISION = "supervision", _("Supervises the work")
    LEAD = "lead", _("Leads the case")
    BREAK_GLASS = "break_glass", _("Emergency access")


# Why a team may be given sight by its colleagues; the others come with an act of their own.
TEAM_REASONS = (GrantReason.SHARED_WORK, GrantReason.COVER, GrantReason.SUPERVISION)
