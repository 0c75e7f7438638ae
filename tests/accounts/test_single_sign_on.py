"""Single sign-on by an agency's OpenID provider: real HTTP, real signatures, real attacks."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from unittest import mock
from urllib.parse import urlsplit

import jwt
import pytest
import requests
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from accounts import provider_calls
from accounts.models import SignOnLink, SignOnProvider, User
from accounts.openid import SignOnRefused, Vouched, discover
from accounts.provider_calls import NotReached, Patience, ask, is_public
from accounts.services.invitations import invite_user
from accounts.services.sign_on import (
    come_in_by_sign_on,
    secret_of,
    set_up_sign_on,
    turn_off_sign_on,
)
from accounts.views import sign_on
from audit.acting import Act
from audit.models import AuditEvent
from core.errors import DomainError
from tests.accounts.codes import fresh_code
from tests.accounts.openid_provider import CLIENT, SECRET, Provider, served
from tests.client import WatchedClient

FACTOR, RETURN = "/account/2fa/authenticate/", "/account/sign-on/return/"


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with served() as provider:
        yield provider


@pytest.fixture
def provider(running):
    running.person, running.lies, running.sign = {}, {}, running.honestly
    running.codes.clear()
    running.asked.clear()
    return running


@pytest.fixture
def ours(cast, provider):
    """The agency's settings for it."""
    provider.person = {"email": cast.caseworker.email}
    return set_up_sign_on(
        actor=cast.admin,
        issuer=provider.issuer,
        client_id=CLIENT,
        client_secret=SECRET,
        trusts_second_factor=False,
    )


def _events(verb):
    return [event.facts for event in AuditEvent.objects.filter(verb=verb).order_by("id")]


def _there(client, ours, way=""):
    """Go to the provider, be signed in there, and give the address it sends the browser to."""
    out = client.get(way or reverse("account_sign_on", args=[ours.pk]))
    assert out.status_code == 302, out.content
    answer = requests.get(out["Location"], allow_redirects=False, timeout=5)
    where = urlsplit(answer.headers["Location"])
    assert where.path == RETURN
    return f"{where.path}?{where.query}"


def _trust(superuser):
    with superuser.transaction():
        superuser.execute("SELECT set_config('liwanag.act', 'test', true)")
        superuser.execute("UPDATE accounts_signonprovider SET trusts_second_factor = true")


def test_an_administrator_sets_it_up_and_the_secret_is_sealed(cast, client_of, provider, superuser):
    admin, page = client_of(cast.admin), reverse("directory:sign_on")
    form = {"issuer": provider.issuer, "client_id": CLIENT, "secret": SECRET, "version": 0}
    assert admin.post(page, {**form, "issuer": provider.issuer + "/wrong"}).status_code == 422
    assert admin.post(page, {**form, "secret": ""}).status_code == 422
    assert admin.post(page, form).status_code == 302
    ours = SignOnProvider.objects.get()
    stored = superuser.execute("SELECT sealed_secret FROM accounts_signonprovider").fetchone()[0]
    assert SECRET not in stored
    assert secret_of(ours) == SECRET
    shown = admin.get(page).content.decode()
    assert SECRET not in shown
    assert reverse("account_sign_on", args=[ours.pk]) in shown
    assert RETURN in shown
    again = {**form, "secret": "", "trusts_second_factor": "on", "version": 1}
    assert admin.post(page, again).status_code == 302
    ours.refresh_from_db()
    assert (ours.trusts_second_factor, secret_of(ours)) == (True, SECRET)
    # Another client would get the old one's secret.
    assert admin.post(page, {**again, "client_id": "other", "version": 2}).status_code == 422
    assert client_of(cast.caseworker).get(page).status_code == 403
    assert admin.post(reverse("directory:turn_off_sign_on")).status_code == 302
    assert WatchedClient().get(reverse("account_sign_on", args=[ours.pk])).status_code == 404
    assert len(_events("sign_on.set_up")) == 2
    provider.lies = {"issuer_named": "http://127.0.0.1:9/elsewhere"}
    with pytest.raises(DomainError):
        discover(provider.issuer)


