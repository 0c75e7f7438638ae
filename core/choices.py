"""Code lists that every app shares (domain.md 3.0)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


def label_of(choices: Any, code: str) -> str:
    """A code of a list in words; one that the list knows no more stands as it was written."""
    return str(choices(code).label) if code in choices.values else code.replace("_", " ")


class YesNoUnknown(models.TextChoices):
    """A plain question; a missing answer is never taken for 'no'."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNKNOWN = "unknown", _("Unknown")
    NOT_ASKED = "not_asked", _("Not asked")
    DECLINED = "declined", _("Declined to say")


class Side(models.TextChoices):
    """Where the money comes from, and where the child is."""

    SOURCE = "source", _("Source side")
    DEMAND = "demand", _("Demand side")
    BOTH = "both", _("Both sides")
    NONE = "none", _("Neither")


class Sensitivity(models.IntegerChoices):
    """L1 to L4 of the read matrix (domain.md 5)."""

    GENERAL = 1, _("L1 General")
    CONFIDENTIAL = 2, _("L2 Confidential")
    RESTRICTED = 3, _("L3 Restricted")
    SEALED = 4, _("L4 Sealed")
