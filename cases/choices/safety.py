"""Codes of contact, safety, crisis and conflicts of interest."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.choices.person import ParticipantRole


class ContactChannel(models.TextChoices):
    CALL = "call", _("Telephone call")
    VOICEMAIL = "voicemail", _("Voicemail")
    TEXT_MESSAGE = "text_message", _("Text message or app")
    EMAIL = "email", _("E-mail")
    LETTER = "letter", _("Letter")
    VISIT = "visit", _("Visit")
    THROUGH_SOMEBODY = "through_somebody", _("Through somebody they trust")


# Left where others may find it: never, unless it was allowed outright (R-C3).
LEAVES_A_TRACE = {
    ContactChannel.VOICEMAIL: "voicemail_allowed",
    ContactChannel.TEXT_MESSAGE: "text_allowed",
    ContactChannel.EMAIL: "email_allowed",
}

# Whose telephone number and address wait behind the safe-contact instructions (R-C1).
SAFE_CONTACT_ROLES = (
    ParticipantRole.SURVIVOR,
    ParticipantRole.AT_RISK_CHILD,
    ParticipantRole.CHILD_DISPLAYING_HSB,
    ParticipantRole.PROTECTIVE_CAREGIVER,
    ParticipantRole.LEGAL_GUARDIAN,
    ParticipantRole.HOUSEHOLD_MEMBER,
    ParticipantRole.SUPPORT_PERSON,
)
SURVIVOR_ROLES = (ParticipantRole.SURVIVOR, ParticipantRole.AT_RISK_CHILD)


class Weekday(models.TextChoices):
    MONDAY = "mon", _("Monday")
    TUESDAY = "tue", _("Tuesday")
    WEDNESDAY = "wed", _("Wednesday")
    THURSDAY = "thu", _("Thursday")
    FRIDAY = "fri", _("Friday")
    SATURDAY = "sat", _("Saturday")
    SUNDAY = "sun", _("Sunday")


class AttemptOutcome(models.TextChoices):
    PLANNED = "planned", _("Planned")
    REACHED = "reached", _("Reached")
    NO_ANSWER = "no_answer", _("No answer")
    SOMEBODY_ELSE = "somebody_else", _("Somebody else answered; nothing was said")
    CALLED_OFF = "called_off", _("Called off")


class SafetyRisk(models.TextChoices):
    """What a safety plan is made against (domain.md 3.1, SafetyPlan)."""

    SELF_HARM = "self_harm", _("Self-harm")
    RETALIATION = "retaliation", _("Retaliation")
    CONTACT_BY_ALLEGED_OFFENDER = (
        "contact_by_alleged_offender",
        _("Contact by an alleged offender"),
    )
    ONLINE_CIRCULATION = "online_circulation", _("Material that may circulate online")
    FAMILY_PRESSURE = "family_pressure", _("Pressure from the family")
    PRESS = "press", _("The press")
    OTHER = "other", _("Something else")


class PlanStatus(models.TextChoices):
    ACTIVE = "active", _("In force")
    SUPERSEDED = "superseded", _("Replaced by a newer one")
    ENDED = "ended", _("Ended")


class CrisisKind(models.TextChoices):
    SELF_HARM = "self_harm", _("May harm themselves")
    IMMEDIATE_DANGER = "immediate_danger", _("In immediate danger")
    MISSING = "missing", _("Missing")


class ConflictRelation(models.TextChoices):
    """Why somebody should not work on a case (R-A4)."""

    FAMILY = "family", _("Family")
    PARTNER = "partner", _("Partner, now or before")
    FRIEND = "friend", _("Friend")
    NEIGHBOUR = "neighbour", _("Neighbour")
    WORK_OR_BUSINESS = "work_or_business", _("Work or business")
    NAMED_IN_THE_CASE = "named_in_the_case", _("Named in the case")
    OTHER = "other", _("Another reason")
