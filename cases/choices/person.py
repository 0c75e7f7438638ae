"""Codes about people."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ParticipantRole(models.TextChoices):
    SURVIVOR = "survivor", _("Survivor")
    AT_RISK_CHILD = "at_risk_child", _("Child at risk")
    ALLEGED_OFFENDER_SOURCE = "alleged_offender_source", _("Alleged offender, source side")
    ALLEGED_OFFENDER_DEMAND = "alleged_offender_demand", _("Alleged offender, demand side")
    CHILD_DISPLAYING_HSB = ("child_displaying_hsb", _("Child displaying harmful sexual behaviour"))
    WITNESS = "witness", _("Witness")
    REPORTER = "reporter", _("Reporter")
    PROTECTIVE_CAREGIVER = "protective_caregiver", _("Protective caregiver")
    HOUSEHOLD_MEMBER = "household_member", _("Household member")
    LEGAL_GUARDIAN = "legal_guardian", _("Legal guardian")
    SUPPORT_PERSON = "support_person", _("Support person")


ALLEGED_OFFENDERS = (
    ParticipantRole.ALLEGED_OFFENDER_SOURCE,
    ParticipantRole.ALLEGED_OFFENDER_DEMAND,
)


class LegalStatus(models.TextChoices):
    """Drives the word shown for an alleged offender; nobody is called one before a conviction."""

    NOT_APPLICABLE = "not_applicable", _("Not applicable")
    PERSON_OF_INTEREST = "person_of_interest", _("Person of interest")
    SUSPECT = "suspect", _("Suspect")
    ARRESTED = "arrested", _("Arrested person")
    CHARGED = "charged", _("Charged person")
    ACCUSED = "accused", _("Accused")
    CONVICTED = "convicted", _("Convicted person")
    ACQUITTED = "acquitted", _("Acquitted person")
    DISCHARGED = "discharged", _("Discharged person")


class Gender(models.TextChoices):
    FEMININE = "Feminine", _("Feminine")
    MASCULINE = "Masculine", _("Masculine")
    TRANSGENDER_FEMININE = "TransgenderFeminine", _("Transgender feminine")
    TRANSGENDER_MASCULINE = "TransgenderMasculine", _("Transgender masculine")
    NON_CONFORMING = "NonConforming", _("Non-conforming")
    UNKNOWN = "NonSpecifiedUnknown", _("Not specified or unknown")


class IdentityPurpose(models.TextChoices):
    """Why somebody's identity is opened; stands in the log beside who and when (R-A3)."""

    CONTACT = "contact", _("To contact the person")
    SERVICE = "service", _("To arrange a service")
    COURT = "court", _("For a court date")
    HANDOFF = "handoff", _("To prepare a handoff")
    SAFETY = "safety", _("To keep somebody safe")
    CHECK_RECORD = "check_record", _("To check that the record is right")
