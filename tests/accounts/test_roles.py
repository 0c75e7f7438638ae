"""The role × permission table is what the code asks and what the page shows."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import Membership, User
from accounts.roles import TABLE, Role, clearance_of, every_permission, permissions_of
from audit.acting import acting

ROOT = Path(__file__).resolve().parents[2]
APPS = (
    "accounts",
    "audit",
    "vault",
    "cases",
    "referrals",
    "handoffs",
    "courts",
    "reporting",
    "desk",
    "core",
)


def asked_permissions():
    """Every permission that some code asks for, by its literal."""
    known = set(every_permission())
    asked = set()
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            if path.name in ("roles.py", "court_permissions.py") or "migrations" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and node.value in known:
                    asked.add(node.value)
    return asked


def test_every_role_stands_in_the_table():
    assert set(TABLE) == set(Role)


def test_every_permission_is_asked_for_somewhere():
    assert set(every_permission()) - asked_permissions() == set()


def test_administrators_and_auditors_read_no_case():
    for role in (Role.AGENCY_ADMIN, Role.AUDITOR, Role.ANALYST, Role.MANAGER):
        reads = {p for p in TABLE[role][0] if p.startswith(("cases.", "referrals.", "handoffs."))}
        # Whoever works here says when something went wrong with data, and reads nothing by it. The
        # board gives counts of the whole desk, the small ones hidden and the rest in steps of five.
        assert reads <= {"cases.report_breach", "referrals.read_board"}


def test_nobodys_role_opens_l4():
    assert clearance_of(frozenset(Role)) == 3


def test_roles_add_up():
    both = permissions_of(frozenset({Role.CASEWORKER, Role.AUDITOR}))
    assert {"cases.write_note", "audit.read_log"} <= both


def test_a_role_ends_with_its_membership(cast):
    assert cast.caseworker.may("cases.write_note")
    with acting(cast.admin) as act:
        act.authorise("accounts.assign_role")
        Membership.objects.filter(user=cast.caseworker).update(
            ends_at=timezone.now() + timedelta(microseconds=1)
        )
        act.record("role.ended")
    assert not cast.again("caseworker").may("cases.write_note")


def test_the_database_refuses_a_superuser(cast):
    with pytest.raises(Exception, match="permission denied"), acting(cast.admin) as act:
        act.authorise("accounts.assign_role")
        User.objects.filter(pk=cast.admin.pk).update(is_superuser=True)
        act.record("role.assigned")


def test_the_page_shows_the_table(cast, client_of):
    page = client_of(cast.caseworker).get("/roles/").content.decode()
    for permission in every_permission():
        assert permission in page