def test_people_of_the_agency_come_in_and_still_show_their_second_factor(
    cast, visitor, ours, provider
):
    provider.person["amr"] = ["mfa"]
    back = _there(visitor, ours)
    asked = provider.asked[-1]
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    answer = visitor.get(back)
    assert answer["Location"] == FACTOR, "the agency is not set to trust the provider's word"
    assert visitor.get("/cases/").status_code == 302
    visitor.post(FACTOR, {"code": fresh_code(cast.caseworker.email)})
    assert visitor.get("/cases/").status_code == 200
    assert _events("sign_on.used") == [{"second_factor": True, "first": True}]
    assert "code" not in str(_events("signin.succeeded"))
    # The address of the return works once, and in the browser that set out alone.
    for browser in (visitor, WatchedClient()):
        assert browser.get(back).status_code == 302
    fresh = WatchedClient()
    fresh.get(back)
    assert fresh.get("/cases/").status_code == 302


def test_a_trusted_providers_second_factor_counts_and_a_step_up_goes_back_there(
    cast, visitor, ours, provider, superuser
):
    _trust(superuser)
    provider.person["amr"] = ["pwd"]
    assert visitor.get(_there(visitor, ours))["Location"] == FACTOR, "one factor is not two"
    Authenticator.objects.filter(user=cast.caseworker).delete()
    visitor = WatchedClient()
    visitor.get(_there(visitor, ours))
    assert visitor.get("/cases/")["Location"] == "/account/2fa/totp/activate/"

    provider.person["amr"] = ["pwd", "otp"]
    provider.person["auth_time"] = int(time.time()) - 3 * 3600
    visitor = WatchedClient()
    assert visitor.get(_there(visitor, ours))["Location"] == "/"
    assert visitor.get("/cases/").status_code == 200
    emergency = reverse("cases:break_glass")
    asked = visitor.get(emergency)
    assert urlsplit(asked["Location"]).path == reverse("account_sign_on_confirm")
    # An old sign-in shown again confirms nothing.
    visitor.get(_there(visitor, ours, asked["Location"]))
    assert visitor.get(emergency).status_code == 302
    del provider.person["auth_time"]
    assert provider.asked[-1]["prompt"] == "login"
    done = visitor.get(_there(visitor, ours, asked["Location"]))
    assert done["Location"] == emergency
    assert visitor.get(emergency).status_code == 200
    assert "not_shown_again" in [facts["because"] for facts in _events("sign_on.refused")]


def _asserted_long_ago(client):
    """The session as it is an hour after a sign-in whose second factor the provider asserted."""
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] = time.time() - 3600
    session.save()


@pytest.mark.parametrize(
    ("who", "why"),
    [
        ({"sub": "person-2"}, "another_subject"),
        ({"sub": "person-2", "email": "supervisor"}, "another_subject"),
        ({"email": "supervisor"}, "another_subject"),
        ({"amr": ["pwd"]}, "not_shown_again"),
        ({"auth_time": int(time.time()) - 3600}, "not_shown_again"),
        ({"auth_time": None}, "not_shown_again"),
        ({"auth_time": True}, "not_shown_again"),
    ],
)
def test_a_step_up_takes_the_same_person_just_now_with_a_second_factor(
    cast, visitor, ours, provider, superuser, who, why
):
    """Everything else at the provider confirms nothing, and the session goes on as it was."""
    _trust(superuser)
    Authenticator.objects.filter(user=cast.caseworker).delete()
    # The supervisor is known to the provider as person 2.
    provider.person = {"email": cast.supervisor.email, "sub": "person-2", "amr": ["mfa"]}
    visitor.get(_there(visitor, ours))
    provider.person = {"email": cast.caseworker.email, "amr": ["mfa"]}
    visitor = WatchedClient()
    assert visitor.get(_there(visitor, ours))["Location"] == "/"
    emergency = reverse("cases:break_glass")
    assert visitor.get(emergency).status_code == 200
    _asserted_long_ago(visitor)
    asked = visitor.get(emergency)
    assert urlsplit(asked["Location"]).path == reverse("account_sign_on_confirm")
    if who.get("email") == "supervisor":
        who = who | {"email": cast.supervisor.email}
    provider.lies = {"claims": who}
    visitor.get(_there(visitor, ours, asked["Location"]))
    assert _events("sign_on.refused")[-1] == {"because": why}
    assert visitor.get(emergency).status_code == 302, "nothing was confirmed"
    assert visitor.get("/cases/").status_code == 200
    assert visitor.session["_auth_user_id"] == str(cast.caseworker.pk)
    provider.lies = {}
    assert visitor.get(_there(visitor, ours, asked["Location"]))["Location"] == emergency
    assert visitor.get(emergency).status_code == 200


