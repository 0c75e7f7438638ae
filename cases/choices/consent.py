"""Codes of consent: what is agreed to, who agrees, how, and what was explained before."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    """What somebody agrees to, one by one (domain.md 3.1). Refusing one never stops another."""

    CASE_MANAGEMENT = "case_management", _("We work on the case and keep a record of it")
    SERVICE_REFERRAL = "service_referral", _("We tell a service that can help")
    SHARE_WITH_LAW_ENFORCEMENT = "share_with_law_enforcement", _("We tell the police")
    USE_IN_PROSECUTION = "use_in_prosecution", _("The prosecutor and the court may use it")
    MEDICAL_EXAMINATION = "medical_examination", _("A doctor examines")
    FORENSIC_INTERVIEW = (
        "forensic_interview_recording_reference",
        _("An interview is recorded by the investigators, and we note where it is kept"),
    )
    AGGREGATE_STATISTICS = "aggregate_statistics", _("We count it in figures without names")
    RESEARCH = "research", _("Researchers use it without names")
    STORY_OR_MEDIA = "story_or_media", _("The story is told to others, without the name")
    SURVIVOR_LEADERSHIP_CONTACT = (
        "survivor_leadership_contact",
        _("We ask later about joining other survivors who advise us"),
    )
    POST_CLOSURE_CONTACT = "post_closure_contact", _("We get in touch after the case is closed")
    CROSS_BORDER_TRANSFER = "cross_border_transfer", _("It goes to an agency in another country")


# What no service depends on: a child's own refusal outweighs a guardian's yes (R-K3).
NON_ESSENTIAL = (
    Scope.RESEARCH,
    Scope.STORY_OR_MEDIA,
    Scope.SURVIVOR_LEADERSHIP_CONTACT,
    Scope.POST_CLOSURE_CONTACT,
)
# What reaches an agency: these need to say which one, and what it gets.
SHARING = (
    Scope.SERVICE_REFERRAL,
    Scope.SHARE_WITH_LAW_ENFORCEMENT,
    Scope.USE_IN_PROSECUTION,
    Scope.CROSS_BORDER_TRANSFER,
)


class ScopeAnswer(models.TextChoices):
    """An answer to one scope; nothing is ticked before it was asked (R-K5)."""

    NOT_ASKED = "not_asked", _("Not asked")
    AGREES = "agrees", _("Yes")
    REFUSES = "refuses", _("No")


class GivenBy(models.TextChoices):
    INDIVIDUAL = "individual", _("The person themselves")
    CAREGIVER = "caregiver", _("A caregiver")
    LEGAL_GUARDIAN = "legal_guardian", _("A legal guardian")
    STATE_GUARDIAN = "state_guardian", _("A guardian named by the state or the court")


# Whoever speaks for a child. A caregiver or legal guardian is a person of the case.
FOR_A_CHILD = (GivenBy.CAREGIVER, GivenBy.LEGAL_GUARDIAN, GivenBy.STATE_GUARDIAN)
OF_THE_CASE = (GivenBy.CAREGIVER, GivenBy.LEGAL_GUARDIAN)


class ChildAssent(models.TextChoices):
    """The child's own answer, asked and recorded apart from the guardian's (R-K3)."""

    NOT_APPLICABLE = "not_applicable", _("Not a child")
    GIVEN = "given", _("The child agrees")
    REFUSED = "refused", _("The child does not agree")
    NOT_SOUGHT = "not_sought", _("The child was not asked")


class ConsentMethod(models.TextChoices):
    WRITTEN = "written", _("Signed on paper")
    THUMBPRINT = "thumbprint", _("Thumbprint on paper, before a witness")
    WITNESSED_VERBAL = "witnessed_verbal", _("Spoken, before a witness")
    ELECTRONIC = "electronic", _("Electronically")


# These stand only with somebody who saw or heard it.
WITNESSED = (ConsentMethod.THUMBPRINT, ConsentMethod.WITNESSED_VERBAL)


class InterpreterUse(models.TextChoices):
    NOT_NEEDED = "not_needed", _("No interpreter was needed")
    PROFESSIONAL = "professional", _("An interpreter of an agency")
    OF_THE_CASE = "of_the_case", _("Somebody of this case")


class ConsentStatus(models.TextChoices):
    """draft → active → withdrawn | expired | superseded | review due, draft → refused (3.2).

    Review due covers nothing until somebody decides again; `AskAgain` says why (R-K4, R-K6).
    """

    DRAFT = "draft", _("Not finished")
    ACTIVE = "active", _("In force")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Ran out")
    SUPERSEDED = "superseded", _("Replaced by a newer one")
    REVIEW_DUE = "review_due", _("Ask again")


class AskAgain(models.TextChoices):
    """Why whoever answered does not decide any more."""

    TURNED_18 = "turned_18", _("Turned 18")
    IS_A_CHILD = "is_a_child", _("Is a child")
    CONFLICT = "conflict", _("Who answered may not speak for them")


class InformationPoint(models.TextChoices):
    """What is explained before anybody agrees: HTCDS's seven, and the limits of confidentiality."""

    INTERVIEW = "interview", _("They agree to this talk, and may stop at any time")
    PURPOSE = "purpose", _("What the record is for")
    USE_OF_DATA = "use_of_data", _("How it is used now, and how it may be used later")
    RESEARCH_USE = "research_use", _("That figures without names may be used to learn from")
    RIGHT_TO_REQUEST = "right_to_request", _("That they may see what we hold at any time")
    STORAGE_TIME = "storage_time", _("How long it is kept")
    HOW_TO_WITHDRAW = "how_to_withdraw", _("How to change their mind, at any time, for any reason")
    LIMITS_OF_CONFIDENTIALITY = (
        "limits_of_confidentiality",
        _("What we have to report, whatever is agreed here"),
    )


class GroundStatus(models.TextChoices):
    """proposed → approved | declined; proposed, approved → ended."""

    PROPOSED = "proposed", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Not approved")
    ENDED = "ended", _("Ended")
