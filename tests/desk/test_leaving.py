"""Exit this page (R-X1, R-X2), and how pages look."""

from __future__ import annotations

import re

from audit.models import AuditEvent


def test_r_x1_exit_ends_the_session_and_lands_on_a_neutral_page(cast, client_of):
    client = client_of(cast.caseworker)
    response = client.post("/exit/")
    assert (response.status_code, response["Location"]) == (302, "/calendar/")
    assert response["Clear-Site-Data"]
    assert "signin.exited" in AuditEvent.objects.order_by("-id").values_list("verb", flat=True)[:3]
    assert client.get("/").status_code == 302, "the session is gone"
    page = client.get("/calendar/").content.decode()
    assert not re.search(r"liwanag|case|referral|handoff|survivor", page, re.I)


def test_r_x1_exit_needs_no_script_and_stands_first_after_the_skip_link(cast, client_of):
    page = client_of(cast.caseworker).get("/").content.decode()
    controls = re.findall(r"<(?:a|button|input)[^>]*>(?:\s*<svg.*?</svg>)?\s*([^<]*)", page, re.S)
    words = [word.strip() for word in controls if word.strip()]
    assert words[0].startswith("Skip")
    assert words[1].startswith("Exit this page")
    assert re.search(r'<form[^>]*method="post"[^>]*action="/exit/"', page)


def test_r_x2_pages_are_not_kept_by_the_browser(cast, client_of):
    response = client_of(cast.caseworker).get("/")
    assert "no-store" in response["Cache-Control"]


def test_exit_works_for_whoever_is_signed_out_already(visitor):
    assert visitor.post("/exit/")["Location"] == "/calendar/"


def test_a_theme_is_kept_and_forgotten(cast, client_of):
    client = client_of(cast.caseworker)
    client.post("/appearance/", {"theme": "dark", "next": "/"})
    assert 'data-bs-theme="dark"' in client.get("/").content.decode()
    client.post("/appearance/", {"theme": "system", "next": "/"})
    assert "data-bs-theme" not in client.get("/").content.decode()


def test_choosing_a_theme_does_not_lead_away(visitor):
    response = visitor.post("/appearance/", {"theme": "dark", "next": "https://elsewhere.example/"})
    assert response["Location"] == "/"
