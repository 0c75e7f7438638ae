"""Signing in: by invitation, with a second factor, and never longer than it should last."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import connections, transaction
from django.test import override_settings
from django.utils import timezone

from accounts.models import User
from audit.acting import acting
from audit.models import AuditEvent
from tests.accounts.codes import fresh_code
from tests.cast import PASSWORD

LOGIN, FACTOR = "/account/login/", "/account/2fa/authenticate/"


def _verbs():
    return list(AuditEvent.objects.order_by("id").values_list("verb", flat=True))


def _password_step(client, email, password=PASSWORD):
    return client.post(LOGIN, {"login": email, "password": password})


def test_password_and_code_open_the_workspace(cast, visitor):
    email = cast.caseworker.email
    response = _password_step(visitor, email)
    assert (response.status_code, response["Location"]) == (302, FACTOR)
    assert visitor.get("/").status_code == 302, "a password alone opens nothing"
    response = visitor.post(FACTOR, {"code": fresh_code(email)})
    assert response.status_code == 302
    assert visitor.get("/").status_code == 200
    assert _verbs()[-2:] == ["signin.succeeded", "work.listed"]


def test_a_code_works_once(cast, visitor):
    email, second = cast.caseworker.email, type(visitor)()
    _password_step(visitor, email)
    _password_step(second, email)
    code = fresh_code(email)
    assert visitor.post(FACTOR, {"code": code}).status_code == 302
    second.post(FACTOR, {"code": code})
    assert second.get("/").status_code == 302


def test_a_wrong_password_says_nothing_about_the_address(cast, visitor):
    known = _password_step(visitor, cast.caseworker.email, "not the password at all")
    unknown = _password_step(type(visitor)(), "nobody@people.example", "not the password at all")
    assert known.status_code == unknown.status_code
    clean = [
        re.sub(r'(value|href|name)="[^"]*"|[\w.]+@people\.example', "", page.content.decode())
        for page in (known, unknown)
    ]
    assert clean[0] == clean[1]
    assert "signin.failed" in _verbs()
    failed = AuditEvent.objects.filter(verb="signin.failed").first()
    assert failed.actor_id is None
    assert failed.facts == {}


def test_nobody_reaches_data_before_adding_a_second_factor(cast, visitor):
    Authenticator.objects.filter(user=cast.caseworker).delete()
    client = visitor
    _password_step(client, cast.caseworker.email)
    for url in ("/", "/cases/", "/referrals/", "/audit/", "/roles/"):
        response = client.get(url)
        assert (response.status_code, response["Location"]) == (
            302,
            "/account/2fa/totp/activate/",
        )
    assert client.get("/api/v1/cases/").status_code == 403
    # The same address as a server mounted below a prefix gives it.
    assert client.get("/api/v1/cases/", SCRIPT_NAME="/somewhere").status_code == 403
    assert client.get("/account/2fa/totp/activate/").status_code == 200


def test_adding_a_second_factor_seals_its_secret(cast, visitor, superuser):
    Authenticator.objects.filter(user=cast.caseworker).delete()
    client = visitor
    _password_step(client, cast.caseworker.email)
    assert client.get("/account/2fa/totp/activate/").status_code == 200
    secret = client.session["mfa.totp.secret"]
    fresh_code(cast.caseworker.email)
    code = format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30))
    response = client.post("/account/2fa/totp/activate/", {"code": code})
    assert response.status_code == 302
    stored = superuser.execute(
        "SELECT data::text FROM mfa_authenticator WHERE user_id = %s AND type = 'totp'",
        [cast.caseworker.pk],
    ).fetchone()[0]
    assert secret not in stored
    assert "factor.added" in _verbs()


def test_there_is_no_sign_up(visitor, database):
    response = visitor.post(
        "/account/signup/",
        {"email": "new@people.example", "password1": PASSWORD, "password2": PASSWORD},
    )
    assert response.status_code in (200, 302, 403)
    assert not User.objects.filter(email="new@people.example").exists()


def test_a_closed_account_cannot_sign_in_or_go_on(cast, visitor, client_of):
    client = client_of(cast.caseworker)
    assert client.get("/").status_code == 200
    with acting(cast.admin) as act:
        act.authorise("accounts.close_account")
        User.objects.filter(pk=cast.caseworker.pk).update(is_active=False)
        act.record("user.closed", cast.caseworker)
    assert client.get("/").status_code == 302
    _password_step(visitor, cast.caseworker.email)
    assert visitor.get("/").status_code == 302


def test_demo_people_are_refused_outside_the_demo(cast, visitor):
    _make_demo(cast.caseworker)
    response = _password_step(visitor, cast.caseworker.email)
    assert response.status_code == 200
    with override_settings(LIWANAG_DEMO=True):
        response = _password_step(visitor, cast.caseworker.email)
        assert response["Location"] == FACTOR
        code = fresh_code(cast.caseworker.email)
        assert code in visitor.get(FACTOR).content.decode()


def test_a_demo_session_ends_with_the_demo(cast, client_of):
    _make_demo(cast.caseworker)
    with override_settings(LIWANAG_DEMO=True):
        client = client_of(cast.caseworker)
        assert client.get("/").status_code == 200
    response = client.get("/")
    assert (response.status_code, response["Location"].startswith(LOGIN)) == (302, True)


def test_no_mail_goes_to_an_address_without_an_account(cast, visitor, mailoutbox):
    visitor.post("/account/password/reset/", {"email": "stranger@elsewhere.example"})
    assert mailoutbox == []
    visitor.post("/account/password/reset/", {"email": cast.caseworker.email})
    assert [mail.to for mail in mailoutbox] == [[cast.caseworker.email]]


@pytest.mark.parametrize(("idle", "age"), [(16 * 60, 0), (0, 8 * 3600 + 60)])
def test_a_session_ends_after_idling_or_by_age(cast, client_of, idle, age):
    client = client_of(cast.caseworker)
    client.get("/")
    session = client.session
    session["seen_at"] -= idle
    session["started_at"] -= age
    session.save()
    response = client.get("/")
    assert response.status_code == 302
    assert response["Location"].startswith(LOGIN)


def test_failed_sign_ins_are_slowed_down(cast, visitor):
    answers = {
        _password_step(visitor, cast.caseworker.email, f"wrong password {n}").status_code
        for n in range(14)
    }
    assert (
        answers & {429}
        or "Too many"
        in _password_step(visitor, cast.caseworker.email, "wrong again").content.decode()
    )


def _make_demo(user):
    """The application itself cannot turn somebody into a demo person, so the owner does."""
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('liwanag.act', 'test', true)")
        cursor.execute("UPDATE accounts_user SET is_demo = true WHERE id = %s", [user.pk])
