"""Codes of the plan: tasks, goals, services, assessments, conferences."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class TaskKind(models.TextChoices):
    TASK = "task", _("Task")
    FOLLOW_UP = "follow_up", _("Follow-up")


class TaskStatus(models.TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


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
    MATERIAL_NEEDS = "nfi", _("Clothes and daily needs")
    FOOD = "food", _("Food")
    REGISTRATION = "registration", _("Papers and registration")
    OTHER = "other", _("Other")


class ServiceOutcome(models.TextChoices):
    REQUESTED = "requested", _("Asked for")
    ONGOING = "ongoing", _("Going on")
    DELIVERED = "delivered", _("Received")
    DECLINED = "declined_by_survivor", _("Declined by the survivor")
    UNAVAILABLE = "unavailable", _("Not available")
    ENDED_EARLY = "ended_early", _("Ended early")


class PlanStatus(models.TextChoices):
    DRAFT = "draft", _("Being made")
    ACTIVE = "active", _("Agreed with the survivor")
    CLOSED = "closed", _("Closed")


class GoalStatus(models.TextChoices):
    OPEN = "open", _("On the way")
    REACHED = "reached", _("Reached")
    DROPPED = "dropped", _("No longer wanted")
