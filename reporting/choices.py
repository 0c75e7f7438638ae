"""Code lists of a release (domain.md 3.2)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Tier(models.TextChoices):
    """Who a release is for; each is as exact as its reader may see."""

    PARTNER = "partner", _("Partners: counts, small ones hidden")
    PUBLIC = "public", _("The public: estimates with noise")


class Status(models.TextChoices):
    REQUESTED = "requested", _("Waiting to be computed")
    COMPUTING = "computing", _("Being computed")
    IN_REVIEW = "in_review", _("Waiting for approval")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    FAILED = "failed", _("Could not be computed")


LIVE = (Status.REQUESTED, Status.COMPUTING, Status.IN_REVIEW, Status.PUBLISHED)
"""A release in one of these counts its days: no other may count them for the same measure."""


class FailureReason(models.TextChoices):
    """Why nothing came of a release: a code and no more, since a figure in it would leak."""

    SMALL_COUNTS = "small_counts", _("A small count could have been worked out")
    UNCOUNTABLE = "uncountable", _("The records do not fit what is counted")
    TOO_FEW = "too_few", _("Too few people for tables that the public may read")
    BUDGET_SPENT = "budget_spent", _("The privacy budget of these people is spent")
