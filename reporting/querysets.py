"""Who sees which release: one's own agency's, and before publication only who works on it."""

from __future__ import annotations

from typing import Any, Self

from django.db.models import Q

from core.actors import Actor
from core.querysets import ScopedQuerySet
from reporting.choices import LIVE

WORKS_ON_RELEASES = (
    "reporting.request_release",
    "reporting.publish_release",
    "reporting.withdraw_release",
)


class ReleaseQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """All of the agency's for those who request, publish or withdraw; for other readers what
        was published, also when it was withdrawn later: they hold copies and need the reason. A
        survivor advisor also sees what waits to become public.
        """
        if actor.may("reporting.compute_release"):
            return self.all()
        if not actor.may("reporting.read_release"):
            return self.none()
        own = self.filter(agency_id=actor.agency_id)
        if any(actor.may(permission) for permission in WORKS_ON_RELEASES):
            return own
        seen = Q(published_at__isnull=False)
        if actor.may("reporting.advise_release"):
            seen |= Q(tier="public")
        return own.filter(seen)

    def published(self) -> Self:
        return self.filter(status="published")

    def live(self) -> Self:
        """Those that count their days, published or on the way."""
        return self.filter(status__in=LIVE)

    def once_published(self) -> Self:
        """Published and withdrawn: its figures are out all the same."""
        return self.filter(status="withdrawn", published_at__isnull=False)

    def counting(self, measures: list[str], start: Any, end: Any) -> Self:
        """Those that count a day from `start` to `end` for one of the measures."""
        return self.filter(
            Q(measures__overlap=measures), period_start__lte=end, period_end__gte=start
        )


class ChargeQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """The statistics service sees all; who works on an agency's releases sees its own."""
        if actor.may("reporting.compute_release"):
            return self.all()
        if not any(actor.may(permission) for permission in WORKS_ON_RELEASES):
            return self.none()
        return self.filter(agency_id=actor.agency_id)


class PublicReportQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor | None) -> Self:
        """Everybody sees them, whoever is not signed in included: nothing else is in the table."""
        return self.all()
