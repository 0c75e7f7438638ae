"""Who sees who covers for whom, and what a restriction says."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.db.models import Q

from cases.querysets.closing import OfCaseQuerySet
from core.actors import Actor
from core.querysets import ScopedQuerySet


class CoverQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Who is away and who covers is known to those of one's own agency who see cases."""
        if not actor.may("cases.read_case"):
            return self.none()
        return self.filter(agency_id=actor.agency_id)

    @staticmethod
    def live_now(at: datetime) -> Q:
        return Q(starts_at__lte=at, ends_at__gt=at)

    def live(self, at: datetime) -> Self:
        return self.filter(self.live_now(at))

    def coming(self, at: datetime) -> Self:
        """Those that run now or have not begun."""
        return self.filter(ends_at__gt=at)


class RestrictionQuerySet(OfCaseQuerySet):
    def in_force(self) -> Self:
        return self.filter(lifted_at=None)
