"""Who sees stated purposes: whoever stated them. Others read them in the log, as codes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Self

from cases.querysets.case import visible_case_ids
from core.actors import Actor
from core.querysets import ScopedQuerySet

HOURS = 4


class StatedPurposeQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own, of cases one sees."""
        return self.filter(user_id=actor.pk, case_id__in=visible_case_ids(actor))

    def good_at(self, at: datetime) -> Self:
        """Those that still hold."""
        return self.filter(created_at__gt=at - timedelta(hours=HOURS))
