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
from cases.querysets.case_ids import case_ids
from core.actors import Actor
from core.querysets import ScopedQuerySet

VIEW = "view_case"


def _live(at: datetime) -> Q:
    return Q(permission__codename=VIEW) & (Q(until=None) | Q(until__gt=at))


def visible_case_ids(actor: Actor) -> Any:
    """Ids of the cases `actor` sees, for `case_id__in`."""
    return case_ids(actor, emergencies=True)


def standing_case_ids(actor: Actor) -> Any:
    """Ids of the cases `actor` sees by their work, emergency access left out, for `case_id__in`."""
    return case_ids(actor, emergencies=False)


def hidden_case_ids(actor: Actor) -> QuerySet[Any]:
    """Ids of the cases that a conflict of interest hides from `actor`, as a subquery.

    Row security hides further what this connection cannot see: the other cases of a person.
    """
    blocks = apps.get_model("cases", "ConflictBlock").objects
    return blocks.in_force().filter(user_id=actor.pk).values("case_id")


def _teams_of(actor: Actor, at: datetime) -> QuerySet[Any]:
    """The actor's memberships that are alive."""
    memberships = apps.get_model("accounts", "Membership").objects
    found: QuerySet[Any] = memberships.filter(MembershipQuerySet.live_now(at), user_id=actor.pk)
    return found


def restricted_case_ids(actor: Actor, at: datetime) -> QuerySet[Any]:
    """Ids of the cases restricted to others: neither the actor nor a team of theirs is named."""
    members = apps.get_model("cases", "RestrictionMember").objects.filter(
        Q(user_id=actor.pk) | Q(team_id__in=_teams_of(actor, at).values("team_id"))
    )
    restrictions = apps.get_model("cases", "CaseRestriction").objects.in_force()
    found: QuerySet[Any] = restrictions.exclude(pk__in=members.values("restriction_id"))
    return found.values("case_id")


def covered_case_ids(actor: Actor, at: datetime) -> QuerySet[Any]:
    """Ids of the cases led by somebody who is away and for whom the actor covers."""
    covers = apps.get_model("cases", "LeaveCover").objects.live(at).filter(cover_id=actor.pk)
    if not actor.may("cases.read_case"):
        covers = covers.none()
    leads = apps.get_model("cases", "CaseLead").objects.filter(until=None)
    found: QuerySet[Any] = leads.filter(user_id__in=covers.values("away_id"))
    return found.values("case_id")


class CaseQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Cases granted to the person or to a team they are a member of, now, and what they cover.

        Less those restricted to others, and those that a conflict of interest hides (R-A4).
        Emergency access passes a restriction: somebody is in danger, and everybody is told.
        """
        return self.seen_at(actor, timezone.now(), emergencies=True)

    def standing_for(self, actor: Actor) -> Self:
        """The same without emergency access, which opens nothing that is sealed (R-A2)."""
        return self.seen_at(actor, timezone.now(), emergencies=False)

    def seen_at(self, actor: Actor, at: datetime, *, emergencies: bool) -> Self:
        """Those of a moment; `cases.querysets.case_ids` puts person and moment in afterwards."""
        if not actor.is_active:
            return self.none()
        emergency = Q(reason=GrantReason.BREAK_GLASS)
        mine = apps.get_model("cases", "CaseUserObjectPermission").objects.filter(
            _live(at), user_id=actor.pk
        )
        groups = apps.get_model("cases", "CaseGroupObjectPermission").objects.filter(
            _live(at), group_id__in=_teams_of(actor, at).values("team__group_id")
        )
        by_work = (
            Q(pk__in=mine.exclude(emergency).values("content_object_id"))
            | Q(pk__in=groups.values("content_object_id"))
            | Q(pk__in=covered_case_ids(actor, at))
        ) & ~Q(pk__in=restricted_case_ids(actor, at))
        if emergencies:
            by_work |= Q(pk__in=mine.filter(emergency).values("content_object_id"))
        return self.exclude(pk__in=hidden_case_ids(actor)).filter(by_work)

    def led_by(self, actor: Actor) -> Self:
        """The cases somebody leads now."""
        leads = apps.get_model("cases", "CaseLead").objects.filter(until=None, user_id=actor.pk)
        return self.filter(pk__in=leads.values("case_id"))

    def covered_by(self, actor: Actor) -> Self:
        """The cases whose lead is away while the actor covers."""
        return self.filter(pk__in=covered_case_ids(actor, timezone.now()))

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
