"""Who sees which paper."""

from __future__ import annotations

from typing import Any, Self

from cases.choices import LIVE_FILES
from cases.querysets.case import visible_case_ids
from core.actors import Actor
from core.querysets import ScopedQuerySet

READ_PAPER = "cases.read_paper"
CLEAN_PAPER = "cases.clean_paper"


class PaperQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Papers of visible cases, for roles that work with survivors or their case in court."""
        if not actor.may(READ_PAPER):
            return self.none()
        return self.filter(case_id__in=visible_case_ids(actor))


class PaperFileQuerySet(PaperQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """As its paper; the service that checks files sees what waits and what became of it."""
        if actor.may(CLEAN_PAPER):
            return self
        return super().visible_to(actor)

    def live(self) -> Self:
        """Waiting, being checked, or kept."""
        return self.filter(state__in=LIVE_FILES)


class PaperWaitingQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Nobody reads a file as it was brought; the service alone takes it up."""
        return self if actor.may(CLEAN_PAPER) else self.none()


class PaperContentQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """What is kept, for named roles, in the cases they see."""
        if not actor.may("cases.open_paper"):
            return self.none()
        return self.filter(case_id__in=visible_case_ids(actor))
