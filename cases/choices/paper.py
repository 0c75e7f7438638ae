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


class FileForm(models.TextChoices):
    """What a file is, by what it holds."""

    PDF = "pdf", _("Scan or printed paper")
    DOCX = "docx", _("Letter as text")
    TEXT = "text", _("Text")
    TABLE = "table", _("Table")


class FileState(models.TextChoices):
    RECEIVED = "received", _("Received")
    CHECKING = "checking", _("Being checked")
    KEPT = "kept", _("Kept")
    REFUSED = "refused", _("Not taken in")
    DESTROYED = "destroyed", _("Destroyed")


LIVE_FILES = (FileState.RECEIVED, FileState.CHECKING, FileState.KEPT)


class CopyOutReason(models.TextChoices):
    """Why a kept paper is taken out; it stands on every page of the copy and in the log."""

    COURT = "court", _("For a court or prosecutor")
    HEALTH = "health", _("For a doctor or hospital")
    WELFARE = "welfare", _("For social welfare or a school")
    PERSON = "person", _("For the person it is about")
    ORIGINAL_LOST = "original_lost", _("The original is lost")


class DestroyReason(models.TextChoices):
    """Why a kept file is destroyed; the paper stays registered."""

    WRONG_PAPER = "wrong_paper", _("It is the wrong paper")
    UNREADABLE = "unreadable", _("It cannot be read")
    NOT_NEEDED = "not_needed", _("It is not needed any more")
    ASKED = "asked", _("The person asked for it")
