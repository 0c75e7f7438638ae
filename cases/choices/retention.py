"""Codes of looking whether something is still to be kept (R-D3)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReviewStatus(models.TextChoices):
    DUE = "due", _("To be looked at")
    KEPT = "kept", _("Kept")
    TO_ERASE = "to_erase", _("Its erasure was asked for")


class KeepReason(models.TextChoices):
    """Why something is kept beyond its time. “It may be useful” is none."""

    STILL_HELPED = "still_helped", _("Somebody in it still gets help from us")
    LEGAL_DUTY = "legal_duty", _("The law asks us to keep it")
    PROCEEDINGS = "proceedings", _("Proceedings need it")
    PERSON_ASKED = "person_asked", _("The person asked us to keep it")
