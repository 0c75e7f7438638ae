"""A second factor once in half an hour before an identity, an export or an authorisation."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from allauth.mfa.models import Authenticator
from django.urls import reverse

from accounts.kept_forms import SESSION_KEY
from audit.models import AuditEvent
from tests.accounts.codes import fresh_code
from tests.client import confirm

CONFIRM = "/account/2fa/reauthenticate/"


def _verbs():
    return list(AuditEvent.objects.order_by("id").values_list("verb", flat=True))


def test_showing_an_identity_asks_again_after_half_an_hour_and_keeps_what_was_chosen(
    world, cast, client_of, superuser
):
    client = client_of(cast.caseworker)
    show = reverse("cases:show_identity", args=[world.survivor.pk])
    assert "Tala" in client.post(show, {"purpose": "court"}).content.decode()

    confirm(client, cast.caseworker, minutes_ago=31)
    before = _verbs().count("person.identity_shown")
    asked = client.post(show, {"purpose": "court", "csrfmiddlewaretoken": "never kept"})
    assert asked.status_code == 302
    assert asked["Location"].startswith(CONFIRM)
    assert _verbs().count("person.identity_shown") == before, "nothing was shown"
    back = parse_qs(urlsplit(asked["Location"]).query)["next"][0]
    assert "court" not in back
    stored = str(dict(client.session)[SESSION_KEY])
    assert "court" not in stored, "kept, but sealed"

    page = client.get(asked["Location"])
    assert "Confirm that it is you" in page.content.decode()
    wrong = client.post(CONFIRM, {"code": "000000", "next": back})
    assert wrong.status_code == 200
    assert _verbs()[-1] == "factor.refused"
    right = client.post(CONFIRM, {"code": fresh_code(cast.caseworker.email), "next": back})
    assert (right.status_code, right["Location"]) == (302, back)
    assert _verbs()[-1] == "factor.confirmed"
    returned = client.get(back).content.decode()
    assert re.search(r'value="court"[^>]*(selected|checked)', returned)
    assert "Tala" not in returned, "shown by their own press, not on their behalf"
    assert "Tala" in client.post(show, {"purpose": "court"}).content.decode()


def test_a_fragment_is_sent_to_the_whole_page_that_asks(world, cast, client_of):
    client = client_of(cast.caseworker)
    confirm(client, cast.caseworker, minutes_ago=31)
    show = reverse("cases:show_identity", args=[world.survivor.pk])
    answer = client.post(show, {"purpose": "court"}, headers={"hx-request": "true"})
    assert answer.status_code == 204
    assert answer["HX-Redirect"].startswith(CONFIRM)


def test_pages_and_api_of_every_delicate_kind_ask(world, cast, client_of):
    """The same refusal for what is there and what is not; nothing changed."""
    pages = {
        "caseworker": [
            reverse("cases:show_identity", args=[world.survivor.pk]),
            reverse("handoffs:send", args=[world.draft.pk]),
            reverse("handoffs:show_names", args=[world.draft.pk]),
            reverse("handoffs:show_sent", args=[world.sent.pk]),
        ],
        "partner": [reverse("handoffs:open", args=[world.accepted.pk])],
        "dpo": [reverse("reporting:publish", args=[world.release.pk])],
    }
    api = {
        "caseworker": [
            f"/api/v1/participants/{world.survivor.pk}/show-identity/",
            f"/api/v1/handoffs/{world.draft.pk}/send/",
        ],
        "partner": [f"/api/v1/handoffs/{world.accepted.pk}/package/"],
        "dpo": [f"/api/v1/releases/{world.release.pk}/publish/"],
    }
    before = len(_verbs())
    for who, urls in pages.items():
        client = client_of(getattr(cast, who))
        confirm(client, getattr(cast, who), minutes_ago=31)
        for url in urls:
            for answer in (client.get(url), client.post(url)):
                assert answer["Location"].startswith(CONFIRM), url
        for url in api[who]:
            answer = client.post(url, {}, content_type="application/json")
            assert answer.status_code == 403, url
            assert answer.json()["code"] == "confirm_first", url
    assert not {"handoff.sent", "package.opened", "release.published"} & set(_verbs()[before:])


def test_a_password_alone_confirms_nothing(cast, client_of):
    client = client_of(cast.caseworker)
    confirm(client, cast.caseworker, minutes_ago=31)
    asked = client.get("/account/reauthenticate/?next=/cases/")
    assert asked["Location"].startswith(CONFIRM)
    answer = client.post("/account/reauthenticate/", {"password": cast.password, "next": "/"})
    assert answer["Location"].startswith(CONFIRM)


def test_what_was_kept_opens_for_its_writer_alone(world, cast, client_of):
    client, other = client_of(cast.caseworker), client_of(cast.second_caseworker)
    confirm(client, cast.caseworker, minutes_ago=31)
    show = reverse("cases:show_identity", args=[world.survivor.pk])
    asked = client.post(show, {"purpose": "court"})
    back = parse_qs(urlsplit(asked["Location"]).query)["next"][0]
    session = other.session
    session[SESSION_KEY] = client.session[SESSION_KEY]
    session.save()
    assert not re.search(r'value="court"[^>]*(selected|checked)', other.get(back).content.decode())


def test_a_secret_moved_to_another_person_does_not_open(cast, visitor):
    """An intruder in the database puts their own factor where somebody else's was."""
    mine = Authenticator.objects.get(user=cast.second_caseworker, type="totp")
    Authenticator.objects.filter(user=cast.caseworker, type="totp").update(data=mine.data)
    visitor.post("/account/login/", {"login": cast.caseworker.email, "password": cast.password})
    answer = visitor.post(
        "/account/2fa/authenticate/", {"code": fresh_code(cast.second_caseworker.email)}
    )
    assert answer.status_code == 200
    assert "Incorrect code" in answer.content.decode()
    assert visitor.get("/").status_code == 302
    assert "factor.unreadable" in _verbs()
