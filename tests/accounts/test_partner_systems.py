"""Partners' systems: let in by an administrator, to what their scopes open, for minutes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connections
from django.urls import reverse
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application

from accounts.models import PartnerSystem, User
from accounts.services.partner_systems import end_system, replace_secret
from accounts.services.partners import close_agency
from audit.models import AuditEvent
from core.errors import Denied, DomainError
from tests.systems import SystemClient, ask_for_token, let_in, most_requests, token_of

HANDOFFS = "/api/v1/handoffs/"
SUBMIT = "/api/v1/partner-referrals/"
PRINT = "ab" * 32


@pytest.fixture(autouse=True)
def no_count():
    cache.clear()


@pytest.fixture
def hotline(cast):
    return let_in(cast.admin, cast.cyber_unit)


def test_letting_one_in_keeps_no_secret_and_is_in_the_log(cast, hotline):
    kept = Application.objects.get(client_id=hotline.system.client_id)
    assert kept.client_secret != hotline.secret
    assert hotline.secret not in str(AuditEvent.objects.values_list("facts", flat=True))
    event = AuditEvent.objects.get(verb="system.registered")
    assert (event.actor_id, event.object_id) == (cast.admin.pk, hotline.system.pk)
    account = hotline.system.account
    assert account.kind == User.Kind.SERVICE
    assert account.agency == cast.cyber_unit
    assert not account.has_usable_password()


def test_a_token_is_kept_as_a_checksum_and_ends_in_ten_minutes(hotline):
    answer = ask_for_token(hotline)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    given = answer.json()
    assert (given["token_type"], given["expires_in"]) == ("Bearer", 600)
    assert "refresh_token" not in given
    kept = AccessToken.objects.get()
    assert kept.token == ""
    assert given["access_token"] not in (kept.token, kept.token_checksum)
    event = AuditEvent.objects.get(verb="system.token_issued")
    assert event.actor_id == hotline.system.account_id


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "not the secret"},
        {"grant_type": "password", "username": "sol", "password": "x"},
        {"scope": "everything"},
        {"grant_type": "authorization_code", "code": "x"},
    ],
)
def test_nothing_else_gets_a_token(hotline, wrong):
    assert ask_for_token(hotline, **wrong).status_code in (400, 401)
    assert not AccessToken.objects.exists()


def test_a_refused_secret_is_in_the_log_and_names_nobody(hotline):
    assert ask_for_token(hotline, secret="not the secret").status_code == 401
    event = AuditEvent.objects.get(verb="system.token_refused")
    assert (event.actor_id, event.outcome) == (None, "failed")


def test_a_token_that_is_over_or_made_up_opens_nothing(hotline):
    token = token_of(hotline)
    assert SystemClient(token).get(HANDOFFS).status_code == 200
    assert SystemClient("made-up").get(HANDOFFS).status_code == 401
    past = timezone.now() - timedelta(seconds=1)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE oauth2_provider_accesstoken DISABLE TRIGGER liwanag_never")
        cursor.execute("UPDATE oauth2_provider_accesstoken SET expires = %s", [past])
        cursor.execute(
            "ALTER TABLE oauth2_provider_accesstoken ENABLE ALWAYS TRIGGER liwanag_never"
        )
    refused = SystemClient(token).get(HANDOFFS)
    assert refused.status_code == 401
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "invalid_token"


def test_a_scope_opens_what_it_names_and_nothing_else(cast):
    narrow = let_in(cast.admin, cast.cyber_unit, scopes=["handoffs:read"])
    client = SystemClient(token_of(narrow))
    assert client.get(HANDOFFS).status_code == 200
    refused = client.post(SUBMIT, {}, key="a-key-of-its-own")
    assert refused.status_code == 403
    assert refused.json()["code"] == "insufficient_scope"
    event = AuditEvent.objects.filter(verb="act.refused").get()
    assert event.actor_id == narrow.system.account_id
    assert event.facts == {"permission": "referrals:submit"}


def test_a_token_may_ask_for_less_than_the_system_has(hotline):
    client = SystemClient(token_of(hotline, scope="handoffs:read"))
    assert client.get(HANDOFFS).status_code == 200
    assert client.post(SUBMIT, {}, key="a-key-of-its-own").status_code == 403


@pytest.mark.parametrize("address", ["/api/v1/cases/", "/api/v1/referrals/", "/api/v1/people/"])
def test_no_scope_opens_what_belongs_to_the_house(hotline, address):
    assert SystemClient(token_of(hotline)).get(address).status_code == 403


def test_a_token_opens_no_page(hotline):
    client = SystemClient(token_of(hotline))
    assert client.get(reverse("desk:my_work")).status_code == 302


def test_a_new_secret_shuts_out_the_old_one_and_its_tokens(cast, hotline):
    token = token_of(hotline)
    fresh = replace_secret(actor=cast.admin, system_id=hotline.system.pk)
    assert SystemClient(token).get(HANDOFFS).status_code == 401
    assert ask_for_token(hotline).status_code == 401
    assert SystemClient(token_of(fresh)).get(HANDOFFS).status_code == 200


def test_an_ended_system_is_shut_out_at_once(cast, hotline):
    token = token_of(hotline)
    end_system(actor=cast.admin, system_id=hotline.system.pk)
    assert SystemClient(token).get(HANDOFFS).status_code == 401
    assert ask_for_token(hotline).status_code == 401
    with pytest.raises(DomainError):
        end_system(actor=cast.admin, system_id=hotline.system.pk)


def test_a_closed_agency_shuts_its_systems_out(cast, hotline):
    token = token_of(hotline)
    close_agency(actor=cast.admin, agency_id=cast.cyber_unit.pk)
    assert SystemClient(token).get(HANDOFFS).status_code == 401
    assert ask_for_token(hotline).status_code == 401


def test_a_bound_certificate_is_asked_for_at_both_doors(cast, settings):
    bound = let_in(cast.admin, cast.cyber_unit, certificate=":".join(["AB"] * 32))
    assert bound.system.certificate == PRINT
    shown = {"HTTP_X_CLIENT_FINGERPRINT": PRINT.upper()}
    # Nobody says whose word counts: nobody shows any.
    assert ask_for_token(bound, **shown).status_code == 401
    settings.LIWANAG_CERTIFICATE_HEADER = "X-Client-Fingerprint"
    settings.LIWANAG_CERTIFICATE_PROXIES = ["127.0.0.1"]
    assert ask_for_token(bound).status_code == 401
    assert ask_for_token(bound, HTTP_X_CLIENT_FINGERPRINT="cd" * 32).status_code == 401
    token = token_of(bound, **shown)
    assert SystemClient(token).get(HANDOFFS).status_code == 401
    assert SystemClient(token, **shown).get(HANDOFFS).status_code == 200
    elsewhere = SystemClient(token, REMOTE_ADDR="203.0.113.9", **shown)
    assert elsewhere.get(HANDOFFS).status_code == 401, "a header that no proxy of ours wrote"


def test_too_many_requests_are_told_to_wait(hotline, settings):
    settings.LIWANAG_PARTNER_REQUESTS_A_MINUTE = 2
    assert most_requests() == 2
    client = SystemClient(token_of(hotline))
    answers = [client.get(HANDOFFS) for _ in range(6)]
    assert 429 in [answer.status_code for answer in answers]
    busy = next(answer for answer in answers if answer.status_code == 429)
    assert busy["Retry-After"] == "60"
    assert busy.json()["code"] == "too_many_requests"


def test_too_many_wrong_secrets_are_told_to_wait(hotline, settings):
    settings.LIWANAG_TOKENS_A_MINUTE = 2
    answers = [ask_for_token(hotline, secret="wrong").status_code for _ in range(6)]
    assert 429 in answers
    assert AuditEvent.objects.filter(verb="system.token_refused").count() < 6


def test_behind_our_proxy_each_network_is_counted_by_itself(hotline, settings):
    settings.LIWANAG_TOKENS_A_MINUTE = 2
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    noisy = {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}
    answers = [ask_for_token(hotline, secret="wrong", **noisy).status_code for _ in range(6)]
    assert 429 in answers
    assert ask_for_token(hotline, HTTP_X_FORWARDED_FOR="198.51.100.7").status_code == 200


def test_nobody_comes_in_uncounted_while_redis_is_away(hotline, settings):
    token = token_of(hotline)
    settings.CACHES = settings.CACHES | {
        "default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    }
    away = SystemClient(token).get(HANDOFFS)
    assert (away.status_code, away["Retry-After"]) == (503, "60")
    assert away["Content-Type"] == "application/problem+json"
    assert ask_for_token(hotline).status_code == 503


def test_only_an_administrator_of_the_house_lets_systems_in(cast):
    for person in (cast.caseworker, cast.supervisor, cast.partner):
        with pytest.raises(Denied):
            let_in(person, cast.cyber_unit)
    assert not PartnerSystem.objects.exists()


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"name": " "}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["handoffs:read", "everything"]}, "scopes"),
        ({"certificate": "not a fingerprint"}, "certificate"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(cast, over, field):
    with pytest.raises(DomainError) as broken:
        let_in(cast.admin, cast.cyber_unit, **over)
    assert broken.value.field == field
    assert not PartnerSystem.objects.exists()


def test_one_name_is_one_system_of_an_agency(cast, hotline):
    with pytest.raises(DomainError) as broken:
        let_in(cast.admin, cast.cyber_unit)
    assert broken.value.field == "name"


def test_the_page_shows_the_secret_once(cast, client_of):
    client = client_of(cast.admin)
    answer = client.post(
        reverse("directory:register_system"),
        {
            "agency": str(cast.cyber_unit.pk),
            "name": "Hotline case system",
            "scopes": ["handoffs:read"],
        },
    )
    assert answer.status_code == 200
    system = PartnerSystem.objects.get()
    shown = answer.content.decode()
    assert system.client_id in shown
    assert "Shown this once" in shown
    listed = client.get(reverse("directory:systems")).content.decode()
    assert "Hotline case system" in listed
    assert system.client_id not in listed
    ended = client.post(reverse("directory:end_system", args=[system.pk]))
    assert ended.status_code == 302
    assert PartnerSystem.objects.get().ended_at is not None


def test_a_partner_administrator_finds_no_such_page(cast, client_of):
    assert client_of(cast.partner).get(reverse("directory:systems")).status_code == 403
