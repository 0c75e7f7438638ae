"""Who sees holds and erasures."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db.models import Q

from cases.querysets.case import visible_case_ids
from core.actors import Actor
from core.querysets import ScopedQuerySet


class LegalHoldQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the case."""
        return self.filter(case_id__in=visible_case_ids(actor))

    def standing(self, on: date) -> Self:
        return self.filter(released_at=None).filter(Q(until=None) | Q(until__gte=on))


class ErasureRequestQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the case, and their agency's data protection officer."""
        mine = Q(case_id__in=visible_case_ids(actor))
        if actor.may("cases.approve_erasure"):
            mine |= Q(agency_id=actor.agency_id)
        return self.filter(mine)

    def waiting(self) -> Self:
        return self.filter(status="requested")
