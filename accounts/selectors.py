"""How accounts stand, for the pages of administrators: who they are, never what they work on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Invitation, Membership, SignInLock, Team, User
from accounts.roles import SERVICE_ROLES, Role
from accounts.second_factor import has_second_factor
from core.actors import Actor

# code of a state, its words; the icons and tones are `core.ui.statuses`'
STATES: dict[str, str | Promise] = {
    "active": _("Active"),
    "waiting": _("Invited"),
    "expired": _("Invitation expired"),
    "locked": _("Locked out"),
    "closed": _("Closed"),
    "ended": _("Ended"),
    "expiring": _("Ends soon"),
}


def receivers_of(actor: Actor) -> QuerySet[Agency]:
    """The agencies `actor` may tell something: active, and not their own.

    The organisation that runs this place knows all of them, since a legal duty needs no
    agreement; people of a partner know those their agency has an agreement with (R-A5).
    """
    if actor.agency_id is None:
        return Agency.objects.none()
    others: QuerySet[Agency] = Agency.objects.active().exclude(pk=actor.agency_id)
    if not actor.of_the_house:
        others = others.filter(pk__in=Agency.objects.visible_to(actor).values("pk"))
    return others


@dataclass(frozen=True)
class Account:
    """One person's account: how it stands, and what they do where."""

    user: User
    state: str
    memberships: list[Membership]
    invitation: Invitation | None
    lock: SignInLock | None = None

    @property
    def words(self) -> str | Promise:
        return STATES[self.state]

    @property
    def needs_a_link(self) -> bool:
        """Whether a new link may be sent: nobody has joined, or they joined and stopped before
        they had any way to sign in again."""
        if self.never_joined:
            return True
        user = self.user
        return user.is_active and not (user.has_usable_password() or has_second_factor(user))

    @property
    def never_joined(self) -> bool:
        """Whether nobody has taken the account over yet."""
        return not self.user.is_active and all(
            invitation.accepted_at is None
            for invitation in self.user.all_invitations  # type: ignore[attr-defined]
        )

    @property
    def is_open(self) -> bool:
        return self.state in ("active", "locked", "waiting", "expired", "expiring")

    @property
    def may_come_back(self) -> bool:
        """Whether the account was closed after somebody had taken it over."""
        return self.state in ("closed", "ended") and not self.never_joined


def people_of(actor: User) -> QuerySet[Any]:
    """The people `actor` administers, with what `account_of` needs."""
    live = Membership.objects.live(timezone.now()).select_related("team").order_by("created_at")
    people: QuerySet[Any] = User.objects.managed_by(actor)
    return (
        people.filter(kind=User.Kind.PERSON)
        .select_related("agency")
        .order_by("name", "pk")
        .prefetch_related(
            Prefetch("memberships", live, to_attr="live_memberships"),
            Prefetch("invitations", Invitation.objects.all(), to_attr="all_invitations"),
            Prefetch(
                "sign_in_locks", SignInLock.objects.live(timezone.now()), to_attr="live_locks"
            ),
        )
    )


def account_of(user: Any) -> Account:
    """How one account of `people_of` stands now."""
    latest: Invitation | None = user.all_invitations[0] if user.all_invitations else None
    lock = user.live_locks[0] if user.live_locks else None
    state = _state(user, latest)
    if lock is not None and state in ("active", "expiring"):
        state = "locked"
    return Account(user, state, list(user.live_memberships), latest, lock)


def accounts_of(people: Iterable[Any]) -> list[Account]:
    return [account_of(user) for user in people]


def _state(user: User, latest: Invitation | None) -> str:
    today, now = timezone.localdate(), timezone.now()
    if not user.is_active:
        waits = latest is not None and latest.accepted_at is None and latest.withdrawn_at is None
        if not waits or latest is None:
            gone = user.ends_on is not None and user.ends_on < today
            return "ended" if gone else "closed"
        return "waiting" if latest.is_open(now) else "expired"
    if user.ends_on is not None and user.ends_on < today:
        return "ended"
    return "expiring" if ends_soon(user, today) else "active"


def ends_soon(user: User, today: date) -> bool:
    """Whether the last day is near enough to say so to the person and their administrator."""
    if user.ends_on is None or user.ends_on < today:
        return False
    return user.ends_on <= today + timedelta(days=settings.LAST_DAYS_WARNED)


def team_choices(actor: User, agency: Agency | None = None) -> list[tuple[str, str]]:
    """Teams `actor` may put people into; with the agency's name where there are several."""
    agencies = Agency.objects.managed_by(actor)
    teams = Team.objects.filter(agency__in=agencies).select_related("agency")
    if agency is not None:
        teams = teams.filter(agency=agency)
    return [
        (str(team.pk), team.name if agency else f"{team.agency.name}: {team.name}")
        for team in teams.order_by("agency__is_partner", "agency__name", "name")
    ]


def role_choices() -> list[tuple[str, str]]:
    """Roles of people; services have theirs by being what they are."""
    return [(role.value, str(role.label)) for role in Role if role not in SERVICE_ROLES]


def locked_out(actor: User, at: datetime) -> QuerySet[SignInLock]:
    """Who of the people `actor` administers is locked out now."""
    found: QuerySet[SignInLock] = SignInLock.objects.filter(
        user__in=User.objects.managed_by(actor)
    ).live(at)
    return found.select_related("user").order_by("until")
