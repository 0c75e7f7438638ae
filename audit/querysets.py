"""Who may read the log: those whose role says so, and a case's own people for their case."""

from __future__ import annotations

from typing import Any, Self
from uuid import UUID

from core.actors import Actor
from core.querysets import ScopedQuerySet


class EventQuerySet(ScopedQuerySet[Any]):
    """Always on the connection "auditor": the application's own role cannot read the log."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._db: str | None = self._db or "auditor"

    def visible_to(self, actor: Actor) -> Self:
        """For those who audit: everything, or a partner's auditor their own agency's part (R-A5).

        Nothing for others; see `of_case` for a case's own.
        """
        if not actor.may("audit.read_log"):
            return self.none()
        return self if actor.of_the_house else self.filter(agency_id=actor.agency_id)

    def of_case(self, case_id: UUID) -> Self:
        """What happened to one case. The caller has shown that the actor may see that case."""
        return self.filter(case_id=case_id)
