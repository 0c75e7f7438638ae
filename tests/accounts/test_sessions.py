"""Where somebody is signed in: each browser with its last use and its own way out."""

from __future__ import annotations

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from accounts import tasks
from accounts.models import User
from audit.models import AuditEvent
from tests.accounts.codes import fresh_code
from tests.cast import PASSWORD
from tests.client import WatchedClient

SESSIONS, END = "/account/sessions/", "/account/sessions/end/"


def _events(verb):
    return [event.facts for event in AuditEvent.objects.filter(verb=verb).order_by("id")]


def _signed_in(client_of, user, browser):
    client = client_of(user)
    client.defaults["HTTP_USER_AGENT"] = browser
    client.get(SESSIONS)
    return client


PHONE = "Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile"
DESK = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Firefox/130.0"


def test_every_browser_is_listed_with_its_last_use_and_ends_alone(cast, client_of):
    me = cast.caseworker
    here = _signed_in(client_of, me, DESK)
    phone = _signed_in(client_of, me, PHONE)
    theirs = _signed_in(client_of, cast.second_caseworker, DESK)
    earlier = timezone.now() - timedelta(minutes=7)
    on_phone = UserSession.objects.get(session_key=phone.session.session_key)
    UserSession.objects.filter(pk=on_phone.pk).update(last_seen_at=earlier)
    page = here.get(SESSIONS)
    rows = page.context["sessions"]
    assert [(session.pk == on_phone.pk, this) for session, this in rows] == [
        (False, True),
        (True, False),
    ]
    assert "Last use" in page.content.decode()
    # A page opened a minute later is a later last use; one opened at once costs no write.
    session = phone.session
    session["seen_at"] -= 61
    session.save()
    phone.get(SESSIONS)
    on_phone.refresh_from_db()
    assert on_phone.last_seen_at > earlier + timedelta(minutes=5)

    not_mine = UserSession.objects.get(session_key=theirs.session.session_key)
    assert here.post(f"/account/sessions/{not_mine.pk}/end/").status_code == 404
    assert theirs.get(SESSIONS).status_code == 200
    assert here.post(f"/account/sessions/{on_phone.pk}/end/")["Location"] == SESSIONS
    assert phone.get(SESSIONS)["Location"].startswith("/account/login/")
    assert here.get(SESSIONS).status_code == 200
    assert _events("session.ended") == [{"count": 1}]


def test_all_others_and_all_end_at_once_and_idle_ones_are_not_shown(cast, client_of):
    me = cast.caseworker
    here, phone, third = (_signed_in(client_of, me, browser) for browser in (DESK, PHONE, PHONE))
    idle = UserSession.objects.filter(session_key=third.session.session_key)
    idle.update(last_seen_at=timezone.now() - timedelta(minutes=17))
    assert len(here.get(SESSIONS).context["sessions"]) == 2
    here.post(END, {"which": "others"})
    assert phone.get(SESSIONS).status_code == 302
    assert here.get(SESSIONS).status_code == 200
    here.post(END, {"which": "all"})
    assert here.get(SESSIONS).status_code == 302
    assert _events("session.ended") == [{"count": 1}, {"count": 1}]


def test_an_administrator_signs_somebody_out_and_closing_does_it_too(cast, client_of):
    admin = client_of(cast.admin)
    for act in ("sign_out_everywhere", "close_account"):
        client = client_of(cast.caseworker)
        assert client.get(SESSIONS).status_code == 200
        admin.post(reverse(f"directory:{act}", args=[cast.caseworker.pk]))
        assert client.get(SESSIONS).status_code == 302
        assert not UserSession.objects.filter(user=cast.caseworker).exists()
    mine = reverse("directory:sign_out_everywhere", args=[cast.admin.pk])
    assert admin.post(mine).status_code == 422
    stranger = reverse("directory:sign_out_everywhere", args=[cast.stranger.pk])
    assert client_of(cast.caseworker).post(stranger).status_code in (302, 403)
    assert _events("session.ended_for") == [{"count": 1}]


def test_an_account_past_its_last_day_is_closed_and_may_be_opened_again(
    cast, client_of, superuser, visitor
):
    user, admin = cast.caseworker, client_of(cast.admin)
    client_of(user).get(SESSIONS)
    with superuser.transaction():
        superuser.execute("SELECT set_config('liwanag.act', 'a day later', true)")
        superuser.execute(
            "UPDATE accounts_user SET ends_on = current_date - 2 WHERE id = %s", [user.pk]
        )
    assert tasks.close_ended_accounts() == 1
    assert tasks.close_ended_accounts() == 0
    assert not User.objects.get(pk=user.pk).is_active
    assert not UserSession.objects.filter(user=user).exists()
    assert _events("user.closed") == [{"because": "last_day"}]
    account = reverse("directory:account", args=[user.pk])
    assert "Ended" in admin.get(account).content.decode()

    reopen = reverse("directory:reopen_account", args=[user.pk])
    yesterday = timezone.localdate() - timedelta(days=1)
    assert admin.post(reopen, {"ends_on": yesterday}).status_code == 422
    assert admin.post(reopen, {"ends_on": ""})["Location"] == account
    assert admin.post(reopen, {"ends_on": ""}).status_code == 422, "it is open"
    visitor.post("/account/login/", {"login": user.email, "password": PASSWORD})
    visitor.post("/account/2fa/authenticate/", {"code": fresh_code(user.email)})
    assert visitor.get("/cases/").status_code == 200, "in the roles they still hold"


def test_old_sessions_are_dropped_with_what_was_kept_in_them(cast, client_of):
    client = client_of(cast.caseworker)
    client.get(SESSIONS)
    alive = client_of(cast.dpo)
    alive.get(SESSIONS)
    old = Session.objects.filter(session_key=client.session.session_key)
    old.update(expire_date=timezone.now() - timedelta(minutes=1))
    assert tasks.drop_old_sessions() == 1
    assert not old.exists()
    assert alive.get(SESSIONS).status_code == 200
    assert isinstance(alive, WatchedClient)
