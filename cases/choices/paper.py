"""Codes of papers: what they are, and why a kept one is taken out or destroyed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PaperKind(models.TextChoices):
    """The closed list. Anything else is registered as “another paper” and never kept as a file."""

    CONSENT_FORM = "consent_form", _("Consent form")
    BIRTH_CERTIFICATE = "birth_certificate", _("Birth certificate")
    MEDICAL_CERTIFICATE = "medical_certificate", _("Medical certificate")
    BLOTTER = "blotter", _("Police blotter")
    COURT_ORDER = "court_order", _("Court order")
    LETTER = "letter", _("Letter")
    OTHER = "other", _("Another paper")


# Of which kinds a file may be kept.
KEEPABLE = frozenset(PaperKind.values) - {PaperKind.OTHER.value}
