"""Code lists of a release (domain.md 3.2)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    REQUESTED = "requested", _("Waiting to be computed")
    COMPUTING = "computing", _("Being computed")
    IN_REVIEW = "in_review", _("Waiting for approval")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    FAILED = "failed", _("Could not be computed")
