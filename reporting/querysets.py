"""Who sees which release: one's own agency's, where the role reads reports."""

from __future__ import annotations

from typing import Any, Self

from core.actors import Actor
from core.querysets import ScopedQuerySet


class ReleaseQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        if actor.may("reporting.compute_release"):
            return self.all()
        if not actor.may("reporting.read_release"):
            return self.none()
        return self.filter(agency_id=actor.agency_id)

    def published(self) -> Self:
        return self.filter(status="published")
