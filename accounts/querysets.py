"""Who sees which people, teams and agencies."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from django.db.models import Q
from django.utils import timezone

from core.actors import Actor
from core.querysets import ScopedQuerySet


class AgencyQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own agency, and those it has an agreement with: partners do not see each other."""
        return self.filter(
            Q(pk=actor.agency_id)
            | Q(pk__in=self._partners("agreements_in__from_agency", actor))
            | Q(pk__in=self._partners("agreements_out__to_agency", actor))
        )

    def _partners(self, path: str, actor: Actor) -> Any:
        return self.model._default_manager.filter(**{path: actor.agency_id}).values("pk")

    def managed_by(self, actor: Actor) -> Self:
        """One's own agency; for administrators of the house also partners that have none of their
        own who can sign in. A partner's administrator never reaches beyond the partner."""
        mine = Q(pk=actor.agency_id)
        if not actor.of_the_house:
            return self.filter(mine)
        held = "teams__memberships__"
        can_sign_in = Q(**{f"{held}user__is_active": True}) & (
            Q(**{f"{held}user__ends_on": None})
            | Q(**{f"{held}user__ends_on__gte": timezone.localdate()})
        )
        looked_after = (
            MembershipQuerySet.live_now(timezone.now(), held)
            & can_sign_in
            & Q(**{f"{held}role": "agency_admin"})
        )
        led = self.model._default_manager.filter(looked_after).values("pk")
        return self.filter(mine | (Q(is_partner=True) & ~Q(pk__in=led)))

    def active(self) -> Self:
        return self.filter(is_active=True)


class TeamQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """The teams of one's own agency."""
        return self.filter(agency_id=actor.agency_id)

    def of_member(self, actor: Actor, at: datetime) -> Self:
        """The teams `actor` is a member of at the given moment."""
        return self.filter(
            MembershipQuerySet.live_now(at, "memberships__"), memberships__user_id=actor.pk
        )


class UserQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Colleagues of one's own agency (R-A5: partners see no user lists)."""
        return self.filter(agency_id=actor.agency_id)

    def managed_by(self, actor: Actor) -> Self:
        """People of the agencies `actor` administers."""
        agencies: Any = self.model._meta.get_field("agency").related_model
        return self.filter(agency__in=agencies.objects.managed_by(actor))

    def people(self) -> Self:
        return self.filter(kind="person")

    def able_to_sign_in(self, on: date) -> Self:
        """Open accounts whose last day, where they have one, has not passed."""
        return self.filter(is_active=True).filter(Q(ends_on=None) | Q(ends_on__gte=on))


class InvitationQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Invitations of one's own agency's people."""
        return self.filter(user__agency_id=actor.agency_id)

    def waiting(self) -> Self:
        """Neither accepted nor withdrawn; they may have expired."""
        return self.filter(accepted_at=None, withdrawn_at=None)


class SignInLockQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Lock-outs of one's own agency's people."""
        return self.filter(user__agency_id=actor.agency_id)

    def live(self, at: datetime) -> Self:
        return self.filter(lifted_at=None, until__gt=at)


class SignOnProviderQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own agency's."""
        return self.filter(agency_id=actor.agency_id)


class SignOnLinkQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of one's own agency's provider."""
        return self.filter(provider__agency_id=actor.agency_id)


class MembershipQuerySet(ScopedQuerySet[Any]):
    @staticmethod
    def live_now(at: datetime, prefix: str = "") -> Q:
        """Condition: the membership has begun and not ended. `prefix` is a lookup path."""
        return Q(**{f"{prefix}starts_at__lte": at}) & (
            Q(**{f"{prefix}ends_at": None}) | Q(**{f"{prefix}ends_at__gt": at})
        )

    def visible_to(self, actor: Actor) -> Self:
        """Who is in which team of one's own agency."""
        return self.filter(team__agency_id=actor.agency_id)

    def live(self, at: datetime) -> Self:
        return self.filter(self.live_now(at))


class AgreementQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Agreements one's own agency is a party to."""
        return self.filter(Q(from_agency_id=actor.agency_id) | Q(to_agency_id=actor.agency_id))

    def in_force(self, on: date) -> Self:
        return self.filter(valid_from__lte=on).filter(Q(valid_until=None) | Q(valid_until__gte=on))


class NoticeQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own alone."""
        return self.filter(user_id=actor.pk)


class PartnerSystemQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Every system for an administrator of the house; oneself for a system."""
        if actor.may("accounts.register_system") and actor.of_the_house:
            return self.all()
        return self.filter(account_id=actor.pk)
