"""Inviting people, and what invited people do themselves: join, and accept the code of conduct.

An administrator never chooses or learns anybody's password: they name an address, and what comes
there works once.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import conduct
from accounts.invitation_links import invitation_of
from accounts.models import Agency, Invitation, User
from accounts.policies import manages
from accounts.second_factor import has_second_factor
from accounts.services.directory import assign_role
from accounts.services.own import own_act
from audit.acting import Act, acting
from audit.events import write_event
from core.errors import DomainError


class LinkGone(DomainError):
    """The link was used, withdrawn, is too old or was never ours: one answer for all of these."""

    code = "link_gone"

    def __init__(self) -> None:
        super().__init__(_("This link no longer works. Ask whoever invited you for a new one."))


def invite_user(
    *,
    actor: User,
    agency_id: uuid.UUID,
    name: str,
    email: str,
    team_id: uuid.UUID | None = None,
    role: str = "",
    ends_on: date | None = None,
    is_demo: bool = False,
    by_mail: bool = True,
) -> User:
    """Invite a person into an agency: they get a link and set up their own way of signing in.

    Args:
        team_id, role: where they work from the first day; may be given later.
        ends_on: the last day of the account (interns, partners).
        by_mail: False where the address does not exist (the demonstration, benches).

    Raises:
        DomainError: the address is taken, or the account would end before it begins.
        Denied: the agency is another's to manage (see `policies.manages`).
    """
    with acting(actor) as act:
        agency = Agency.objects.get(pk=agency_id)
        act.authorise("accounts.invite_user", agency, verdict=manages(actor, agency))
        email = email.strip().lower()
        if User.objects.filter(email__iexact=email).exists():
            raise DomainError(_("This address is in use. Choose another."), field="email")
        if ends_on is not None and ends_on < timezone.localdate():
            raise DomainError(_("The last day has passed. Choose a later one."), field="ends_on")
        user = User(
            email=email,
            name=name,
            agency=agency,
            is_demo=is_demo,
            is_active=False,
            ends_on=ends_on,
        )
        user.set_unusable_password()
        user.save()
        act.record("user.invited", user)
        _new_link(act, actor, user, by_mail=by_mail)
        if team_id is not None:
            assign_role(actor=actor, user_id=user.pk, team_id=team_id, role=role)
    return user


def send_invitation(*, actor: User, user_id: uuid.UUID) -> Invitation:
    """Send somebody a new link: the one before was lost or is too old. The old one ends at once.

    Raises:
        DomainError: they have joined and have a way to sign in.
        Denied: the agency is another's to manage.
    """
    with acting(actor) as act:
        user = User.objects.managed_by(actor).locked().get(pk=user_id)
        act.authorise("accounts.invite_user", user)
        if user.is_active and (user.has_usable_password() or has_second_factor(user)):
            raise DomainError(_("This person has joined. They can ask for a new password."))
        if not user.is_active and user.invitations.exclude(accepted_at=None).exists():
            raise DomainError(_("This account is closed."))
        user.invitations.waiting().update(withdrawn_at=timezone.now())
        invitation = _new_link(act, actor, user, by_mail=not user.is_demo)
        act.record("invitation.sent", user)
    return invitation


def _new_link(act: Act, actor: User, user: User, *, by_mail: bool) -> Invitation:
    invitation = Invitation.objects.create(
        user=user,
        invited_by=actor,
        expires_at=timezone.now() + timedelta(days=settings.INVITATION_DAYS),
    )
    if by_mail:
        act.after_commit("accounts.mail_invitation", str(invitation.pk))
    return invitation


def find_invitation(token: str, *, at: datetime) -> Invitation:
    """The open invitation a link leads to.

    Raises:
        LinkGone: it does not open, whatever the reason.
    """
    invitation = Invitation.objects.select_related("user").filter(pk=invitation_of(token)).first()
    if invitation is None or not invitation.is_open(at):
        raise LinkGone
    return invitation


def accept_invitation(*, token: str, password: str | None, at: datetime) -> User:
    """Join: the person behind the address takes the account over. The link is used up.

    Args:
        password: of their own choosing; None when a passkey is to be the way in.

    Raises:
        LinkGone: the link does not open, or was used a moment ago in another tab.
        DomainError: the password is too weak.
    """
    with own_act() as act:
        found = find_invitation(token, at=at)
        # The person first, as everybody who closes an account or sends another link does.
        user = User.objects.locked().get(pk=found.user_id)
        invitation = Invitation.objects.locked().get(pk=found.pk)
        if not invitation.is_open(at):
            raise LinkGone
        if password is None:
            user.set_unusable_password()
        else:
            try:
                validate_password(password, user)
            except ValidationError as weak:
                raise DomainError(" ".join(weak.messages), field="password") from None
            user.set_password(password)
        user.is_active = True
        user.save(update_fields=["password", "is_active"])
        invitation.accepted_at = at
        invitation.save(update_fields=["accepted_at"])
        write_event(act=act, actor=user, verb="invitation.accepted", record=user)
    return user


def accept_conduct(*, user: User, at: datetime) -> User:
    """Note that the person accepted the code of conduct as it stands now, and when."""
    with own_act() as act:
        user.conduct_version, user.conduct_accepted_at = conduct.VERSION, at
        user.save(update_fields=["conduct_version", "conduct_accepted_at"])
        write_event(
            act=act,
            actor=user,
            verb="conduct.accepted",
            record=user,
            facts={"version": conduct.VERSION},
        )
    return user
