"""Code lists of a referral (domain.md 3.1)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    DRAFT = "draft", _("Draft")
    RECEIVED = "received", _("Received")
    IN_TRIAGE = "in_triage", _("In triage")
    NEEDS_INFORMATION = "needs_information", _("Waiting for information")
    ACCEPTED = "accepted", _("Accepted")
    LINKED_TO_CASE = "linked_to_case", _("Linked to a case")
    DECLINED = "declined", _("Declined")
    REDIRECTED = "redirected", _("Redirected")
    DUPLICATE = "duplicate", _("Duplicate")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    CLOSED = "closed", _("Closed")


class SourceCategory(models.TextChoices):
    FOREIGN_LAW_ENFORCEMENT = "foreign_law_enforcement", _("Foreign law enforcement")
    DOMESTIC_LAW_ENFORCEMENT = "domestic_law_enforcement", _("Domestic law enforcement")
    NCMEC_CYBERTIP = "ncmec_cybertip", _("NCMEC CyberTip")
    INHOPE_HOTLINE = "inhope_hotline", _("INHOPE hotline")
    TECH_PLATFORM = "tech_platform", _("Technology platform")
    FINANCIAL_INSTITUTION = "financial_institution", _("Bank or remittance agency")
    FIU = "fiu", _("Financial intelligence unit")
    SOCIAL_WELFARE = "social_welfare", _("Social welfare")
    SCHOOL = "school", _("School")
    HEALTH = "health", _("Health service")
    NGO = "ngo", _("NGO")
    COMMUNITY_MEMBER = "community_member", _("Community member")
    SURVIVOR_SELF = "survivor_self", _("Survivor themselves")
    FAMILY_MEMBER = "family_member", _("Family member")
    MEDIA = "media", _("Media")
    PROACTIVE_INVESTIGATION = "proactive_investigation", _("Proactive investigation")
    SPIN_OFF = "spin_off_of_other_case", _("Another case")
    COURT = "court", _("Court")
    OTHER = "other", _("Other")
    UNKNOWN = "unknown", _("Unknown")


class DetectionMethod(models.TextChoices):
    HASH_MATCHING = "hash_matching", _("Hash matching")
    CLASSIFIER = "classifier", _("Classifier")
    LIVE_DETECTION = "live_detection", _("Live detection")
    USER_REPORT = "user_report", _("User report")
    FINANCIAL_MONITORING = "financial_monitoring", _("Financial monitoring")
    UNDERCOVER = "undercover", _("Undercover work")
    DEVICE_FORENSICS = "device_forensics", _("Device forensics")
    DISCLOSURE_BY_CHILD = "disclosure_by_child", _("Disclosure by a child")
    THIRD_PARTY_OBSERVATION = "third_party_observation", _("Somebody noticed")
    HOTLINE_REPORT = "hotline_report", _("Hotline report")
    OTHER = "other", _("Other")
    UNKNOWN = "unknown", _("Unknown")


class HarmType(models.TextChoices):
    LIVE_STREAMING = "live_streaming", _("Live-streaming of child sexual abuse")
    CSAM_PRODUCTION = "csam_production", _("Production of child sexual abuse material")
    CSAM_DISTRIBUTION = "csam_distribution", _("Distribution of child sexual abuse material")
    CSAM_POSSESSION = "csam_possession_access", _("Possession of child sexual abuse material")
    GROOMING = "grooming", _("Online grooming")
    SEXUAL_EXTORTION = "sexual_extortion", _("Sexual extortion of a child")
    SELF_GENERATED = "self_generated", _("Self-generated sexual content involving a child")
    EXPLOITATION_IN_PROSTITUTION = (
        "exploitation_prostitution",
        _("Exploitation of a child in prostitution"),
    )
    TRAVEL_AND_TOURISM = "travel_tourism", _("Sexual exploitation in travel and tourism")
    CONTACT_ABUSE = "contact_abuse", _("In-person child sexual abuse")
    DIGITALLY_GENERATED = "digitally_generated", _("Digitally generated abuse material")
    UNSOLICITED_MATERIAL = "unsolicited_material", _("Unsolicited material sent to a child")
    TRAFFICKING_LABOUR = "tip_labour", _("Trafficking for labour")
    TRAFFICKING_OTHER = "tip_other", _("Trafficking, other form")
    OTHER = "other", _("Other")
    UNKNOWN = "unknown", _("Unknown")


class ContentOrigin(models.TextChoices):
    """The distinction the founding text asks regulators for; required, and may be unknown."""

    LIVESTREAMED_TRAFFICKING = "livestreamed_trafficking", _("Livestreamed trafficking")
    IN_PERSON_RECORDED = "in_person_recorded", _("Recorded in person")
    GROOMED_OR_COERCED = (
        "groomed_or_coerced_self_generated",
        _("Self-generated after grooming or coercion"),
    )
    SELF_GENERATED = (
        "self_generated_no_third_party_known",
        _("Self-generated, no third party known"),
    )
    GENERATED = "generated", _("Digitally generated")
    NOT_APPLICABLE = "not_applicable", _("No material involved")
    UNKNOWN = "unknown", _("Unknown")


class DeclineReason(models.TextChoices):
    OUT_OF_SCOPE = "out_of_scope", _("Outside what we do")
    NO_CHILD_INVOLVED = "no_child_involved", _("No child is involved")
    NOT_ENOUGH_INFORMATION = "not_enough_information", _("Not enough information")
    NO_ANSWER = "no_answer", _("The source did not answer")
    HANDLED_ELSEWHERE = "handled_elsewhere", _("Another agency handles it")


class ImportFormat(models.TextChoices):
    HTCDS = "htcds", _("HTCDS case sheet")
