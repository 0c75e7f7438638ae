"""A form left open overnight: its session has ended, and nothing that was typed is lost."""

from __future__ import annotations

import re
import time
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.conf import settings
from django.core.signing import TimestampSigner, b62_encode
from django.urls import reverse

from accounts.kept_forms import SESSION_KEY
from audit.models import AuditEvent
from audit.reading import reading
from cases.models import Case
from tests.accounts.codes import fresh_code
from tests.cast import PASSWORD
from tests.client import WatchedClient
from tests.factories import write_note

SAID = "The aunt says that school starts on Monday."
LOGIN = "/account/login/"


def _let_it_expire(client):
    session = client.session
    session["seen_at"] -= 10 * 3600
    session.save()


def _sign_in(client, user, address):
    query = parse_qs(urlsplit(address).query)
    assert address.startswith(LOGIN), address
    client.post(address, {"login": user.email, "password": PASSWORD, "next": query["next"][0]})
    answer = client.post("/account/2fa/authenticate/", {"code": fresh_code(user.email)})
    return answer["Location"]


def _notes(user):
    return AuditEvent.objects.filter(verb="note.written", actor_id=user.pk).count()


@pytest.mark.parametrize("how", ["by the clock", "from another tab", "by the lock"])
def test_a_form_sent_after_the_session_leads_through_sign_in_and_back_filled(
    world, cast, client_of, how
):
    user = cast.caseworker
    client = client_of(user)
    write = reverse("cases:write_note", args=[world.case_id])
    assert client.get(write).status_code == 200
    form = {"kind": "contact", "facts_reported": SAID, "occurred_at": "not filled in yet"}
    before = _notes(user)
    if how == "by the lock":
        _let_it_expire(client)
        locked = client.post("/lock/", {**form, "kept_path": write, "next": write})
        assert SAID not in locked.content.decode()
        address = re.search(r'href="(/account/login/[^"]+)"', locked.content.decode())[1]
        again = client.get(f"/lock/?next={write}").content.decode()
        assert address in again, "and the same where the page went there itself"
    else:
        if how == "from another tab":
            client.get("/")
            # The session is gone altogether; what tells the writer is the cookie it left.
            del client.cookies[settings.SESSION_COOKIE_NAME]
        else:
            _let_it_expire(client)
        sent = client.post(write, form)
        assert sent.status_code == 302
        address = sent["Location"]
    assert SAID not in unquote(address)
    assert SAID not in str(dict(client.session)[SESSION_KEY]), "kept, but sealed"
    back = _sign_in(client, user, address)
    page = client.get(back).content.decode()
    assert SAID in page
    assert "It was not sent" in page
    assert _notes(user) == before, "sent by their own press, not on their behalf"
    with reading(user):
        case = Case.objects.get(pk=world.case_id)
    write_note(user, case)
    assert _notes(user) == before + 1, "what is counted is what is written"


def test_what_was_kept_opens_for_its_writer_alone_and_an_exit_leaves_nothing(
    world, cast, client_of
):
    client = client_of(cast.caseworker)
    write = reverse("cases:write_note", args=[world.case_id])
    client.get(write)
    assert client.cookies["was_here"]["samesite"] == "Strict"
    assert client.cookies["was_here"]["httponly"]
    _let_it_expire(client)
    address = client.post(write, {"kind": "contact", "facts_reported": SAID})["Location"]
    back = _sign_in(client, cast.supervisor, address)
    assert SAID not in client.get(back).content.decode()

    client = client_of(cast.caseworker)
    client.get("/")
    client.post("/exit/")
    assert client.cookies["was_here"].value == ""
    gone = client.post(write, {"facts_reported": SAID})
    assert "kept" not in gone["Location"]
    assert SESSION_KEY not in client.session


def test_the_cookie_counts_from_when_its_person_was_last_here(cast, client_of, monkeypatch):
    client = client_of(cast.caseworker)
    with monkeypatch.context() as two_hours_ago:
        then = b62_encode(int(time.time()) - 2 * 3600)
        two_hours_ago.setattr(TimestampSigner, "timestamp", lambda self: then)
        client.get("/")
    first = client.cookies["was_here"].value
    assert client.post("/still-here/").status_code == 204
    renewed = client.cookies["was_here"].value
    assert renewed != first
    assert renewed.split(".")[0] == first.split(".")[0], "the same person"
    time.sleep(1.1)  # its clock counts seconds
    client.get("/")
    assert client.cookies["was_here"].value == renewed, "not on every request"


def test_nothing_of_strangers_of_passwords_or_of_other_sites_is_kept(world, cast, visitor):
    write = reverse("cases:write_note", args=[world.case_id])
    visitor.cookies["was_here"] = "5a1e00000000400080000000000000a5.forged.forged"
    answer = visitor.post(write, {"facts_reported": SAID})
    assert "kept" not in answer["Location"]
    visitor.post("/lock/", {"kept_path": write, "facts_reported": SAID})
    assert SESSION_KEY not in visitor.session
    careful = WatchedClient(enforce_csrf_checks=True)
    careful.force_login(cast.caseworker)
    assert careful.post("/account/password/change/", {"oldpassword": "x"}).status_code == 403


def test_a_form_whose_token_was_replaced_in_another_tab_comes_back_filled(world, cast):
    client = WatchedClient(enforce_csrf_checks=True)
    client.force_login(cast.caseworker)
    write = reverse("cases:write_note", args=[world.case_id])
    client.get(write)
    answer = client.post(write, {"facts_reported": SAID, "csrfmiddlewaretoken": "a" * 64})
    assert answer.status_code == 302
    assert SAID in client.get(answer["Location"]).content.decode()
    # One that says which other site it is from is refused as before.
    forged = client.post(
        write, {"facts_reported": SAID}, headers={"origin": "https://elsewhere.example"}
    )
    assert forged.status_code == 403
