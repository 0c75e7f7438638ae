"""Codes of flags on a case."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class FlagKind(models.TextChoices):
    """What a flag asks whoever opens the case to mind."""

    SAFETY = "safety", _("Mind their safety")
    DEADLINE = "deadline", _("A date must not be missed")
    MISSING = "missing", _("Something is missing")
    CHECK = "check", _("Something has to be checked")
    OTHER = "other", _("Something else")
