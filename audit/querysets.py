"""Who may read the log and who reviews: those whose role says so, and a case's own people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.db.models import Q

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

    def of_act(self, act_id: UUID) -> Self:
        """What one act wrote. The caller has shown that the actor reviews that act."""
        return self.filter(act=act_id)

    def of_acts(self, act_ids: Sequence[UUID]) -> Self:
        """What some acts wrote. The caller has shown that the actor was told of them."""
        return self.filter(act__in=act_ids)


class ReviewQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """All reviews to those who audit the house; to a supervisor those of their team's cases; to
        an external approver what a small agency decided alone.

        Nobody sees the review of what they did themselves: it is neither theirs to close nor to
        prepare for.
        """
        others = self.exclude(subject_id=actor.pk)
        if actor.may("audit.read_log") and actor.of_the_house:
            return others
        mine = Q(team_ids__overlap=list(actor.teams_where_may("audit.close_review")))
        from_outside = Q(kind="acted_alone", agency_id__in=actor.approves_for)
        return others.filter(mine | from_outside)

    def open(self) -> Self:
        return self.filter(closed_at=None)

    def overdue(self, at: datetime) -> Self:
        return self.open().filter(due_at__lt=at)


class LogCheckQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Everybody may know how the log stands."""
        return self


class SavedSearchQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own."""
        return self.filter(owner_id=actor.pk)
