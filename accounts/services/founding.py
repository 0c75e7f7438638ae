"""The first agency and its first administrator: the one write without an actor, done once."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import Group
from django.db import transaction

from accounts.models import Agency, Membership, Team, User
from accounts.roles import Role
from audit.acting import open_settings
from audit.events import write_event
from core.errors import DomainError


def found_installation(
    *,
    agency_name: str,
    short_code: str,
    agency_type: str,
    country: str,
    admin_name: str,
    admin_email: str,
    password: str,
    is_demo: bool = False,
) -> User:
    """Make the first agency, its administration team and its first administrator.

    Raises:
        DomainError: somebody is here already; from then on administrators invite people.
    """
    with transaction.atomic(durable=True):
        act = uuid.uuid4()
        open_settings(actor=None, act=act)
        if User.objects.people().exists():
            raise DomainError("This installation has its first administrator already.")
        agency = Agency.objects.create(
            name=agency_name,
            short_code=short_code,
            type=agency_type,
            country=country,
            is_partner=False,
        )
        team = Team.objects.create(
            agency=agency,
            name="Administration",
            group=Group.objects.create(name=f"{short_code}:Administration"),
        )
        admin = User(email=admin_email.lower(), name=admin_name, agency=agency, is_demo=is_demo)
        admin.set_password(password)
        admin.save()
        Membership.objects.create(user=admin, team=team, role=Role.AGENCY_ADMIN)
        write_event(act=act, actor=None, verb="agency.added", record=agency)
        write_event(act=act, actor=None, verb="user.invited", record=admin)
    return admin
