"""Codes of copies that people get of what is kept about them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class CopyStatus(models.TextChoices):
    ASKED = "asked", _("Waits for a supervisor")
    RELEASED = "released", _("Released")
    REFUSED = "refused", _("Refused")