def _change(cast, ours, provider, **over):
    values = {
        "actor": cast.admin,
        "issuer": provider.issuer,
        "client_id": CLIENT,
        "client_secret": "",
        "trusts_second_factor": True,
        "version": SignOnProvider.objects.get().version,
    }
    return set_up_sign_on(**{**values, **over})


@pytest.mark.parametrize(
    ("over", "ends"),
    [
        ({}, False),
        ({"client_secret": "a new one"}, False),
        ({"trusts_second_factor": False}, True),
        ({"client_id": "another", "client_secret": "x"}, True),
        (None, True),
    ],
)
def test_who_came_in_by_a_provider_is_signed_out_once_it_is_not_trusted(
    cast, visitor, client_of, ours, provider, superuser, over, ends
):
    _trust(superuser)
    provider.person["amr"] = ["mfa"]
    assert visitor.get(_there(visitor, ours))["Location"] == "/"
    own_way = client_of(cast.second_caseworker)
    assert (visitor.get("/cases/").status_code, own_way.get("/cases/").status_code) == (200, 200)
    if over is None:
        turn_off_sign_on(actor=cast.admin, provider_id=ours.pk)
        facts = _events("sign_on.turned_off")[-1]
    else:
        _change(cast, ours, provider, **over)
        facts = _events("sign_on.set_up")[-1]
    assert facts["sessions_ended"] == int(ends)
    assert visitor.get("/cases/").status_code == (302 if ends else 200)
    assert own_way.get("/cases/").status_code == 200


def test_settings_that_change_while_somebody_is_on_their_way_let_nobody_in(
    cast, visitor, ours, provider
):
    stale = SignOnProvider.objects.get()
    _change(cast, ours, provider)
    vouched = Vouched(
        subject="0" * 64, email=cast.caseworker.email, second_factor=True, signed_in_at=None
    )
    with pytest.raises(SignOnRefused) as refused:
        come_in_by_sign_on(provider=stale, vouched=vouched, at=timezone.now())
    assert refused.value.why == "no_provider"


def test_when_it_is_turned_off_while_somebody_shows_their_second_step_they_are_not_in(
    cast, visitor, ours, provider
):
    assert visitor.get(_there(visitor, ours))["Location"] == FACTOR
    turn_off_sign_on(actor=cast.admin, provider_id=ours.pk)
    answer = visitor.post(FACTOR, {"code": fresh_code(cast.caseworker.email)})
    assert answer["Location"] == reverse("account_login")
    assert visitor.get("/cases/").status_code == 302
    assert not UserSession.objects.filter(user=cast.caseworker).exists()


def test_when_turning_it_off_is_undone_the_sessions_go_on(
    cast, visitor, ours, provider, superuser, monkeypatch
):
    _trust(superuser)
    provider.person["amr"] = ["mfa"]
    visitor.get(_there(visitor, ours))
    monkeypatch.setattr(Act, "record", mock.Mock(side_effect=OperationalError("the log is away")))
    with pytest.raises(OperationalError):
        turn_off_sign_on(actor=cast.admin, provider_id=ours.pk)
    monkeypatch.undo()
    ours.refresh_from_db()
    assert ours.is_on
    assert visitor.get("/cases/").status_code == 200


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("::ffff:8.8.8.8", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.9", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),  # noqa: S104
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff0e::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:7f00:1::", False),
        ("::7f00:1", False),
    ],
)
def test_a_provider_is_on_the_open_internet(address, public):
    assert is_public(address) is public


@pytest.fixture
def in_the_open(settings):
    """The product as it runs in earnest: the provider's address is looked at."""
    settings.LIWANAG_PUBLIC_URL = "https://liwanag.example"


