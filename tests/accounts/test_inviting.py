"""Inviting people: the link works once, nobody learns a password, and nobody works unpromised."""

from __future__ import annotations

import hashlib
import re
import time
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts import conduct
from accounts.invitation_links import token_of
from accounts.models import Agency, Membership, Team, User
from accounts.roles import Role
from accounts.services.directory import set_last_day
from accounts.services.invitations import (
    LinkGone,
    accept_invitation,
    invite_user,
    send_invitation,
)
from audit.acting import acting
from audit.models import AuditEvent
from core.errors import Denied, DomainError
from tests.accounts.authenticator import Passkey
from tests.accounts.codes import fresh_code
from tests.cast import PASSWORD, join
from tests.client import WatchedClient
from tests.jobs import Jobs

LINK = re.compile(r"http://\S+(/account/invitation/\S+/)")
NEW = "new@people.example"


def _verbs():
    return list(AuditEvent.objects.order_by("id").values_list("verb", flat=True))


def _invite(cast, **more):
    return invite_user(
        actor=cast.admin, agency_id=cast.agency.pk, name="Tomas Neri", email=NEW, **more
    )


def _link(mailoutbox, jobs=None):
    (jobs or Jobs())()
    return LINK.search(mailoutbox[-1].body)[1]


def _code_of(client):
    fresh_code("anybody@people.example")
    secret = client.session["mfa.totp.secret"]
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def test_an_administrator_invites_and_the_person_sets_everything_up_themselves(
    cast, client_of, visitor, mailoutbox
):
    admin = client_of(cast.admin)
    form = {"name": "Tomas Neri", "email": NEW, "team": cast.north.pk, "role": "caseworker"}
    answer = admin.post(reverse("directory:invite"), form)
    user = User.objects.get(email=NEW)
    assert answer["Location"] == reverse("directory:account", args=[user.pk])
    assert "Invited" in admin.get(answer["Location"]).content.decode()
    assert not user.has_usable_password()
    link = _link(mailoutbox)
    words = mailoutbox[-1].subject + mailoutbox[-1].body
    for said in ("Tomas", "Tanglaw", "caseworker", "Liwanag", "child"):
        assert said.lower() not in words.replace(settings.LIWANAG_PUBLIC_URL, "").lower()

    assert "choose how you sign in" in visitor.get(link).content.decode()
    weak = visitor.post(link, {"password": "short", "again": "short"})
    assert weak.status_code == 422
    assert visitor.post(link, {"password": PASSWORD, "again": "another"}).status_code == 422
    answer = visitor.post(link, {"password": PASSWORD, "again": PASSWORD})
    assert answer["Location"] == "/account/2fa/totp/activate/"
    assert visitor.get("/")["Location"] == "/account/2fa/totp/activate/", "nothing before that"
    visitor.get("/account/2fa/totp/activate/")
    visitor.post("/account/2fa/totp/activate/", {"code": _code_of(visitor)})
    assert visitor.get("/account/2fa/recovery-codes/").status_code == 200
    assert visitor.get("/")["Location"] == "/account/conduct/"
    assert visitor.get("/api/v1/cases/").json()["code"] == "conduct_needed"
    assert visitor.post("/account/conduct/", {}).status_code == 422
    visitor.post("/account/conduct/", {"accepted": "on"})
    assert visitor.get("/cases/").status_code == 200
    user.refresh_from_db()
    assert user.conduct_version == conduct.VERSION
    assert user.conduct_accepted_at is not None
    for verb in ("user.invited", "invitation.accepted", "factor.added", "conduct.accepted"):
        assert verb in _verbs()

    other = type(visitor)()
    for wrong in (link, link[:-3] + "xx/", "/account/invitation/x/"):
        gone = other.get(wrong)
        assert gone.status_code == 404
        assert "Ask whoever invited you" in gone.content.decode()
        assert "Tomas" not in gone.content.decode()
    assert other.post(link, {"password": PASSWORD, "again": PASSWORD}).status_code == 404


def test_a_passkey_takes_the_place_of_a_password(cast, visitor, mailoutbox):
    user = _invite(cast)
    link = _link(mailoutbox)
    answer = visitor.post(link, {"way": "passkey"})
    assert answer["Location"] == "/account/2fa/webauthn/add/"
    page = visitor.get("/account/2fa/webauthn/add/")
    made = Passkey().make(page.context["js_data"]["creation_options"])
    visitor.post("/account/2fa/webauthn/add/", {"name": "Phone", "credential": made})
    assert visitor.get("/")["Location"] == "/account/conduct/"
    user.refresh_from_db()
    assert not user.has_usable_password()


