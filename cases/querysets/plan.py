"""Who sees plans, goals, reviews and services: whoever sees the case and works with survivors."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from cases.querysets.case import visible_case_ids
from core.actors import Actor
from core.querysets import ScopedQuerySet


class PlanQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        if not actor.may("cases.read_plan"):
            return self.none()
        return self.filter(case_id__in=visible_case_ids(actor))

    def waiting(self) -> Self:
        """Plans that a supervisor is asked to approve."""
        return self.filter(status="submitted")

    def to_review(self, on: date) -> Self:
        """Approved plans whose day of review is not after the given one."""
        return self.filter(status="approved", review_on__lte=on)
