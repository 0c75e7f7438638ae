"""Who sees what belongs to a case as a whole, and what waits to be closed."""

from __future__ import annotations

from typing import Any, Self

from cases.querysets.case import visible_case_ids
from core.actors import Actor
from core.querysets import ScopedQuerySet


class OfCaseQuerySet(ScopedQuerySet[Any]):
    """Records of the cases one sees."""

    def visible_to(self, actor: Actor) -> Self:
        return self.filter(case_id__in=visible_case_ids(actor))


class ClosureQuerySet(OfCaseQuerySet):
    def waiting(self) -> Self:
        return self.filter(status="asked")
