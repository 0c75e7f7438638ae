"""Who sees which case.

A grant is the truth: guardian's direct-foreign-key rows for a person or a team's group, alive now.
Subqueries, never joins, so that a row is never doubled and no DISTINCT is needed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.querysets import MembershipQuerySet
from cases.choices import GrantReason
from core.actors import Actor
from core.querysets import ScopedQuerySet

VIEW = "view_case"


def _live(at: datetime) -> Q:
    return Q(permission__codename=VIEW) & (Q(until=None) | Q(until__gt=at))


def visible_case_ids(actor: Actor) -> QuerySet[Any]:
    """Ids of the cases `actor` sees, as a subquery."""
    return apps.get_model("cases", "Case").objects.visible_to(actor).values("pk")


def standing_case_ids(actor: Actor) -> QuerySet[Any]:
    """Ids of the cases `actor` sees by their work, emergency access left out, as a subquery."""
    return apps.get_model("cases", "Case").objects.standing_for(actor).values("pk")


def hidden_case_ids(actor: Actor) -> QuerySet[Any]:
    """Ids of the cases that a conflict of interest hides from `actor`, as a subquery.

    Row security hides further what this connection cannot see: the other cases of a person.
    """
    blocks = apps.get_model("cases", "ConflictBlock").objects
    return blocks.in_force().filter(user_id=actor.pk).values("case_id")


class CaseQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Cases granted to the person or to a team they are a member of, now.

        Less those that a conflict of interest hides from them (R-A4).
        """
        return self._granted(actor, Q())

    def standing_for(self, actor: Actor) -> Self:
        """The same without emergency access, which opens nothing that is sealed (R-A2)."""
        return self._granted(actor, ~Q(reason=GrantReason.BREAK_GLASS))

    def _granted(self, actor: Actor, how: Q) -> Self:
        if not actor.is_active:
            return self.none()
        at = timezone.now()
        users = apps.get_model("cases", "CaseUserObjectPermission").objects.filter(how)
        groups = apps.get_model("cases", "CaseGroupObjectPermission").objects
        teams = apps.get_model("accounts", "Membership").objects.filter(
            MembershipQuerySet.live_now(at), user_id=actor.pk
        )
        return self.exclude(pk__in=hidden_case_ids(actor)).filter(
            Q(pk__in=users.filter(_live(at), user_id=actor.pk).values("content_object_id"))
            | Q(
                pk__in=groups.filter(_live(at), group_id__in=teams.values("team__group_id")).values(
                    "content_object_id"
                )
            )
        )

    def open(self) -> Self:
        return self.exclude(protection_stage__in=("closed", "transferred"))


class GrantQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Who sees a case is shown to whoever sees it."""
        return self.filter(content_object_id__in=visible_case_ids(actor))

    def live(self, at: datetime) -> Self:
        return self.filter(_live(at))


class UserGrantQuerySet(GrantQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """As for teams, and one's own, also after it has ended."""
        return self.filter(Q(content_object_id__in=visible_case_ids(actor)) | Q(user_id=actor.pk))