@pytest.mark.parametrize(
    "issuer",
    [
        "https://no-such-name.invalid",
        "https://" + "a" * 70 + ".example",
        "https://127.0.0.1:1",
        "https://[::ffff:127.0.0.1]",
        "https://10.0.0.1",
        "http://8.8.8.8",
        "ftp://8.8.8.8",
        "https://somebody@8.8.8.8",
        "https://[",
        "https://8.8.8.8:99999",
    ],
)
def test_an_address_that_leads_nowhere_or_inside_is_an_answer_and_no_error(
    cast, client_of, in_the_open, issuer
):
    with pytest.raises(DomainError) as refused:
        discover(issuer)
    assert refused.value.field == "issuer"


def test_a_provider_that_cannot_be_found_any_more_leads_back_to_the_sign_in_page(
    cast, ours, in_the_open, superuser
):
    with superuser.transaction():
        superuser.execute("SELECT set_config('liwanag.act', 'test', true)")
        superuser.execute(
            "UPDATE accounts_signonprovider SET issuer = 'https://no-such-name.invalid'"
        )
    answer = WatchedClient().get(reverse("account_sign_on", args=[ours.pk]))
    assert answer["Location"] == "/account/login/"
    assert _events("sign_on.refused")[-1] == {"because": "no_provider"}


def test_a_provider_that_drips_is_left_after_the_time_for_all_its_calls(monkeypatch):
    monkeypatch.setattr(provider_calls, "IN_ALL_SECONDS", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip():
            there, _where = server.accept()
            with there, contextlib.suppress(OSError):
                there.sendall(b"HTTP/1.1 200 OK\r\n")
                for _each in range(100):
                    there.sendall(b"X-Slow: 1\r\n")
                    time.sleep(0.1)

        threading.Thread(target=drip, daemon=True).start()
        began = time.monotonic()
        with pytest.raises(DomainError):
            discover(f"http://127.0.0.1:{server.getsockname()[1]}")
        assert time.monotonic() - began < 3
    with pytest.raises(NotReached):
        ask("http://127.0.0.1:1/", Patience(time.monotonic() - 1))


def test_a_provider_is_not_asked_more_often_than_the_rate_allows(ours, provider, monkeypatch):
    monkeypatch.setattr(sign_on, "RATES", {"sign_on": "3/m/ip"})
    start = reverse("account_sign_on", args=[ours.pk])
    for _each in range(3):
        assert WatchedClient().get(start)["Location"].startswith(provider.issuer)
    for _each in range(3):
        assert WatchedClient().get(start)["Location"] == "/account/login/"
    assert _events("sign_on.refused") == [{"because": "too_often"}], "recorded once"


def test_invited_people_join_by_it_and_nobody_else_is_let_in_or_made(
    cast, ours, provider, superuser
):
    invited = invite_user(
        actor=cast.admin,
        agency_id=cast.agency.pk,
        name="Tomas Neri",
        email="new@people.example",
        by_mail=False,
    )
    count = User.objects.count()
    refused = {
        "unknown_person": {"email": "nobody@people.example"},
        "address_not_verified": {"email": "new@people.example", "email_verified": False},
    }
    for why, person in refused.items():
        provider.person = person
        client = WatchedClient()
        assert client.get(_there(client, ours))["Location"] == "/account/login/"
        assert _events("sign_on.refused")[-1] == {"because": why}
    provider.person = {"email": cast.partner.email}
    client = WatchedClient()
    client.get(_there(client, ours))
    assert _events("sign_on.refused")[-1] == {"because": "unknown_person"}, "another agency's"

    provider.person = {"email": "New@People.example", "sub": "person-9"}
    client = WatchedClient()
    client.get(_there(client, ours))
    assert client.get("/cases/")["Location"] == "/account/2fa/totp/activate/"
    invited.refresh_from_db()
    assert invited.is_active
    assert not invited.has_usable_password()
    # The address was given to somebody else there.
    provider.person = {"email": "new@people.example", "sub": "person-10"}
    client = WatchedClient()
    client.get(_there(client, ours))
    assert _events("sign_on.refused")[-1] == {"because": "another_subject"}
    with superuser.transaction():
        superuser.execute("SELECT set_config('liwanag.act', 'test', true)")
        superuser.execute("UPDATE accounts_user SET is_active = false WHERE id = %s", [invited.pk])
    provider.person = {"email": "new@people.example", "sub": "person-9"}
    client = WatchedClient()
    client.get(_there(client, ours))
    assert _events("sign_on.refused")[-1] == {"because": "closed_account"}
    assert User.objects.count() == count
    assert SignOnLink.objects.count() == 1


def _with_the_public_key(provider):
    """The classic: the public key, which everybody has, taken for a shared secret."""
    pem = provider.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )

    def sign(claims):
        import base64
        import hashlib
        import hmac
        import json

        def part(value):
            return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")

        text = part({"alg": "HS256", "kid": "one", "typ": "JWT"}) + b"." + part(claims)
        seal = hmac.new(pem, text, hashlib.sha256).digest()
        return (text + b"." + base64.urlsafe_b64encode(seal).rstrip(b"=")).decode()

    return sign


