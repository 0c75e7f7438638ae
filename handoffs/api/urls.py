"""Registered by config.api under /api/v1/."""

from __future__ import annotations

from typing import Any

from handoffs.api.exports import ExportViewSet
from handoffs.api.viewsets import HandoffViewSet


def register(router: Any) -> None:
    router.register("handoffs", HandoffViewSet, basename="handoff")
    router.register("exports", ExportViewSet, basename="export")
