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
    PENDING = "pending", _("Waiting for a second person")
    AUTHORISED = "authorised", _("Authorised, not sent yet")
    SENT = "sent", _("Sent, waiting for an answer")
    NEEDS_INFORMATION = "needs_information", _("The receiver asks for more")
    ACCEPTED = "accepted", _("Accepted")
    COMPLETED = "completed", _("Completed")
    DECLINED = "declined", _("Declined")
    REVOKED = "revoked", _("Revoked")
    EXPIRED = "expired", _("Expired without an answer")


# What has not left: nobody but the sender knows of it.
UNSENT = (Status.DRAFT, Status.PENDING, Status.AUTHORISED)


class ReturnReason(models.TextChoices):
    """Why a second person sends a draft back to its author."""

    TOO_MUCH = "too_much", _("It holds more than the purpose needs")
    WRONG_BASIS = "wrong_basis", _("The legal basis does not carry it")
    WRONG_RECEIVER = "wrong_receiver", _("It should go to another agency")
    UNCLEAR = "unclear", _("What they need it for is not clear")
    NOT_NOW = "not_now", _("Not now")


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


class EmergencyWay(models.TextChoices):
    """How somebody was told at once."""

    PHONE = "phone", _("By telephone")
    IN_PERSON = "in_person", _("In person")
    RADIO = "radio", _("By radio")


class KeyWay(models.TextChoices):
    """What opens an officer's copy of their agency's key."""

    PASSKEY = "passkey", _("Passkey")
    PASSPHRASE = "passphrase", _("Passphrase")
    # Made by a colleague for a one-time code; its officer puts their own way in its place.
    HANDOVER = "handover", _("One-time code of a colleague")


class Reply(models.TextChoices):
    """What the sender says to a question. No free text: what is told goes by a handoff alone."""

    NEW_HANDOFF = "new_handoff", _("A further handoff brings it")
    CALL_US = "call_us", _("Call us")
    NO_MORE = "no_more", _("We may not tell more. Decide on what is here")


class Outcome(models.TextChoices):
    """What came of a handoff, as its receiver says."""

    DONE = "done", _("What was asked for is done")
    IN_PART = "in_part", _("Done in part")
    TAKEN_ON = "taken_on", _("It goes on as our own work")
    NOT_POSSIBLE = "not_possible", _("It was not possible")
    NOT_WANTED = "not_wanted", _("The survivor did not want it")


class Reach(models.TextChoices):
    """What a package says first about reaching somebody (R-C1)."""

    AS_SAID = "as_said", _("Only as it says here")
    NOT_KNOWN = "not_known", _("No safe way is known. Ask the sender")
    EXPIRED = "expired", _("Not confirmed lately. Ask the sender before any contact")
    DO_NOT_CONTACT = "do_not_contact", _("Do not contact them")
    THROUGH_SENDER = "through_sender", _("Only through the sender. Ask them")
    THEY_CALL = "they_call", _("Do not contact them: they make contact themselves")


class ExportFormat(models.TextChoices):
    """What a file of many cases looks like (domain.md 2.1.3, 2.2)."""

    HTCDS_CSV = "htcds_csv", _("HTCDS table (CSV)")
    HTCDS_JSON = "htcds_json", _("HTCDS, case by case (JSON)")
    CTDC_CSV = "ctdc_csv", _("Table without names, as CTDC publishes (CSV)")


class ExportPurpose(models.TextChoices):
    """What a file of many cases is for; it decides which consent carries it."""

    OWN_USE = "own_use", _("Our own work with these cases, in another system of ours")
    ANOTHER_AGENCY = "another_agency", _("Another agency works with these survivors")
    RESEARCH = "research", _("Research, without names")


class WhoSaidNo(models.TextChoices):
    """What becomes of a kind of data that not everybody agreed to."""

    COLUMNS = "columns", _("Leave that kind of data out for everybody")
    PEOPLE = "people", _("Leave those people out")


class ExportState(models.TextChoices):
    """asked → building | refused | stopped; building → ready | stopped; ready → gone."""

    ASKED = "asked", _("Waiting for a second person")
    BUILDING = "building", _("Being made")
    READY = "ready", _("Ready")
    REFUSED = "refused", _("Not approved")
    STOPPED = "stopped", _("Could not be made")
    GONE = "gone", _("The file is gone")


class ExportGone(models.TextChoices):
    """Why the file is not there any more, or never was."""

    EXPIRED = "expired", _("Its time was over")
    DROPPED = "dropped", _("Whoever asked for it dropped it")
    UNCARRIED = "uncarried", _("Something it rested on has changed")
    NOBODY = "nobody", _("Nobody’s agreement carries it")
    BROKE_OFF = "broke_off", _("Something went wrong on our side")
