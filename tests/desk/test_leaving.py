"""Exit this page (R-X1, R-X2), and how pages look."""

from __future__ import annotations

import re
import uuid

from django.utils import timezone

from accounts.middleware import SEEN
from audit.models import AuditEvent
from cases.models import NoteDraft
from tests.factories import open_case


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


def typed(case, **over):
    return {
        "draft_id": str(uuid.uuid4()),
        "draft_case": str(case.pk),
        "kind": "contact",
        "facts_reported": "The aunt says that school starts on Monday.",
        **over,
    }


def test_r_x1_the_exit_keeps_the_draft_first_and_never_keeps_anybody(cast, client_of):
    case = open_case(cast.caseworker)
    page = client_of(cast.caseworker).get(f"/cases/{case.pk}/notes/write/").content.decode()
    # Without a script too: the button belongs to the form of the draft.
    assert re.search(r'class="exit-button"[^>]*form="note-form" formaction="/exit/"', page)
    client = client_of(cast.caseworker)
    assert client.post("/exit/", typed(case))["Location"] == "/calendar/"
    draft = NoteDraft.objects.using("owner").get()
    assert draft.author_id == cast.caseworker.pk
    assert client.get("/").status_code == 302
    # What cannot be kept keeps nobody here.
    for bad in (
        typed(case, facts_reported="data:image/png;base64,iVBORw0KGgo="),
        typed(case, draft_id="none"),
        typed(open_case(cast.south_caseworker)),
    ):
        client = client_of(cast.caseworker)
        assert client.post("/exit/", bad)["Location"] == "/calendar/"
        assert client.get("/").status_code == 302
    assert NoteDraft.objects.using("owner").count() == 1


def test_r_p6_an_idle_screen_is_locked_its_draft_kept_and_one_comes_back_to_it(cast, client_of):
    case = open_case(cast.caseworker)
    client = client_of(cast.caseworker)
    client.get("/")
    values = typed(case)
    # At work in another tab: nothing is locked, and asking is no sign of life.
    assert client.post("/lock/", {**values, "next": "/"}).status_code == 204
    assert client.get("/lock/?next=/cases/")["Location"] == "/cases/"
    session = client.session
    session[SEEN] -= 14 * 60
    session.save()
    back = f"/cases/notes/drafts/{values['draft_id']}/"
    locked = client.post("/lock/", {**values, "next": back})
    assert locked.status_code == 200
    assert f"/account/login/?next={back.replace('/', '%2F')}" in locked.content.decode()
    assert locked["Clear-Site-Data"]
    assert client.get(back).status_code == 302, "the session is gone"
    assert values["facts_reported"] in client_of(cast.caseworker).get(back).content.decode()
    assert AuditEvent.objects.filter(verb="signin.locked").count() == 1
    elsewhere = client.get("/lock/?next=https://elsewhere.example/").content.decode()
    assert "elsewhere" not in elsewhere
    # A signed-out tab is told the same, and one that is read stays open.
    assert client.post("/lock/", {"next": back}).status_code == 200
    reader = client_of(cast.supervisor)
    session = reader.session
    session[SEEN] = int(timezone.now().timestamp()) - 14 * 60
    session.save()
    assert reader.post("/still-here/").status_code == 204
    assert reader.session[SEEN] > timezone.now().timestamp() - 60


def test_r_x2_every_way_out_clears_what_the_browser_keeps(cast, client_of):
    assert client_of(cast.caseworker).post("/account/logout/")["Clear-Site-Data"]
    client = client_of(cast.caseworker)
    client.get("/")
    session = client.session
    session[SEEN] -= 16 * 60
    session.save()
    gone = client.get("/")
    assert gone.status_code == 302
    assert gone["Clear-Site-Data"]
    page = client_of(cast.caseworker).get("/").content.decode()
    # Whoever runs no scripts is led to the lock by the page itself.
    assert re.search(r'<noscript><meta http-equiv="refresh" content="910;url=/lock/\?next=', page)