def test_a_link_ends_by_age_by_a_newer_one_and_with_the_account(
    cast, client_of, visitor, mailoutbox, superuser
):
    jobs, admin = Jobs(), client_of(cast.admin)
    user = _invite(cast)
    first = _link(mailoutbox, jobs)
    send = reverse("directory:send_invitation", args=[user.pk])
    admin.post(send)
    second = _link(mailoutbox, jobs)
    assert first != second
    assert visitor.get(first).status_code == 404
    assert visitor.get(second).status_code == 200
    with superuser.transaction():
        superuser.execute("SELECT set_config('liwanag.act', 'a week later', true)")
        superuser.execute("UPDATE accounts_invitation SET expires_at = now() - interval '1 minute'")
    assert visitor.get(second).status_code == 404
    page = admin.get(reverse("directory:account", args=[user.pk])).content.decode()
    assert "Invitation expired" in page
    admin.post(send)
    third = _link(mailoutbox, jobs)
    admin.post(reverse("directory:close_account", args=[user.pk]))
    assert visitor.get(third).status_code == 404
    close = reverse("directory:close_account", args=[cast.analyst.pk])
    assert admin.post(close).status_code == 302
    assert admin.post(close).status_code == 422, "it is closed already"
    again = reverse("directory:send_invitation", args=[cast.analyst.pk])
    assert admin.post(again).status_code == 422, "a closed account gets no link"
    # An address that never joined gets no password either.
    sent = len(mailoutbox)
    visitor.post("/account/password/reset/", {"email": NEW})
    assert len(mailoutbox) == sent
    assert not User.objects.get(pk=user.pk).is_active


def test_who_joined_without_a_way_to_sign_in_gets_another_link(
    cast, client_of, visitor, mailoutbox
):
    jobs, admin = Jobs(), client_of(cast.admin)
    user = _invite(cast)
    # By a passkey that was never made: the browser was closed before.
    visitor.post(_link(mailoutbox, jobs), {"way": "passkey"})
    account, send = (
        reverse(f"directory:{name}", args=[user.pk]) for name in ("account", "send_invitation")
    )
    page = admin.get(account).content.decode()
    assert "no way to sign in yet" in page
    assert send in page
    assert f"opens for {settings.INVITATION_DAYS} days" in admin.get(send).content.decode()
    admin.post(send)
    accept_invitation(
        token=token_of(user.invitations.waiting().get().pk), password=PASSWORD, at=timezone.now()
    )
    page = admin.get(account).content.decode()
    assert send not in page, "they can sign in now, and ask for a new password"
    assert admin.post(send).status_code == 422


def test_a_page_of_somebody_without_a_second_factor_stays_open_and_locks(cast):
    user = join(_invite(cast, by_mail=False), PASSWORD)
    client = WatchedClient()
    client.force_login(user)
    assert client.get("/")["Location"] == "/account/2fa/totp/activate/"
    assert client.post("/still-here/").status_code == 204
    assert client.post("/lock/", {"next": "/"}).status_code == 204
    session = client.session
    session["seen_at"] -= 10 * 3600
    session.save()
    assert client.post("/lock/", {"next": "/"}).status_code == 200
    assert client.get("/")["Location"].startswith("/account/login/")


def test_only_administrators_invite_and_only_where_they_manage(cast, client_of):
    worker = client_of(cast.caseworker)
    for name in ("invite", "people", "agencies", "add_team", "add_agency"):
        assert worker.get(reverse(f"directory:{name}")).status_code == 403
    with pytest.raises(Denied):
        invite_user(actor=cast.caseworker, agency_id=cast.agency.pk, name="X", email=NEW)
    with pytest.raises(User.DoesNotExist):
        send_invitation(actor=cast.stranger, user_id=cast.caseworker.pk)
    with pytest.raises(DomainError):
        send_invitation(actor=cast.admin, user_id=cast.caseworker.pk)
    assert not User.objects.filter(email=NEW).exists()


