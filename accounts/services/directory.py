"""Agencies, teams, people and their roles. An administrator manages; they do not read cases."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from django.contrib.auth.models import Group
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Agency, DataSharingAgreement, Membership, Team, User
from accounts.policies import manages
from accounts.roles import SERVICE_ROLES, Role
from accounts.service_accounts import IMPORTER_ID
from accounts.services.leaving import end_what_they_held
from accounts.sessions import end_all_of
from audit.acting import acting
from core.errors import DomainError


def add_agency(
    *, actor: User, name: str, short_code: str, agency_type: str, country: str, side: str
) -> Agency:
    """Add a partner agency. Its own administrator invites its people.

    Raises:
        DomainError: the name or the short code is taken.
    """
    with acting(actor) as act:
        act.authorise("accounts.invite_user")
        if Agency.objects.filter(short_code=short_code).exists():
            raise DomainError("This short code is taken. Choose another.", field="short_code")
        if Agency.objects.filter(name=name).exists():
            raise DomainError("An agency of this name is here already.", field="name")
        agency = Agency.objects.create(
            name=name, short_code=short_code, type=agency_type, country=country, side=side
        )
        act.record("agency.added", agency)
    return agency


def add_team(*, actor: User, agency_id: uuid.UUID, name: str) -> Team:
    """Add a team to one's own agency, or to a partner agency that has no administrator yet.

    Raises:
        DomainError: the agency has a team of this name.
        Denied: the agency is another's to manage (see `policies.manages`).
    """
    with acting(actor) as act:
        agency = Agency.objects.get(pk=agency_id)
        act.authorise("accounts.invite_user", agency, verdict=manages(actor, agency))
        if Team.objects.filter(agency=agency, name=name).exists():
            raise DomainError("This agency has a team of this name.", field="name")
        group = Group.objects.create(name=f"{agency.short_code}:{name}")
        team = Team.objects.create(agency=agency, name=name, group=group)
        act.record("team.added", team)
    return team


def assign_role(
    *,
    actor: User,
    user_id: uuid.UUID,
    team_id: uuid.UUID,
    role: str,
    ends_at: datetime | None = None,
) -> Membership:
    """Put a person into a team in a role, from now.

    Raises:
        DomainError: the team is another agency's, or the role is a service's.
        Denied: the agency is another's to manage (see `policies.manages`).
    """
    with acting(actor) as act:
        team = Team.objects.select_related("agency").get(pk=team_id)
        user = User.objects.get(pk=user_id)
        act.authorise("accounts.assign_role", team, verdict=manages(actor, team.agency))
        if user.kind == User.Kind.PERSON and role in SERVICE_ROLES:
            raise DomainError("This role belongs to a service account.", field="role")
        if user.kind == User.Kind.PERSON and user.agency_id != team.agency_id:
            raise DomainError("This person belongs to another agency.", field="team")
        membership, fresh = Membership.objects.get_or_create(
            user=user, team=team, role=role, ends_at=None, defaults={"ends_at": ends_at}
        )
        if not fresh:
            raise DomainError("This person holds the role in this team already.", field="role")
        act.record("role.assigned", membership, facts={"role": role})
    return membership


def end_role(*, actor: User, membership_id: uuid.UUID) -> Membership:
    """Take a role away, from now.

    Raises:
        DomainError: it has ended before.
        Denied: the agency is another's to manage (see `policies.manages`).
    """
    with acting(actor) as act:
        membership = Membership.objects.locked().get(pk=membership_id)
        act.authorise(
            "accounts.assign_role", membership, verdict=manages(actor, membership.team.agency)
        )
        if membership.ends_at is not None:
            raise DomainError("This role has ended before.")
        membership.ends_at = timezone.now()
        membership.save(update_fields=["ends_at"])
        end_what_they_held(act)
        act.record("role.ended", membership, facts={"role": membership.role})
    return membership


def admit_importer(*, actor: User, team_id: uuid.UUID) -> Membership:
    """Let the import service put referrals on a team's desk. See `assign_role`."""
    return assign_role(actor=actor, user_id=IMPORTER_ID, team_id=team_id, role=Role.IMPORT_SERVICE)


