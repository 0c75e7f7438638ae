"""The pages of sign-in and of one's own security, drawn in our language."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import PASSWORD, Cast
from tests.client import WatchedClient

NOT_OURS = re.compile(r"<h1>\s*(?:Sign In|Two-Factor|Menu)|unlabeled|Menu:")


def in_our_language(response: Any) -> str:
    """The page's text; fails where it was not drawn on one of our shells."""
    body: str = response.content.decode()
    assert re.search(r'<html[^>]* data-shell="(?:page|focused)"', body)
    assert "data-exit" in body
    assert not NOT_OURS.search(body)
    assert re.search(r"<title>[^<]+ – Workspace</title>", body)
    return body


def test_signing_in_asks_for_address_and_password(visitor: WatchedClient) -> None:
    body = in_our_language(visitor.get(reverse("account_login")))
    assert 'name="login"' in body
    assert 'name="password"' in body
    assert "placeholder" not in body


def test_a_wrong_password_is_said_once_at_the_top_and_names_no_account(
    visitor: WatchedClient, cast: Cast
) -> None:
    known, unknown = cast.caseworker.email, "nobody@people.example"
    said = []
    for address in (known, unknown):
        answer = visitor.post(reverse("account_login"), {"login": address, "password": "wrong"})
        body = in_our_language(answer)
        summary = re.search(r'id="error-summary".*?</div>', body, re.DOTALL)
        assert summary
        said.append(summary[0])
    assert said[0] == said[1]


def test_the_second_step_is_asked_after_the_password(visitor: WatchedClient, cast: Cast) -> None:
    answer = visitor.post(
        reverse("account_login"),
        {"login": cast.caseworker.email, "password": PASSWORD},
        follow=True,
    )
    body = in_our_language(answer)
    assert "Second step" in body
    assert 'autocomplete="one-time-code"' in body


@pytest.mark.parametrize("name", ["account_reset_password", "account_reset_password_done"])
def test_a_lost_password_is_handled_in_our_words(visitor: WatchedClient, name: str) -> None:
    in_our_language(visitor.get(reverse(name)))


def test_an_old_link_for_a_new_password_says_what_to_do(visitor: WatchedClient) -> None:
    address = reverse("account_reset_password_from_key", kwargs={"uidb36": "x", "key": "y"})
    assert "This link no longer works" in in_our_language(visitor.get(address, follow=True))


@pytest.mark.parametrize(
    "name", ["mfa_index", "account_change_password", "usersessions_list", "account_logout"]
)
def test_the_persons_own_pages_are_drawn_in_our_language(
    client_of: Callable[[Any], WatchedClient], cast: Cast, name: str
) -> None:
    in_our_language(client_of(cast.caseworker).get(reverse(name)))


def test_a_form_sent_by_a_browser_keeps_its_origin(visitor: WatchedClient) -> None:
    """With "no-referrer" a browser sends `Origin: null`, and every form of the product fails."""
    assert visitor.get(reverse("account_login"))["Referrer-Policy"] == "same-origin"
    strict = Client(enforce_csrf_checks=True)
    token = strict.get(reverse("account_login")).context["csrf_token"]
    form = {"login": "a@people.example", "password": "x", "csrfmiddlewaretoken": str(token)}
    refused = strict.post(reverse("account_login"), form, headers={"origin": "null"})
    accepted = strict.post(reverse("account_login"), form, headers={"origin": "http://testserver"})
    assert (refused.status_code, accepted.status_code) == (403, 200)
    assert "This page was open too long" in refused.content.decode()
