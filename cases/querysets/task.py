"""Who sees a task: whoever sees its case and works on it."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from cases.querysets.case import visible_case_ids
from core.actors import Actor
from core.querysets import ScopedQuerySet


class TaskQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        if not actor.may("cases.read_task"):
            return self.none()
        return self.filter(case_id__in=visible_case_ids(actor))

    def open(self) -> Self:
        return self.filter(status="open")

    def overdue(self, on: date) -> Self:
        return self.filter(status="open", due_on__lt=on)
