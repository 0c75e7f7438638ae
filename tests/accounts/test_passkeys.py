"""Passkeys: with the screen lock of the device, for our address alone, and never the last one."""

from __future__ import annotations

import json
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import urls as totp_urls
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn import urls as webauthn_urls
from django.core.cache import cache
from django.urls import resolve

from accounts.views import factors
from audit.models import AuditEvent
from tests.accounts.authenticator import Passkey
from tests.accounts.codes import fresh_code
from tests.client import WatchedClient, confirm

ADD, LOGIN = "/account/2fa/webauthn/add/", "/account/2fa/webauthn/login/"
AGAIN, INDEX = "/account/2fa/webauthn/reauthenticate/", "/account/2fa/"

OURS = {
    factors.AddPasskey,
    factors.RenamePasskey,
    factors.RemovePasskey,
    factors.SignInWithPasskey,
    factors.ConfirmWithPasskey,
    factors.RemoveApp,
    factors.ReplaceApp,
}


def _verbs():
    return list(AuditEvent.objects.order_by("id").values_list("verb", flat=True))


def _enrol(client, passkey, name="My phone"):
    options = client.get(ADD).context["js_data"]["creation_options"]
    assert options["publicKey"]["authenticatorSelection"]["userVerification"] == "required"
    assert options["publicKey"]["authenticatorSelection"]["residentKey"] == "required"
    return client.post(ADD, {"name": name, "credential": passkey.make(options)})


def _sign_in(visitor, passkey, **how):
    options = visitor.get(LOGIN, headers={"accept": "application/json"}).json()["request_options"]
    return visitor.post(LOGIN, {"credential": passkey.use(options, **how), "next": "/cases/"})


def test_a_passkey_alone_signs_in_and_counts_as_the_second_factor(cast, client_of, visitor):
    passkey, client = Passkey(), client_of(cast.caseworker)
    assert _enrol(client, passkey)["Location"] == "/account/2fa/recovery-codes/"
    assert "factor.added" in _verbs()
    answer = _sign_in(visitor, passkey)
    assert (answer.status_code, answer["Location"]) == (302, "/cases/")
    assert visitor.get("/cases/").status_code == 200
    assert _verbs()[-2:] == ["signin.succeeded", "case.listed"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://liwanag.example.net"},
        {"rp_id": "example.net"},
        {"origin": "https://example.net", "rp_id": "example.net"},
        {"verified": False},
    ],
    ids=["another page", "another site", "another site's own", "no screen lock"],
)
def test_a_passkey_of_another_site_or_without_the_lock_is_refused(cast, client_of, visitor, wrong):
    passkey, client = Passkey(), client_of(cast.caseworker)
    _enrol(client, passkey)
    for attribute, value in wrong.items():
        setattr(passkey, attribute, value)
    answer = _sign_in(visitor, passkey)
    assert answer["Location"] == "/account/login/"
    assert "not accepted" in visitor.get("/account/login/").content.decode()
    assert visitor.get("/").status_code == 302
    assert _verbs()[-1] == "signin.failed"

    confirm(client, cast.caseworker, minutes_ago=31)
    options = client.get(f"{AGAIN}?next=/cases/").context["js_data"]["request_options"]
    answer = client.post(AGAIN, {"credential": passkey.use(options), "next": "/cases/"})
    assert answer.status_code == 422
    assert _verbs()[-1] == "factor.refused"

    confirm(client, cast.caseworker)
    made = Passkey(**{"origin": "http://localhost", **wrong})
    assert _enrol(client, made).status_code == 200
    assert Authenticator.objects.filter(user=cast.caseworker, type="webauthn").count() == 1


def test_an_answer_works_once_and_for_nobody_else(cast, client_of, visitor):
    passkey, client = Passkey(), client_of(cast.caseworker)
    _enrol(client, passkey)
    other = Passkey()
    _enrol(client_of(cast.second_caseworker), other)
    assert _sign_in(visitor, passkey, handle=other.handle)["Location"] == "/account/login/"

    options = visitor.get(LOGIN, headers={"accept": "application/json"}).json()["request_options"]
    answer = passkey.use(options)
    assert visitor.post(LOGIN, {"credential": answer})["Location"] == "/"
    visitor.post("/account/logout/")
    assert visitor.post(LOGIN, {"credential": answer})["Location"] == "/account/login/"
    for nonsense in ("", "[]", "{}", "null", '"x"', '{"response": 1}', json.dumps({"id": "a"})):
        answer = visitor.post(LOGIN, {"credential": nonsense})
        assert (answer.status_code, answer["Location"]) == (302, "/account/login/")


def test_a_passkey_confirms_and_renaming_and_removing_ask_for_that(cast, client_of):
    passkey, client = Passkey(), client_of(cast.caseworker)
    _enrol(client, passkey)
    key = Authenticator.objects.get(user=cast.caseworker, type="webauthn")
    edit, remove = (f"/account/2fa/webauthn/keys/{key.pk}/{what}/" for what in ("edit", "remove"))
    confirm(client, cast.caseworker, minutes_ago=31)
    for url in (ADD, edit, remove):
        assert client.get(url)["Location"].startswith(AGAIN)
        assert client.post(url, {"name": "x"})["Location"].startswith(AGAIN)
    options = client.get(f"{AGAIN}?next={edit}").context["js_data"]["request_options"]
    answer = client.post(AGAIN, {"credential": passkey.use(options), "next": edit})
    assert answer["Location"] == edit
    assert _verbs()[-1] == "factor.confirmed"
    client.post(edit, {"name": "The phone of the north team"})
    key.refresh_from_db()
    assert key.wrap().name == "The phone of the north team"
    assert client_of(cast.second_caseworker).post(remove).status_code == 404
    assert client.post(remove)["Location"] == "/account/2fa/webauthn/"
    assert not Authenticator.objects.filter(pk=key.pk).exists()


