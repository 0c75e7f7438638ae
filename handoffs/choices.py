"""Code lists of a handoff (domain.md 3.1 and 3.2)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    SERVICE_REFERRAL = "service_referral", _("Service referral")
    INFORMATION_SHARE = "information_share", _("Information share")
    JOINT_WORK = "joint_work", _("Joint work")


class Status(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SENT = "sent", _("Sent, waiting for an answer")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    REVOKED = "revoked", _("Revoked")


class Urgency(models.TextChoices):
    ROUTINE = "routine", _("Routine")
    SOON = "soon", _("Within days")
    TODAY = "today", _("Today")


class Section(models.TextChoices):
    """Kinds of data a package may hold; agreements name the same."""

    CASE_SUMMARY = "case_summary", _("Case summary")
    CONTENT_ORIGIN = "content_origin", _("Kind of harm and origin of material")
    PEOPLE = "people", _("People by code and role")
    IDENTITIES = "identities", _("Names and ways of contact")
    NOTES = "notes", _("Notes up to level 2")


class RevokedBecause(models.TextChoices):
    """Why a handoff that had left was ended."""

    SENDER = "sender", _("The sender ended it")
    # The receiver learns that they have to stop, never who said no.
    GROUND_GONE = "ground_gone", _("What it rested on is gone")


class DeclineReason(models.TextChoices):
    NOT_OUR_MANDATE = "not_our_mandate", _("Outside our mandate")
    NO_CAPACITY = "no_capacity", _("No capacity now")
    NEEDS_MORE = "needs_more", _("Needs more information first")
    ANOTHER_AGENCY = "another_agency", _("Another agency handles it")


class Reach(models.TextChoices):
    """What a package says first about reaching somebody (R-C1)."""

    AS_SAID = "as_said", _("Only as it says here")
    NOT_KNOWN = "not_known", _("No safe way is known. Ask the sender")
    EXPIRED = "expired", _("Not confirmed lately. Ask the sender before any contact")
    DO_NOT_CONTACT = "do_not_contact", _("Do not contact them")
    THROUGH_SENDER = "through_sender", _("Only through the sender. Ask them")
    THEY_CALL = "they_call", _("Do not contact them: they make contact themselves")
