"""Codes of notes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class NoteKind(models.TextChoices):
    CONTACT = "contact", _("Contact")
    ASSESSMENT = "assessment", _("Assessment")
    PLAN = "plan", _("Plan")
    SERVICE = "service", _("Service")
    LEGAL = "legal", _("Legal")
    SUPERVISION = "supervision", _("Supervision")
    RISK = "risk", _("Risk")
    CONFERENCE = "conference", _("Case conference")
    SURVIVOR_OWN_WORDS = "survivor_own_words", _("Survivor’s own words")
    ADMINISTRATIVE = "administrative", _("Administrative")


# R-N4: these say more than where and when, so they start at L3.
RESTRICTED_KINDS = (NoteKind.ASSESSMENT, NoteKind.RISK, NoteKind.SURVIVOR_OWN_WORDS)
