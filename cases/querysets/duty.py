"""Who sees a duty to report: whoever sees its case; before there is one, the team's desk."""

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
        """Of visible cases; of one's teams where there is no case yet.

        The housekeeping service, which has people told, sees what is overdue and no more.
        """
        now = timezone.now()
        if actor.may("cases.alert_overdue_duties"):
            return self.overdue(now)
        if not actor.may("cases.read_duty"):
            return self.none()
        teams = apps.get_model("accounts", "Membership").objects.filter(
            MembershipQuerySet.live_now(now), user_id=actor.pk, user__is_active=True
        )
        return self.filter(
            Q(case_id__in=visible_case_ids(actor))
            | Q(case=None, team_id__in=teams.values("team_id"))
        )

    def due(self) -> Self:
        return self.filter(status="due")

    def overdue(self, at: datetime) -> Self:
        return self.filter(status="due", due_at__lt=at)
