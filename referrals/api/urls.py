"""Registered by config.api under /api/v1/."""

from __future__ import annotations

from typing import Any

from referrals.api.hidden import HiddenMatchViewSet
from referrals.api.imports import ImportViewSet
from referrals.api.partners import PartnerReferralViewSet
from referrals.api.routing import RoutingRuleViewSet
from referrals.api.viewsets import ReferralViewSet


def register(router: Any) -> None:
    router.register("imports", ImportViewSet, basename="import")
    router.register("routing-rules", RoutingRuleViewSet, basename="routing-rule")
    router.register("hidden-matches", HiddenMatchViewSet, basename="hidden-match")
    router.register("partner-referrals", PartnerReferralViewSet, basename="partner-referral")
    router.register("referrals", ReferralViewSet, basename="referral")