def test_nobody_removes_their_last_factor(cast, client_of):
    """Neither the app nor a passkey; recovery codes alone are none."""
    client, passkey = client_of(cast.caseworker), Passkey()
    mine = Authenticator.objects.filter(user=cast.caseworker)
    client.post("/account/2fa/totp/deactivate/")
    assert [a.type for a in mine] == ["totp"]
    _enrol(client, passkey)
    client.post("/account/2fa/totp/deactivate/")
    assert sorted(a.type for a in mine.all()) == ["recovery_codes", "webauthn"]
    key = mine.get(type="webauthn")
    answer = client.post(f"/account/2fa/webauthn/keys/{key.pk}/remove/", follow=True)
    assert "only second step" in answer.content.decode()
    assert mine.filter(pk=key.pk).exists()


def test_a_changed_factor_signs_out_everywhere_else(cast, client_of, visitor):
    here, elsewhere = WatchedClient(), visitor
    for client in (here, elsewhere):
        client.post("/account/login/", {"login": cast.caseworker.email, "password": cast.password})
        client.get("/account/2fa/authenticate/")
        cache.clear()  # The same code for both, within its half minute.
        client.post("/account/2fa/authenticate/", {"code": fresh_code(cast.caseworker.email)})
        assert client.get("/").status_code == 200
    _enrol(here, Passkey())
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302


def test_recovery_codes_are_shown_once_work_once_and_end_with_the_next_set(
    cast, client_of, visitor, superuser
):
    client = client_of(cast.caseworker)
    client.post("/account/2fa/recovery-codes/generate/")
    codes = client.get("/account/2fa/recovery-codes/").context["unused_codes"]
    assert len(codes) == 10
    again = client.get("/account/2fa/recovery-codes/")
    assert codes[0] not in again.content.decode()
    assert "10 codes are left" in again.content.decode()
    found = superuser.execute("SELECT string_agg(data::text, '') FROM mfa_authenticator")
    stored = found.fetchone()[0]
    assert not any(code in stored for code in codes)

    for code, worked in ((codes[0], True), (codes[0], False), (codes[1], True)):
        person = type(visitor)()
        person.post("/account/login/", {"login": cast.caseworker.email, "password": cast.password})
        answer = person.post("/account/2fa/authenticate/", {"code": code})
        assert (answer.status_code == 302) is worked
    assert "8 are left" in person.get("/").content.decode()
    client.post("/account/2fa/recovery-codes/generate/")
    person = type(visitor)()
    person.post("/account/login/", {"login": cast.caseworker.email, "password": cast.password})
    assert person.post("/account/2fa/authenticate/", {"code": codes[2]}).status_code == 200


def test_a_new_phone_takes_the_place_of_the_old_one(cast, client_of):
    client = client_of(cast.caseworker)
    old = Authenticator.objects.get(user=cast.caseworker, type="totp")
    page = client.get("/account/2fa/totp/replace/")
    assert "Move to a new phone" in page.content.decode()
    wrong = client.post("/account/2fa/totp/replace/", {"code": "000000"})
    assert wrong.status_code == 200
    assert Authenticator.objects.filter(pk=old.pk).exists(), "the old one holds until then"

    fresh_code(cast.caseworker.email)
    secret = client.session["mfa.totp.secret"]
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    client.post("/account/2fa/totp/replace/", {"code": code})
    new = Authenticator.objects.get(user=cast.caseworker, type="totp")
    assert new.pk != old.pk
    assert {"factor.removed", "factor.added"} <= set(_verbs())


def test_pages_say_plainly_that_passkeys_need_javascript(cast, client_of, visitor):
    for client, url in ((visitor, "/account/login/"), (client_of(cast.caseworker), ADD)):
        assert "Passkeys need JavaScript" in client.get(url).content.decode()


def test_no_address_reaches_the_library_past_our_stricter_pages():
    """An address of the library's own that ours does not cover would lead round every rule here."""
    stricter = {
        base for ours in OURS for base in ours.__mro__ if base.__module__.startswith("allauth")
    }
    covered = 0
    for prefix, patterns in (("webauthn/", webauthn_urls), ("totp/", totp_urls)):
        for pattern in patterns.urlpatterns:
            for inner in getattr(pattern, "url_patterns", [pattern]):
                if inner.callback.view_class not in stricter:
                    continue
                whole = str(pattern.pattern) + (str(inner.pattern) if inner is not pattern else "")
                path = f"/account/2fa/{prefix}{whole}".replace("<int:pk>", "1")
                if inner.callback.view_class is ActivateTOTPView:
                    continue  # The first app is set up on the library's page; ours replaces one.
                assert resolve(path).func.view_class in OURS, path
                covered += 1
    assert covered == 6
