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
        """Everything for those who audit, nothing for others; see `of_case` for a case's own."""
        return self if actor.may("audit.read_log") else self.none()

    def of_case(self, case_id: UUID) -> Self:
        """What happened to one case. The caller has shown that the actor may see that case."""
        return self.filter(case_id=case_id)
