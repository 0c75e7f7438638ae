"""Which team takes which referral."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Agency, Team
from core.choices import YesNoUnknown
from core.querysets import scoped_manager
from core.records import GuardedRecord
from referrals.choices import HarmType, SourceCategory
from referrals.querysets import RoutingRuleQuerySet


class RoutingRule(GuardedRecord):
    """One rule of an agency. Ended and set anew, never rewritten: what a referral went by stays
    readable. An empty answer asks nothing (`referrals.routing`)."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    source_category = models.CharField(max_length=30, choices=SourceCategory, blank=True)
    country = models.CharField(max_length=2, blank=True)
    harm_type = models.CharField(max_length=30, choices=HarmType, blank=True)
    immediate_danger = models.CharField(max_length=12, choices=YesNoUnknown, blank=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = scoped_manager(RoutingRuleQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("position", "created_at")
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "position"],
                condition=Q(ended_at__isnull=True),
                name="one_rule_at_a_place",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="ended_rule_says_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"routing rule {self.position}"
