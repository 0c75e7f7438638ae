"""Registered by config.api under /api/v1/."""

from __future__ import annotations

from typing import Any

from courts.api.hearings import HearingViewSet
from courts.api.operations import OperationViewSet, PlannedOperationViewSet
from courts.api.outcome import AppealViewSet, AwardViewSet, SentenceViewSet, WishViewSet
from courts.api.viewsets import ChargeViewSet, ProceedingViewSet, StatuteViewSet


def register(router: Any) -> None:
    router.register("proceedings", ProceedingViewSet, basename="proceeding")
    router.register("charges", ChargeViewSet, basename="charge")
    router.register("appeals", AppealViewSet, basename="appeal")
    router.register("sentences", SentenceViewSet, basename="sentence")
    router.register("awards", AwardViewSet, basename="award")
    router.register("release-wishes", WishViewSet, basename="release-wish")
    router.register("hearings", HearingViewSet, basename="hearing")
    router.register("operations", OperationViewSet, basename="operation")
    router.register("planned-operations", PlannedOperationViewSet, basename="planned-operation")
    router.register("statutes", StatuteViewSet, basename="statute")
