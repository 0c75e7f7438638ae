"""A partner's system is let in, given a new secret, and let in no more."""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.utils import timezone
from django.utils.translation import gettext as _
from oauth2_provider.models import AccessToken, Application

from accounts.models import Agency, Membership, PartnerSystem, Team, User
from accounts.partner_scopes import OF_HANDOFFS, OF_REFERRALS, Scope
from accounts.roles import Role
from audit.acting import acting
from core.errors import DomainError
from core.races import only_one

SECRET_BYTES = 32
TEAM_NAME = "Systems"
FINGERPRINT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class LetIn:
    """A system and its secret, which is kept nowhere: whoever reads this shows it once."""

    system: PartnerSystem
    secret: str


def register_system(
    *,
    actor: User,
    agency_id: uuid.UUID,
    name: str,
    scopes: Sequence[str],
    desk_id: uuid.UUID | None = None,
    certificate: str = "",
) -> LetIn:
    """Let a system of a partner agency in, to what its scopes open.

    Args:
        desk_id: the team of the house at which what it submits arrives.
        certificate: SHA-256 of the certificate it must show, in hex, with or without colons.

    Raises:
        Agency.DoesNotExist: no open partner agency.
        Denied: only the house lets systems in.
        DomainError: a value breaks a rule; `field` names it.
    """
    with acting(actor) as act:
        agency = Agency.objects.locked().get(pk=agency_id, is_partner=True, is_active=True)
        act.authorise("accounts.register_system", agency, verdict=actor.of_the_house)
        name = name.strip()
        if not name:
            raise DomainError(_("Give it a name."), field="name")
        chosen = [scope.value for scope in Scope if scope.value in scopes]
        if not chosen or len(chosen) != len(set(scopes)):
            raise DomainError(_("Choose what it may do."), field="scopes")
        desk = _desk(actor, desk_id) if Scope.SUBMIT in chosen else None
        account = _account(agency, name)
        system = PartnerSystem(
            agency=agency,
            account=account,
            name=name,
            client_id=secrets.token_urlsafe(24),
            scopes=chosen,
            desk=desk,
            certificate=_fingerprint(certificate),
            registered_by=actor,
        )
        taken = DomainError(_("This agency has a system of this name."), field="name")
        with only_one("system_named_once_in_agency", taken):
            system.save(force_insert=True)
        _give_roles(account, agency, chosen)
        secret = secrets.token_urlsafe(SECRET_BYTES)
        Application.objects.create(
            client_id=system.client_id,
            client_secret=secret,
            client_type=Application.CLIENT_CONFIDENTIAL,
            authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
        )
        act.record("system.registered", system, facts={"scopes": chosen})
    return LetIn(system, secret)


def replace_secret(*, actor: User, system_id: uuid.UUID) -> LetIn:
    """Give a system a new secret. The old one and every token of it open nothing from now on.

    Raises:
        PartnerSystem.DoesNotExist: not visible, or let in no more.
    """
    with acting(actor) as act:
        system = PartnerSystem.objects.visible_to(actor).locked().get(pk=system_id, ended_at=None)
        act.authorise("accounts.register_system", system, verdict=actor.of_the_house)
        secret = secrets.token_urlsafe(SECRET_BYTES)
        application = Application.objects.get(client_id=system.client_id)
        application.client_secret = secret
        application.save(update_fields=["client_secret", "updated"])
        _forget_tokens(system)
        act.record("system.secret_replaced", system)
    return LetIn(system, secret)


def end_system(*, actor: User, system_id: uuid.UUID) -> PartnerSystem:
    """Let a system in no more, from this moment. What it did stays on record.

    Raises:
        PartnerSystem.DoesNotExist: not visible to the actor.
        InvalidTransition: it has ended.
    """
    with acting(actor) as act:
        system: PartnerSystem = PartnerSystem.objects.visible_to(actor).locked().get(pk=system_id)
        act.authorise("accounts.register_system", system, verdict=actor.of_the_house)
        now = timezone.now()
        system.end(at=now)
        system.save(update_fields=["ended_at"])
        _forget_tokens(system)
        Membership.objects.filter(user_id=system.account_id, ends_at=None).update(ends_at=now)
        User.objects.filter(pk=system.account_id).update(is_active=False)
        act.record("system.ended", system)
    return system


def _desk(actor: User, desk_id: uuid.UUID | None) -> Team:
    teams = Team.objects.filter(agency__is_partner=False)
    desk = teams.filter(pk=desk_id, agency=actor.agency).first() if desk_id else None
    if desk is None:
        raise DomainError(_("Choose the team that takes what it submits."), field="desk")
    return desk


def _fingerprint(given: str) -> str:
    plain = re.sub(r"[:\s]", "", given).lower()
    if plain and not FINGERPRINT.fullmatch(plain):
        raise DomainError(
            _("A SHA-256 fingerprint has 64 digits from 0 to 9 and a to f."), field="certificate"
        )
    return plain


def _account(agency: Agency, name: str) -> User:
    """A service account of the agency; nobody signs in with it."""
    key = uuid.uuid4()
    account = User(
        pk=key,
        email=f"{key}@system.invalid",
        name=name,
        kind=User.Kind.SERVICE,
        agency=agency,
    )
    account.set_unusable_password()
    account.save(force_insert=True)
    return account


def _give_roles(account: User, agency: Agency, scopes: Sequence[str]) -> None:
    """What row security asks for: a role for each half of the scopes, in a team of machines."""
    team = Team.objects.filter(agency=agency, name=TEAM_NAME).first()
    if team is None:
        group = Group.objects.create(name=f"{agency.short_code}:{TEAM_NAME}")
        team = Team.objects.create(agency=agency, name=TEAM_NAME, group=group)
    for role, opened in ((Role.REFERRAL_SYSTEM, OF_REFERRALS), (Role.HANDOFF_SYSTEM, OF_HANDOFFS)):
        if opened.intersection(scopes):
            Membership.objects.create(user=account, team=team, role=role)


def _forget_tokens(system: PartnerSystem) -> None:
    tokens = AccessToken.objects.filter(application__client_id=system.client_id)
    # Not `delete`, which looks through the tables of the library's other flows: they are shut.
    tokens._raw_delete(tokens.db)
