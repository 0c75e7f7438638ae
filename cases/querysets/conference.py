"""Who sees case conferences: whoever sees the case and works with survivors or the law."""

from __future__ import annotations

from typing import Any, Self

from cases.querysets.case import visible_case_ids
from core.actors import Actor
from core.querysets import ScopedQuerySet


class ConferenceQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        if not actor.may("cases.read_conference"):
            return self.none()
        return self.filter(case_id__in=visible_case_ids(actor))
