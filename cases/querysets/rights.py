"""Who sees holds and erasures."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db.models import Q
from django.utils import timezone

from accounts.models import Team
from cases.querysets.case import visible_case_ids
from core.actors import Actor
from core.querysets import ScopedQuerySet


class _OfTheAgency(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the case, and the lead agency's data protection officer."""
        seen = Q(case_id__in=visible_case_ids(actor))
        if actor.may("cases.read_erasure"):
            seen |= Q(agency_id=actor.agency_id)
        return self.filter(seen)


class LegalHoldQuerySet(_OfTheAgency):
    def standing(self, on: date) -> Self:
        return self.filter(released_at=None).filter(Q(until=None) | Q(until__gte=on))


class ErasureRequestQuerySet(_OfTheAgency):
    def visible_to(self, actor: Actor) -> Self:
        """As for holds; of what became no case, whoever of its desk may ask."""
        seen = Q(case_id__in=visible_case_ids(actor))
        if actor.may("cases.request_erasure"):
            teams = Team.objects.of_member(actor, timezone.now()).values("pk")
            seen |= Q(team_id__in=teams)
        if actor.may("cases.read_erasure"):
            seen |= Q(agency_id=actor.agency_id)
        return self.filter(seen)

    def waiting(self) -> Self:
        return self.filter(status="requested")
