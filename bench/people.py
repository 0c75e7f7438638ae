"""Who works in a bench's installation, all made up, invited as a newcomer would invite them."""

from __future__ import annotations

import base64
import hashlib

from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.utils import timezone

from accounts.invitation_links import token_of
from accounts.models import Team, User
from accounts.roles import Role
from accounts.second_factor import factor_of
from accounts.services.directory import add_team, admit_importer
from accounts.services.founding import found_installation
from accounts.services.invitations import accept_conduct, accept_invitation, invite_user

PASSWORD = "a measured step on the pier"  # noqa: S105 (of an installation that lives for minutes)
TEAM = "Team of the bench"
ADMIN = "admin@bench.example"
WORKER = "worker@bench.example"
MANAGER = "manager@bench.example"
# More than one, because a code opens only one sign-in in its half minute.
VISITORS = [f"visitor{number}@bench.example" for number in range(1, 9)]


def found() -> None:
    """A team of caseworkers, a manager and the import service, in an agency founded for them or,
    where an installation was taken over, in the one that runs it."""
    admin = administrator() or found_installation(
        agency_name="Tanglaw Foundation",
        short_code="TANGLAW",
        agency_type="NGO",
        country="PH",
        admin_name="Sol Herrera",
        admin_email=ADMIN,
        password=PASSWORD,
    )
    team = add_team(actor=admin, agency_id=admin.agency_id, name=TEAM)
    people = [(WORKER, Role.CASEWORKER), (MANAGER, Role.MANAGER)]
    people += [(email, Role.CASEWORKER) for email in VISITORS]
    for number, (email, role) in enumerate(people, 1):
        join(admin, team, name=f"Person {number}", email=email, role=role)
    admit_importer(actor=admin, team_id=team.pk)


def administrator() -> User | None:
    """Who administers the house; None before it is founded."""
    return User.objects.filter(
        agency__is_partner=False, is_active=True, memberships__role=Role.AGENCY_ADMIN
    ).first()


def join(admin: User, team: Team, *, name: str, email: str, role: Role) -> User:
    """Invite somebody into a team and do what they do on their first day."""
    user = invite_user(
        actor=admin,
        agency_id=team.agency_id,
        name=name,
        email=email,
        team_id=team.pk,
        role=role,
        by_mail=False,
    )
    link = token_of(user.invitations.waiting().get().pk)
    user = accept_invitation(token=link, password=PASSWORD, at=timezone.now())
    accept_conduct(user=user, at=timezone.now())
    with factor_of(user):
        TOTP.activate(user, secret_of(email))
    return user


def person(email: str) -> User:
    """Somebody, as a new request would find them."""
    return User.objects.get(email=email)


def team() -> Team:
    """The team they all work in."""
    return Team.objects.get(name=TEAM)


def secret_of(email: str) -> str:
    """The secret of a person's authenticator."""
    digest = hashlib.sha256(f"liwanag-bench:{email}".encode()).digest()
    return base64.b32encode(digest[:20]).decode()


def code_of(email: str) -> str:
    """The six digits that a person's authenticator shows now."""
    counters = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret_of(email), counters[len(counters) // 2]))
