"""Who reads the registers."""

from __future__ import annotations

from typing import Any, Self

from django.apps import apps
from django.db.models import OuterRef, Subquery

from core.actors import Actor
from core.querysets import ScopedQuerySet


class RegisterEntryQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """The registers of one's own agency, for whoever keeps them."""
        if not actor.may("cases.read_register"):
            return self.none()
        return self.filter(agency_id=actor.agency_id)

    def with_newest(self) -> Self:
        """Each with the number, clock and state of its newest version."""
        newest = (
            apps.get_model("cases", "RegisterVersion")
            .objects.filter(entry=OuterRef("pk"))
            .order_by("-number")
        )
        return self.annotate(
            newest_id=Subquery(newest.values("pk")[:1]),
            due_at=Subquery(newest.values("due_at")[:1]),
            is_done=Subquery(newest.values("is_done")[:1]),
        )


class RegisterVersionQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        if not actor.may("cases.read_register"):
            return self.none()
        return self.filter(agency_id=actor.agency_id)
