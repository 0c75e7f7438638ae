"""Who sees the plan of a case: whoever sees the case and works with plans."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from cases.querysets.case import visible_case_ids
from core.actors import Actor
from core.querysets import ScopedQuerySet


class CaseworkQuerySet(ScopedQuerySet[Any]):
    """Tasks, plans, goals, services, assessments and conferences follow their case."""

    def visible_to(self, actor: Actor) -> Self:
        if not actor.may("cases.read_plan"):
            return self.none()
        return self.filter(case_id__in=visible_case_ids(actor))


class TaskQuerySet(CaseworkQuerySet):
    def open(self) -> Self:
        return self.filter(status="open")

    def overdue(self, on: date) -> Self:
        return self.filter(status="open", due_on__lt=on)
