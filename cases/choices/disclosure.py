"""Codes of disclosure."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class LegalBasis(models.TextChoices):
    """Why we may hold it, or pass it on (domain.md 3.1, Consent)."""

    CONSENT = "consent", _("Consent")
    LEGAL_OBLIGATION = "legal_obligation", _("Legal obligation")
    VITAL_INTERESTS = "vital_interests", _("Vital interests")
    PUBLIC_TASK = "public_task", _("Public task")
    LEGAL_CLAIMS = "legal_claims", _("Legal claims")
    MANDATORY_REPORT = "mandatory_report", _("Mandatory report")
    UNKNOWN = "unknown", _("Unknown")


# What the law gives when consent is not asked; each use has a reason and an approver (R-K7).
OTHER_BASES = (
    LegalBasis.LEGAL_OBLIGATION,
    LegalBasis.VITAL_INTERESTS,
    LegalBasis.PUBLIC_TASK,
    LegalBasis.LEGAL_CLAIMS,
    LegalBasis.MANDATORY_REPORT,
)
# A life, and a duty that runs by the clock, do not wait for a colleague: they hold from the moment
# they are recorded, and the second person looks at them afterwards.
HOLDS_AT_ONCE = (LegalBasis.VITAL_INTERESTS, LegalBasis.MANDATORY_REPORT)


class DataCategory(models.TextChoices):
    """Kinds of data that may leave; sharing agreements and handoffs name the same."""

    CASE_SUMMARY = "case_summary", _("Case summary")
    CONTENT_ORIGIN = "content_origin", _("Kind of harm and origin of material")
    PEOPLE = "people", _("People by code and role")
    IDENTITIES = "identities", _("Names and ways of contact")
    NOTES = "notes", _("Notes up to level 2")


class WhyWithheld(models.TextChoices):
    """Why something does not go out."""

    NO_BASIS = "no_basis", _("no legal basis was chosen")
    NOBODY = "nobody", _("the case names nobody who could agree")
    NO_CONSENT = "no_consent", _("has not agreed to anything yet")
    NOT_IN_FORCE = "not_in_force", _("the agreement was withdrawn, ran out or is not yet given")
    REVIEW_DUE = "review_due", _("must be asked again: who decides has changed")
    SCOPE = "scope", _("has not agreed to this use")
    CHILD_REFUSED = "child_refused", _("said no, and that outweighs the guardian’s yes")
    RECIPIENT = "recipient", _("has not agreed to this agency")
    COUNTRY = "country", _("has not agreed that it goes to this country")
    CATEGORY = "category", _("has not agreed to this kind of data")
    THIRD_PARTY = "third_party", _("did not agree, and nobody else can agree for them")
    NO_GROUND = "no_ground", _("no such legal basis is recorded for this agency")
    NOT_APPROVED = "not_approved", _("the legal basis waits for its approval")
    GROUND_CATEGORY = "ground_category", _("the legal basis does not cover this kind of data")
