"""Agencies, teams, people and their roles. An administrator manages; they do not read cases."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Agency, DataSharingAgreement, Membership, Team, User
from accounts.roles import SERVICE_ROLES, Role
from accounts.service_accounts import IMPORTER_ID
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
        Denied: the agency is another's to manage (see `_manages`).
    """
    with acting(actor) as act:
        agency = Agency.objects.get(pk=agency_id)
        act.authorise("accounts.invite_user", agency, verdict=_manages(actor, agency))
        if Team.objects.filter(agency=agency, name=name).exists():
            raise DomainError("This agency has a team of this name.", field="name")
        group = Group.objects.create(name=f"{agency.short_code}:{name}")
        team = Team.objects.create(agency=agency, name=name, group=group)
        act.record("team.added", team)
    return team


def invite_user(
    *,
    actor: User,
    agency_id: uuid.UUID,
    name: str,
    email: str,
    password: str,
    is_demo: bool = False,
) -> User:
    """Add a person to an agency. They add their second factor when they first sign in.

    Raises:
        DomainError: the address is taken or the password too weak.
        Denied: the agency is another's to manage (see `_manages`).
    """
    with acting(actor) as act:
        agency = Agency.objects.get(pk=agency_id)
        act.authorise("accounts.invite_user", agency, verdict=_manages(actor, agency))
        email = email.strip().lower()
        if User.objects.filter(email__iexact=email).exists():
            raise DomainError("This address is in use. Choose another.", field="email")
        user = User(email=email, name=name, agency=agency, is_demo=is_demo)
        try:
            validate_password(password, user)
        except ValidationError as weak:
            raise DomainError(" ".join(weak.messages), field="password") from None
        user.set_password(password)
        user.save()
        act.record("user.invited", user)
    return user


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
        Denied: the agency is another's to manage (see `_manages`).
    """
    with acting(actor) as act:
        team = Team.objects.select_related("agency").get(pk=team_id)
        user = User.objects.get(pk=user_id)
        act.authorise("accounts.assign_role", team, verdict=_manages(actor, team.agency))
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
        Denied: the agency is another's to manage (see `_manages`).
    """
    with acting(actor) as act:
        membership = Membership.objects.locked().get(pk=membership_id)
        act.authorise(
            "accounts.assign_role", membership, verdict=_manages(actor, membership.team.agency)
        )
        if membership.ends_at is not None:
            raise DomainError("This role has ended before.")
        membership.ends_at = timezone.now()
        membership.save(update_fields=["ends_at"])
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
        DomainError: the agreement ends before it starts, or names one's own agency.
    """
    with acting(actor) as act:
        act.authorise("accounts.invite_user")
        if valid_until and valid_until < valid_from:
            raise DomainError("The agreement ends before it starts.", field="valid_until")
        if actor.agency_id is None or to_agency_id == actor.agency_id:
            raise DomainError("An agreement needs another agency.", field="to_agency")
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
        user = User.objects.visible_to(actor).locked().get(pk=user_id)
        act.authorise("accounts.close_account", user)
        if user.pk == actor.pk:
            raise DomainError("Ask another administrator to close your own account.")
        user.is_active = False
        user.save(update_fields=["is_active"])
        act.record("user.closed", user)
    return user


def _manages(actor: User, agency: Agency) -> bool:
    """Administrators manage their own agency; those of the house also a partner that has none.

    A partner's administrator never reaches beyond the partner: a role given there opens its cases.
    """
    if agency.pk == actor.agency_id:
        return True
    return actor.of_the_house and not (
        Membership.objects.live(timezone.now())
        .filter(team__agency=agency, role=Role.AGENCY_ADMIN)
        .exists()
    )
