"""The way out works when nothing else does (R-X1)."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest
from django.template import engines
from django.test import Client, RequestFactory
from django.urls import reverse

from core.error_pages import broken
from tests.cast import Cast


def test_the_exit_works_with_an_old_token(cast: Cast) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.caseworker)
    answer = browser.post(reverse("exit"), {"csrfmiddlewaretoken": "stale"})
    assert answer.status_code == 302
    assert answer["Location"] == reverse("after_exit")
    assert "_auth_user_id" not in browser.session


def test_the_page_of_a_broken_server_is_drawn_without_what_may_be_broken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away(request: HttpRequest) -> dict[str, Any]:
        raise RuntimeError("the database is away")

    engine = engines["django"].engine
    monkeypatch.setitem(engine.__dict__, "template_context_processors", (away,))
    answer = broken(RequestFactory().get("/cases/"))
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()
    assert "data-exit" in answer.content.decode()
