"""Code lists of the case file (domain.md 3.1 and 3.2; HTCDS codes verbatim where it has them)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Risk(models.TextChoices):
    IMMEDIATE = "immediate", _("Immediate risk")
    HIGH = "high", _("High risk")
    MEDIUM = "medium", _("Medium risk")
    LOW = "low", _("Low risk")
    NOT_ASSESSED = "not_assessed", _("Risk not assessed")


class ProtectionStage(models.TextChoices):
    REGISTERED = "registered", _("Registered")
    ASSESSMENT = "assessment", _("Assessment")
    PLANNING = "planning", _("Planning")
    IMPLEMENTATION = "implementation", _("Carrying out the plan")
    FOLLOW_UP = "follow_up", _("Follow-up")
    CLOSURE_REQUESTED = "closure_requested", _("Closure requested")
    CLOSED = "closed", _("Closed")
    TRANSFERRED = "transferred", _("Transferred")
    ON_HOLD = "on_hold", _("On hold")
    REOPENED = "reopened", _("Reopened")


class JusticeStage(models.TextChoices):
    NONE = "none", _("No justice track")
    INFORMATION_RECEIVED = "information_received", _("Information received")
    UNDER_INVESTIGATION = "under_investigation", _("Under investigation")
    OPERATION_PLANNED = "operation_planned", _("Operation planned")
    OPERATION_CONDUCTED = "operation_conducted", _("Operation conducted")
    FILED_WITH_PROSECUTOR = "filed_with_prosecutor", _("Filed with the prosecutor")
    IN_COURT = "in_court", _("In court")
    CONCLUDED = "concluded", _("Concluded")
    DORMANT = "dormant", _("Dormant")
    NO_FURTHER_ACTION = "no_further_action", _("No further action")


class ParticipantRole(models.TextChoices):
    SURVIVOR = "survivor", _("Survivor")
    AT_RISK_CHILD = "at_risk_child", _("Child at risk")
    ALLEGED_OFFENDER_SOURCE = "alleged_offender_source", _("Alleged offender, source side")
    ALLEGED_OFFENDER_DEMAND = "alleged_offender_demand", _("Alleged offender, demand side")
    CHILD_DISPLAYING_HSB = (
        "child_displaying_hsb",
        _("Child displaying harmful sexual behaviour"),
    )
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


class IdentityPurpose(models.TextChoices):
    """Why somebody's identity is opened; stands in the log beside who and when (R-A3)."""

    CONTACT = "contact", _("To contact the person")
    SERVICE = "service", _("To arrange a service")
    COURT = "court", _("For a court date")
    HANDOFF = "handoff", _("To prepare a handoff")
    SAFETY = "safety", _("To keep somebody safe")
    CHECK_RECORD = "check_record", _("To check that the record is right")


class GrantReason(models.TextChoices):
    """Why a team sees a case."""

    OPENED = "opened", _("Opened the case")
    SHARED_WORK = "shared_work", _("Works on the case together")
    COVER = "cover", _("Covers for colleagues who are away")
    SUPERVISION = "supervision", _("Supervises the work")


class LegalBasis(models.TextChoices):
    """Why we may hold it, or pass it on (domain.md 3.1, Consent)."""

    CONSENT = "consent", _("Consent")
    LEGAL_OBLIGATION = "legal_obligation", _("Legal obligation")
    VITAL_INTERESTS = "vital_interests", _("Vital interests")
    PUBLIC_TASK = "public_task", _("Public task")
    LEGAL_CLAIMS = "legal_claims", _("Legal claims")
    MANDATORY_REPORT = "mandatory_report", _("Mandatory report")
    UNKNOWN = "unknown", _("Unknown")