def test_administrators_add_agencies_teams_and_roles_by_the_pages(cast, client_of):
    admin = client_of(cast.admin)
    agency = {
        "name": "Island Desk",
        "short_code": "ISL",
        "agency_type": "LawEnforcement",
        "country": "PH",
        "side": "source",
    }
    admin.post(reverse("directory:add_agency"), agency)
    page = admin.get(reverse("directory:agencies")).content.decode()
    assert "Island Desk" in page
    isl = Agency.objects.get(short_code="ISL")
    admin.post(reverse("directory:add_team"), {"agency": isl.pk, "name": "Desk"})
    team = Team.objects.get(agency=isl)
    form = {"name": "Una Vega", "email": NEW, "team": team.pk, "role": "agency_admin"}
    admin.post(reverse("directory:invite"), form)
    chief = User.objects.get(email=NEW)
    assert chief.agency == isl
    assert admin.get(reverse("directory:account", args=[chief.pk])).status_code == 200, (
        "until somebody has come, the house sees to it"
    )
    join(chief, PASSWORD)
    assert admin.get(reverse("directory:account", args=[chief.pk])).status_code == 404, (
        "from then on the partner looks after its own people"
    )

    account = reverse("directory:account", args=[cast.analyst.pk])
    give = reverse("directory:give_role", args=[cast.analyst.pk])
    admin.post(give, {"team": cast.south.pk, "role": "caseworker"})
    again = admin.post(give, {"team": cast.south.pk, "role": "caseworker"})
    assert again.status_code == 422
    stranger_team = Team.objects.get(agency=cast.cyber_unit)
    assert admin.post(give, {"team": stranger_team.pk, "role": "caseworker"}).status_code == 422
    held = Membership.objects.get(user=cast.analyst, role=Role.CASEWORKER)
    assert "Caseworker, South team" in admin.get(account).content.decode()
    end = reverse("directory:end_role", args=[cast.analyst.pk, held.pk])
    assert "End the role" in admin.get(end).content.decode()
    assert admin.post(end)["Location"] == account
    assert admin.post(end).status_code == 404
    elsewhere = reverse("directory:end_role", args=[cast.analyst.pk, cast.dpo.memberships.get().pk])
    assert admin.get(elsewhere).status_code == 404


def test_a_role_and_a_closed_account_take_effect_on_the_very_next_request(cast, client_of):
    admin, worker = client_of(cast.admin), client_of(cast.caseworker)
    assert worker.get("/cases/").status_code == 200
    held = cast.caseworker.memberships.get()
    admin.post(reverse("directory:end_role", args=[cast.caseworker.pk, held.pk]))
    assert worker.get("/cases/").status_code == 403
    give = reverse("directory:give_role", args=[cast.caseworker.pk])
    admin.post(give, {"team": cast.north.pk, "role": "caseworker"})
    assert worker.get("/cases/").status_code == 200
    admin.post(reverse("directory:close_account", args=[cast.caseworker.pk]))
    assert worker.get("/cases/")["Location"].startswith("/account/login/")


def test_an_account_ends_after_its_last_day_and_is_warned_before(cast, client_of, visitor):
    worker, admin = client_of(cast.caseworker), client_of(cast.admin)
    today = timezone.localdate()
    day = reverse("directory:set_last_day", args=[cast.caseworker.pk])
    assert admin.post(day, {"ends_on": today - timedelta(days=1)}).status_code == 422
    admin.post(day, {"ends_on": today})
    page = worker.get("/").content.decode()
    assert "Your account ends" in page
    assert "Ends soon" in admin.get(reverse("directory:people")).content.decode()
    with acting(cast.admin) as act:
        act.authorise("accounts.close_account")
        User.objects.filter(pk=cast.caseworker.pk).update(ends_on=today - timedelta(days=1))
        act.record("account.end_set", cast.caseworker)
    assert worker.get("/cases/")["Location"].startswith("/account/login/")
    answer = visitor.post("/account/login/", {"login": cast.caseworker.email, "password": PASSWORD})
    assert answer.status_code == 200, "as with a wrong password"
    with pytest.raises(DomainError):
        set_last_day(actor=cast.admin, user_id=cast.admin.pk, ends_on=today)


def test_a_new_version_of_the_code_of_conduct_is_asked_of_everybody(cast, client_of, monkeypatch):
    client = client_of(cast.caseworker)
    assert client.get("/cases/").status_code == 200
    monkeypatch.setattr(conduct, "VERSION", "2027-01")
    assert client.get("/cases/")["Location"] == "/account/conduct/"
    assert client.get("/account/sessions/").status_code == 200


def test_the_words_of_the_code_of_conduct_and_its_version_change_together():
    words = (settings.BASE_DIR / "templates/account/_conduct.html").read_bytes()
    known = {"2026-11": "9a1d8fa64c5297f9"}
    assert hashlib.sha256(words).hexdigest()[:16] == known[conduct.VERSION], (
        "changed words are a new version: change accounts/conduct.py and this list"
    )


def test_a_link_opens_once_even_in_two_tabs(cast, mailoutbox):
    user = _invite(cast, by_mail=False)
    token = token_of(user.invitations.get().pk)
    accept_invitation(token=token, password=PASSWORD, at=timezone.now())
    with pytest.raises(LinkGone):
        accept_invitation(token=token, password="another quiet lamp here", at=timezone.now())
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)
