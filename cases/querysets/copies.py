"""Who sees that a copy was asked for."""

from __future__ import annotations

from typing import Any, Self

from cases.querysets.case import visible_case_ids
from core.actors import Actor
from core.querysets import ScopedQuerySet


class SubjectCopyQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever works on the case and may make one."""
        if not actor.may("cases.request_copy"):
            return self.none()
        return self.filter(case_id__in=visible_case_ids(actor))

    def waiting(self) -> Self:
        return self.filter(status="asked")
