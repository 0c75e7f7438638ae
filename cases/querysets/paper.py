"""Who sees which paper."""

from __future__ import annotations

from typing import Any, Self

from cases.querysets.case import visible_case_ids
from core.actors import Actor
from core.querysets import ScopedQuerySet

READ_PAPER = "cases.read_paper"


class PaperQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Papers of visible cases, for roles that work with survivors or their case in court."""
        if not actor.may(READ_PAPER):
            return self.none()
        return self.filter(case_id__in=visible_case_ids(actor))
