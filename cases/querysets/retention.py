"""Who sees what is due to be looked at."""

from __future__ import annotations

from typing import Any, Self

from django.db.models import Q
from django.utils import timezone

from accounts.models import Team
from cases.querysets.case import visible_case_ids
from core.actors import Actor
from core.querysets import ScopedQuerySet


class RetentionReviewQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Supervisors of the case or team, the agency's data protection officer, the list's job."""
        if actor.may("cases.list_due"):
            return self
        seen = Q(pk=None)
        if actor.may("cases.review_retention"):
            teams = Team.objects.of_member(actor, timezone.now()).values("pk")
            seen |= Q(case_id__in=visible_case_ids(actor)) | Q(team_id__in=teams)
        if actor.may("cases.read_erasure"):
            seen |= Q(agency_id=actor.agency_id)
        return self.filter(seen)

    def due(self) -> Self:
        return self.filter(status="due")
