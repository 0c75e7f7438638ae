"""Codes of disclosure."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class LegalBasis(models.TextChoices):
    """Why we may hold it, or pass it on (domain.md 3.1, Consent)."""

    CONSENT = "consent", _("Consent")
    LEGAL_OBLIGATION = "legal_obligation", _("Legal obligation")
    VITAL_INTERESTS = "vital_interests", _("Vital interests")
    PUBLIC_TASK = "public_task", _("Public task")
    LEGAL_CLAIMS = "legal_claims", _("Legal claims")
    MANDATORY_REPORT = "mandatory_report", _("Mandatory report")
    UNKNOWN = "unknown", _("Unknown")
