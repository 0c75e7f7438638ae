"""Codes of emergency access."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class EmergencyReason(models.TextChoices):
    """Why the glass was broken (R-A2)."""

    DANGER_TO_LIFE = "danger_to_life", _("Somebody’s life or safety is in danger now")
    CHILD_MISSING = "child_missing", _("A child is missing or was taken")
    RESCUE_UNDER_WAY = "rescue_under_way", _("A rescue is under way and the team cannot be reached")
    MEDICAL = "medical", _("A medical emergency")
    COURT_TODAY = "court_today", _("A court or an authority needs an answer today")
    RIGHTS_REQUEST = "rights_request", _("To answer for somebody’s data rights")
