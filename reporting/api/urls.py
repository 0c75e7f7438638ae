"""Registered by config.api under /api/v1/."""

from __future__ import annotations

from typing import Any

from reporting.api.viewsets import ReleaseViewSet


def register(router: Any) -> None:
    router.register("releases", ReleaseViewSet, basename="release")
