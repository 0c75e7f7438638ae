"""`manage.py found_installation` makes the first administrator, from the outside, once."""

from __future__ import annotations

import io
import sys

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Agency, User
from accounts.roles import Role

PASSWORD = "a lamp at the end of the pier"
ANSWERS = {
    "agency": "Daybreak House",
    "short_code": "DAYBREAK",
    "country": "PH",
    "name": "Tala Reyes",
    "email": "tala@daybreak.example",
}


@pytest.fixture
def nobody_yet(database, superuser):
    """An installation as provisioning leaves it: tables and keys, and nobody."""
    superuser.execute("SET session_replication_role = replica")
    superuser.execute("DELETE FROM accounts_membership")
    superuser.execute("DELETE FROM accounts_user WHERE agency_id IS NOT NULL")
    superuser.execute("SET session_replication_role = origin")


def found(monkeypatch, password=PASSWORD, **over):
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{password}\n"))
    call_command("found_installation", **{**ANSWERS, **over}, stdout=io.StringIO())


def test_the_first_administrator_can_sign_in_and_manage(nobody_yet, monkeypatch):
    found(monkeypatch)
    admin = User.objects.get(email="tala@daybreak.example")
    assert admin.check_password(PASSWORD)
    assert admin.roles == {Role.AGENCY_ADMIN}
    assert not admin.is_demo
    assert Agency.objects.get(short_code="DAYBREAK").is_partner is False


@pytest.mark.parametrize(
    ("over", "named"),
    [
        ({"country": "Philippines"}, "--country"),
        ({"email": "tala"}, "--email"),
        ({"agency": ""}, "--agency"),
        ({"short_code": "day break"}, "--short-code"),
        ({"password": "short"}, "12 characters"),
        ({"password": "tala@daybreak.example"}, "similar"),
    ],
)
def test_a_wrong_answer_is_named_and_nobody_is_made(nobody_yet, monkeypatch, over, named):
    with pytest.raises(CommandError, match=named):
        found(monkeypatch, **over)
    assert not User.objects.people().exists()
    assert not Agency.objects.filter(short_code="DAYBREAK").exists()


def test_a_second_time_is_refused(database, monkeypatch):
    with pytest.raises(CommandError, match="already"):
        found(monkeypatch)
    assert not Agency.objects.filter(short_code="DAYBREAK").exists()
