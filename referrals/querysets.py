"""Who sees which referral: the desk it came to, and whoever sees the case it became."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Self

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.querysets import MembershipQuerySet
from cases.querysets import hidden_case_ids, visible_case_ids
from core.actors import Actor
from core.querysets import ScopedQuerySet

# From receipt to triage (domain.md 3.2): three days, an hour where a child is in danger now.
TRIAGE_WITHIN = timedelta(hours=72)
TRIAGE_WITHIN_IN_DANGER = timedelta(hours=1)


def my_team_ids(actor: Actor) -> QuerySet[Any]:
    """Ids of the teams `actor` is in now, as a subquery."""
    return (
        apps.get_model("accounts", "Membership")
        .objects.filter(
            MembershipQuerySet.live_now(timezone.now()), user_id=actor.pk, user__is_active=True
        )
        .values("team_id")
    )


class ReferralQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        if not actor.may("referrals.read_referral"):
            return self.none()
        # Row security hides the same, and the other cases of a person one is close to (R-A4).
        hidden = Q(case_id__in=hidden_case_ids(actor))
        return self.filter(
            (Q(team_id__in=my_team_ids(actor)) & ~hidden) | Q(case_id__in=visible_case_ids(actor))
        )

    def waiting(self) -> Self:
        return self.filter(status__in=("received", "in_triage"))

    def overdue(self, at: datetime) -> Self:
        """Received, not yet in triage, and past its due time."""
        late, late_in_danger = at - TRIAGE_WITHIN, at - TRIAGE_WITHIN_IN_DANGER
        logged, imported = Q(import_batch=None), Q(import_batch__isnull=False)
        return self.filter(status="received").filter(
            (logged & Q(received_at__lt=late))
            | (logged & Q(received_at__lt=late_in_danger, immediate_danger="yes"))
            | (imported & Q(created_at__lt=late))
            | (imported & Q(created_at__lt=late_in_danger, immediate_danger="yes"))
        )


class ImportBatchQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(team_id__in=my_team_ids(actor))


class ImportedRowQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(team_id__in=my_team_ids(actor))
