"""Who sees what somebody agreed to, and on what other grounds something left."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db.models import Q
from django.utils import timezone

from cases.querysets.case import visible_case_ids
from core.actors import Actor
from core.querysets import ScopedQuerySet

# What the clock closes, and what becomes of it.
RUNNING_OUT = ("active", "expired", "review_due")


class ConsentQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Consents of visible cases, for whoever works with consent.

        The housekeeping service sees those whose last day has passed, and no more.
        """
        if actor.may("cases.run_out_consents"):
            return self.filter(status__in=RUNNING_OUT, valid_until__lt=timezone.localdate())
        if not actor.may("cases.read_consent"):
            return self.none()
        return self.filter(case_id__in=visible_case_ids(actor))

    def in_force(self, on: date) -> Self:
        """Active and within its days."""
        return self.filter(status="active", valid_from__lte=on, valid_until__gte=on)


class LegalGroundQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Grounds of visible cases; and of every case of their agency for the data protection
        officer, who sees the case behind them no more for it (R-K7)."""
        seen = Q(pk__in=[])
        if actor.may("cases.read_consent"):
            seen |= Q(case_id__in=visible_case_ids(actor))
        if actor.may("cases.oversee_grounds"):
            seen |= Q(agency_id=actor.agency_id)
        return self.filter(seen)

    def waiting(self) -> Self:
        return self.filter(status="proposed")
