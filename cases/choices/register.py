"""Codes of the registers that a data protection officer keeps."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class RegisterKind(models.TextChoices):
    """The four books. The value stands in addresses and never says anything about a case."""

    BREACHES = "breaches", _("Breaches")
    REQUESTS = "requests", _("Requests")
    PROCESSING = "processing", _("Processing")
    TRANSFERS = "transfers", _("Transfers")


class BreachNature(models.TextChoices):
    LOST = "lost", _("Lost, or destroyed by mistake")
    SEEN = "seen", _("Seen by somebody who may not see it")
    SENT_ASTRAY = "sent_astray", _("Sent to the wrong place")
    STOLEN = "stolen", _("Stolen, or broken into")
    CHANGED = "changed", _("Changed by somebody who may not")
    AWAY = "away", _("Out of reach when it was needed")


class RightAskedFor(models.TextChoices):
    ACCESS = "access", _("To see what is kept about them")
    CORRECTION = "correction", _("To have it corrected")
    ERASURE = "erasure", _("To have it erased")
    RESTRICTION = "restriction", _("To have it set aside")
    OBJECTION = "objection", _("To object to its use")
    PORTABILITY = "portability", _("To take it elsewhere")
    COMPLAINT = "complaint", _("To complain about its use")


class AskedBy(models.TextChoices):
    SELF = "self", _("The person themselves")
    GUARDIAN = "guardian", _("A guardian or custodian")
    LAWYER = "lawyer", _("A lawyer or representative")
    AUTHORITY = "authority", _("An authority")


class Safeguard(models.TextChoices):
    """What makes a transfer to another country lawful."""

    AGREEMENT = "agreement", _("A data-sharing agreement")
    ADEQUACY = "adequacy", _("The country protects data as ours does")
    CLAUSES = "clauses", _("Standard contractual clauses")
    VITAL = "vital", _("To protect somebody’s life")
    LEGAL_CLAIMS = "legal_claims", _("For proceedings in court")
    CONSENT = "consent", _("The person agreed to it")