def add_agreement(
    *,
    actor: User,
    reference: str,
    to_agency_id: uuid.UUID,
    scope: str,
    categories: Sequence[str],
    valid_from: date,
    valid_until: date | None,
) -> DataSharingAgreement:
    """Record what one's own agency may hand to another, and until when.

    Raises:
        DomainError: the agreement ends before it starts, names one's own agency, or has a
            reference that another one has.
    """
    with acting(actor) as act:
        act.authorise("accounts.invite_user")
        if valid_until and valid_until < valid_from:
            raise DomainError(_("The agreement ends before it starts."), field="valid_until")
        if actor.agency_id is None or to_agency_id == actor.agency_id:
            raise DomainError(_("An agreement needs another agency."), field="to_agency")
        if DataSharingAgreement.objects.filter(reference=reference).exists():
            raise DomainError(_("Another agreement has this reference."), field="reference")
        agreement = DataSharingAgreement.objects.create(
            reference=reference,
            from_agency_id=actor.agency_id,
            to_agency_id=to_agency_id,
            scope=scope,
            categories=list(categories),
            valid_from=valid_from,
            valid_until=valid_until,
        )
        act.record("agreement.added", agreement)
    return agreement


def close_account(*, actor: User, user_id: uuid.UUID) -> User:
    """Close a person's account: they cannot sign in, and what they did stays theirs.

    Raises:
        DomainError: it is one's own account.
    """
    with acting(actor) as act:
        user = User.objects.managed_by(actor).locked().get(pk=user_id)
        act.authorise("accounts.close_account", user)
        if user.pk == actor.pk:
            raise DomainError(_("Ask another administrator to close your own account."))
        if not user.is_active and not user.invitations.waiting().exists():
            raise DomainError(_("This account is closed already."))
        user.is_active = False
        user.save(update_fields=["is_active"])
        user.invitations.waiting().update(withdrawn_at=timezone.now())
        end_all_of(user)
        end_what_they_held(act)
        act.record("user.closed", user)
    return user


def reopen_account(*, actor: User, user_id: uuid.UUID, ends_on: date | None) -> User:
    """Open an account again: its owner signs in as before, in the roles they still hold.

    Args:
        ends_on: the new last day; None for no end.

    Raises:
        DomainError: it is open, was never taken over, or would end before it begins.
        Denied: the agency is another's to manage.
    """
    with acting(actor) as act:
        user = User.objects.managed_by(actor).locked().get(pk=user_id)
        act.authorise("accounts.invite_user", user)
        if user.is_active:
            raise DomainError(_("This account is open."))
        if not user.invitations.exclude(accepted_at=None).exists():
            raise DomainError(_("Nobody has joined by this account. Send a new link instead."))
        if ends_on is not None and ends_on < timezone.localdate():
            raise DomainError(_("The last day has passed. Choose a later one."), field="ends_on")
        user.is_active, user.ends_on = True, ends_on
        user.save(update_fields=["is_active", "ends_on"])
        act.record("user.reopened", user)
    return user


def close_ended_accounts(*, actor: User, today: date, most: int = 200) -> int:
    """Close the accounts whose last day has passed; nobody could sign in by them since.

    Args:
        actor: the housekeeping service.

    Returns:
        How many were closed.
    """
    with acting(actor) as act:
        act.authorise("accounts.close_ended_accounts")
        # Locked, and judged again once the lock is there: a new last day may have come meanwhile.
        ended = list(
            User.objects.people().filter(is_active=True, ends_on__lt=today).locked()[:most]
        )
        for user in ended:
            user.is_active = False
            user.save(update_fields=["is_active"])
            end_all_of(user)
            act.record("user.closed", user, facts={"because": "last_day"})
        if ended:
            end_what_they_held(act)
        else:
            act.record("user.none_ended")
    return len(ended)


def set_last_day(*, actor: User, user_id: uuid.UUID, ends_on: date | None) -> User:
    """Say on which day an account ends, or that it has no end.

    Raises:
        DomainError: the day has passed, or it is one's own account.
        Denied: the agency is another's to manage.
    """
    with acting(actor) as act:
        user = User.objects.managed_by(actor).locked().get(pk=user_id)
        act.authorise("accounts.close_account", user)
        if user.pk == actor.pk:
            raise DomainError(_("Ask another administrator to end your own account."))
        if ends_on is not None and ends_on < timezone.localdate():
            raise DomainError(_("The last day has passed. Choose a later one."), field="ends_on")
        user.ends_on = ends_on
        user.save(update_fields=["ends_on"])
        act.record("account.end_set", user, fields=["ends_on"])
    return user
