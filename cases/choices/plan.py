"""Codes of the case plan: goals, services, reviews."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class CasePlanStatus(models.TextChoices):
    """draft → submitted → approved; back to draft when returned, or when a goal is added."""

    DRAFT = "draft", _("Being made")
    SUBMITTED = "submitted", _("Waiting for approval")
    APPROVED = "approved", _("Approved")


CASE_PLAN_STEPS: dict[str, tuple[str, ...]] = {
    CasePlanStatus.DRAFT: (CasePlanStatus.SUBMITTED,),
    CasePlanStatus.SUBMITTED: (CasePlanStatus.APPROVED, CasePlanStatus.DRAFT),
    CasePlanStatus.APPROVED: (CasePlanStatus.DRAFT,),
}


class WhoseWords(models.TextChoices):
    """Who said what a goal says (R-T2)."""

    THEIR_OWN = "their_own", _("Their own words")
    INTERPRETED = "interpreted", _("Their words, through an interpreter")
    CAREGIVER = "caregiver", _("A caregiver’s words for them")
    WORKER = "worker", _("Ours: they could not say it themselves")


class PlanAnswer(models.TextChoices):
    """What the survivor said to the plan as a whole."""

    AGREED = "agreed", _("They agree")
    PARTLY = "partly", _("They agree to a part; the rest is left out")
    CANNOT_SAY = "cannot_say", _("Too young or unwell to say; it was explained to them")


class GoalStatus(models.TextChoices):
    OPEN = "open", _("On the way")
    REACHED = "reached", _("Reached")
    DROPPED = "dropped", _("No longer wanted")


class TookPart(models.TextChoices):
    YES = "yes", _("Yes")
    DID_NOT_WANT = "did_not_want", _("They did not want to")
    COULD_NOT = "could_not", _("They could not")


class ServiceType(models.TextChoices):
    """What helps (domain.md 2.9)."""

    SAFE_PLACE = "safehouse", _("Safe place to stay")
    HEALTH = "health_medical", _("Health")
    PSYCHOSOCIAL = "psychosocial", _("Psychosocial support")
    LEGAL = "legal_assistance", _("Legal assistance")
    PROTECTION = "child_protection", _("Child protection")
    FAMILY_MEDIATION = "family_mediation", _("Family mediation")
    FAMILY_REUNIFICATION = "family_reunification", _("Family reunification")
    EDUCATION = "education", _("Education")
    LIVELIHOODS = "livelihoods", _("Livelihood")
    FINANCIAL = "financial", _("Money")
    MATERIAL_NEEDS = "nfi", _("Clothes and daily needs")
    FOOD = "food", _("Food")
    REGISTRATION = "registration", _("Papers and registration")
    TRANSPORT = "transport", _("Transport")
    OTHER = "other", _("Other")


class ServiceOutcome(models.TextChoices):
    """requested → ongoing → an end; also an end at once."""

    REQUESTED = "requested", _("Asked for")
    ONGOING = "ongoing", _("Going on")
    DELIVERED = "delivered", _("Received")
    DECLINED = "declined_by_survivor", _("Declined by the survivor")
    UNAVAILABLE = "unavailable", _("Not available")
    ENDED_EARLY = "ended_early", _("Ended early")


# These end a service; the others are on the way.
SERVICE_ENDS = (
    ServiceOutcome.DELIVERED,
    ServiceOutcome.DECLINED,
    ServiceOutcome.UNAVAILABLE,
    ServiceOutcome.ENDED_EARLY,
)
