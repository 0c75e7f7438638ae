"""Who sees families and households: whoever sees their case."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db.models import Q

from cases.querysets.case import visible_case_ids
from core.actors import Actor
from core.querysets import ScopedQuerySet


class RelationshipLinkQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(case_id__in=visible_case_ids(actor))


class HouseholdQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(case_id__in=visible_case_ids(actor))


class HouseholdMemberQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(case_id__in=visible_case_ids(actor))

    def on(self, day: date) -> Self:
        """Those who may have lived there on a day: what is not known counts as so."""
        return self.filter(
            Q(since_day=None) | Q(since_day__lte=day), Q(until_day=None) | Q(until_day__gte=day)
        )
