"""Too many failed attempts lock an account for minutes: recorded once, shown, lifted by hand."""

from __future__ import annotations

from django.urls import reverse

from accounts.models import SignInLock
from audit.models import AuditEvent
from tests.accounts.codes import fresh_code
from tests.cast import PASSWORD
from tests.client import WatchedClient

LOGIN, FACTOR = "/account/login/", "/account/2fa/authenticate/"


def _locks():
    return [
        (event.facts["kind"], event.actor_id, event.object_id, event.outcome)
        for event in AuditEvent.objects.filter(verb="signin.locked_out").order_by("id")
    ]


def _try(email, password, times=1, network="10.1.1.1"):
    client = WatchedClient(REMOTE_ADDR=network)
    for _again in range(times):
        answer = client.post(LOGIN, {"login": email, "password": password})
    return answer


def test_a_locked_account_is_recorded_once_shown_and_let_in_again(cast, client_of):
    user, admin = cast.caseworker, client_of(cast.admin)
    _try(user.email, "not the password", times=5)
    assert _locks() == []
    # From another network, with the right password: the account itself is locked.
    for _again in range(3):
        refused = _try(user.email, PASSWORD, network="10.2.2.2")
        assert "Wait 5 minutes" in refused.content.decode()
    assert _locks() == [("password", None, user.pk, "refused")]
    account = reverse("directory:account", args=[user.pk])
    for page in ("/", reverse("directory:people"), account):
        assert "ocked out" in admin.get(page).content.decode(), page
    assert user.name in admin.get("/").content.decode()
    assert "Too many wrong passwords" in admin.get(account).content.decode()

    lift = reverse("directory:lift_lock", args=[user.pk])
    assert client_of(cast.supervisor).post(lift).status_code == 403
    assert _try(user.email, PASSWORD, network="10.2.2.3").status_code == 200
    assert admin.post(lift)["Location"] == account
    assert admin.post(lift).status_code == 422, "lifted already"
    assert _try(user.email, PASSWORD, network="10.2.2.4")["Location"] == FACTOR
    # The page still says what kinds of things would stand there, with their day.
    assert "ocked out</" not in admin.get("/").content.decode()
    assert user.name not in admin.get("/").content.decode()
    assert SignInLock.objects.get().lifted_by == cast.admin
    assert AuditEvent.objects.filter(verb="signin.lock_lifted").count() == 1


def test_an_address_that_nobody_has_is_locked_alike_and_names_nobody(cast):
    for _again in range(6):
        answer = _try("nobody@people.example", "whatever it is", network="10.3.3.3")
    assert "Wait 5 minutes" in answer.content.decode()
    assert _locks() == [("password", None, None, "refused")]
    assert not SignInLock.objects.exists()


def test_a_network_that_tries_many_addresses_is_one_event(cast):
    for number in range(13):
        _try(f"somebody{number}@people.example", "whatever it is", network="10.4.4.4")
    assert [lock[0] for lock in _locks()] == ["network"]


def test_wrong_codes_lock_too_and_are_about_the_person_by_name(cast):
    user = cast.caseworker
    client = WatchedClient(REMOTE_ADDR="10.5.5.5")
    assert client.post(LOGIN, {"login": user.email, "password": PASSWORD})["Location"] == FACTOR
    networks = iter(range(100))
    for _again in range(7):
        client.post(FACTOR, {"code": "000000"}, REMOTE_ADDR=f"10.5.6.{next(networks)}")
    answer = client.post(FACTOR, {"code": fresh_code(user.email)}, REMOTE_ADDR="10.5.7.1")
    assert answer.status_code == 200
    assert client.get("/").status_code == 302, "the right code comes too late"
    assert _locks() == [("code", user.pk, user.pk, "refused")]
    assert SignInLock.objects.get().kind == "code"
