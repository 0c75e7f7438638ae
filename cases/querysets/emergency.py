"""Who sees that the glass was broken."""

from __future__ import annotations

from typing import Any, Self

from django.db.models import Q

from cases.querysets.case import visible_case_ids
from core.actors import Actor
from core.querysets import ScopedQuerySet


class BreakGlassQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the case, whoever did it, and the house's data protection officer."""
        if actor.of_the_house and actor.may("cases.review_emergency"):
            return self
        return self.filter(Q(case_id__in=visible_case_ids(actor)) | Q(by_id=actor.pk))
