"""Registered by config.api under /api/v1/."""

from __future__ import annotations

from typing import Any

from courts.api.viewsets import ProceedingViewSet


def register(router: Any) -> None:
    router.register("proceedings", ProceedingViewSet, basename="proceeding")