def _by_a_stranger(claims):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": "one"})


def test_every_attack_on_the_token_is_refused_and_recorded(cast, ours, provider):
    now = int(time.time())
    attacks = {
        "algorithm": [
            (lambda claims: jwt.encode(claims, "", algorithm="none", headers={"kid": "one"}), {}),
            (_with_the_public_key(provider), {}),
        ],
        "signature": [(_by_a_stranger, {})],
        "key": [
            (lambda c: jwt.encode(c, provider.key, algorithm="RS256", headers={"kid": "two"}), {})
        ],
        "issuer": [(None, {"iss": "https://elsewhere.example"})],
        "audience": [
            (None, {"aud": "another-client"}),
            (None, {"aud": [CLIENT, "another-client"]}),
            (None, {"azp": "another-client"}),
        ],
        "expired": [
            (None, {"exp": now - 120, "iat": now - 300}),
            (None, {"iat": now - 7200, "exp": now + 600}),
            (None, {"iat": now + 7200}),
        ],
        "nonce": [(None, {"nonce": "of another sign-in"})],
        "claims": [(None, {"nonce": None}), (None, {"exp": None})],
        "malformed": [
            (lambda claims: "not.a.token", {}),
            (None, {"iat": str(now)}),
            (
                lambda c: jwt.encode(
                    c,
                    provider.key,
                    algorithm="RS256",
                    headers={"kid": "one", "b64": False, "crit": ["b64"]},
                ),
                {},
            ),
        ],
    }
    for why, ways in attacks.items():
        for sign, claims in ways:
            provider.sign = sign or provider.honestly
            provider.lies = {"claims": claims}
            client = WatchedClient()
            assert client.get(_there(client, ours))["Location"] == "/account/login/", why
            assert client.get("/cases/").status_code == 302
            assert _events("sign_on.refused")[-1] == {"because": why}, claims
    assert _events("sign_on.used") == []


def test_every_attack_on_the_way_back_is_refused(cast, ours, provider):
    client, other = WatchedClient(), WatchedClient()
    back = _there(client, ours)
    _there(other, ours)
    assert other.get(back)["Location"] == "/account/login/", "somebody else's errand"
    assert _events("sign_on.refused")[-1] == {"because": "state"}
    mixed = back.replace("iss=http", "iss=https")
    assert client.get(mixed)["Location"] == "/account/login/"
    assert _events("sign_on.refused")[-1] == {"because": "issuer"}
    client = WatchedClient()
    provider.lies = {"issuer_named": "https://elsewhere.example"}
    assert client.get(reverse("account_sign_on", args=[ours.pk]))["Location"] == "/account/login/"
    provider.lies = {}
    # A code that was taken on its way does not open without the verifier: PKCE.
    back = _there(client, ours)
    session = client.session
    session["sign_on"] = {**session["sign_on"], "verifier": "a" * 43}
    session.save()
    client.get(back)
    assert _events("sign_on.refused")[-1] == {"because": "no_token"}
    # Too late.
    back = _there(client, ours)
    session = client.session
    session["sign_on"] = {**session["sign_on"], "at": int(time.time()) - 700}
    session.save()
    assert client.get(back)["Location"] == "/account/login/"
    # Not to another site afterwards.
    start = reverse("account_sign_on", args=[ours.pk]) + "?next=https://elsewhere.example/"
    client.get(_there(client, ours, start))
    done = client.post(FACTOR, {"code": fresh_code(cast.caseworker.email)})
    assert done["Location"] == "/"
