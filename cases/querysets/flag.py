"""Who sees a flag: whoever sees its case."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db.models import Q

from cases.querysets.closing import OfCaseQuerySet


class FlagQuerySet(OfCaseQuerySet):
    def raised(self) -> Self:
        return self.filter(lowered_at=None)

    def due(self, on: date) -> Self:
        """Raised ones whose day is not after the given one."""
        return self.filter(lowered_at=None, review_on__lte=on)

    def minded_by(self, person: Any, led: Any) -> Self:
        """Those that somebody raised, and those of cases they lead (`led`, a subquery of ids)."""
        return self.filter(Q(raised_by_id=person.pk) | Q(case_id__in=led))
