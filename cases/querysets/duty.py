"""Who sees a duty to report: the team whose duty it is, and whoever sees the case."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.apps import apps
from django.db.models import Q
from django.utils import timezone

from accounts.querysets import MembershipQuerySet
from cases.querysets.case import visible_case_ids
from core.actors import Actor
from core.querysets import ScopedQuerySet


class DutyQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Duties of one's teams and of visible cases; all of them for the keeper of the clock."""
        if actor.may("cases.keep_time"):
            return self.all()
        if not actor.may("cases.read_duty"):
            return self.none()
        teams = apps.get_model("accounts", "Membership").objects.filter(
            MembershipQuerySet.live_now(timezone.now()), user_id=actor.pk
        )
        return self.filter(
            Q(team_id__in=teams.values("team_id")) | Q(case_id__in=visible_case_ids(actor))
        )

    def due(self) -> Self:
        return self.filter(status="due")

    def overdue(self, at: datetime) -> Self:
        return self.filter(status="due", due_at__lt=at)
