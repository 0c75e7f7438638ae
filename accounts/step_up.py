"""A second factor given lately: what showing an identity, taking data out and authorising ask for.

Views say `steps_up = True` (`core.views.Workspace`); this is what answers them.
"""

from __future__ import annotations

import time
from functools import partial
from typing import cast
from urllib.parse import urlencode, urlsplit

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.kept_forms import can_be_opened, keep_form, keep_overnight, kept_form
from accounts.models import User
from accounts.was_here import who_was_here

SAFE = ("GET", "HEAD", "OPTIONS")


def prepare(request: HttpRequest) -> None:
    """Put on the request what view bases ask for without knowing this app."""
    request.confirmed_lately = partial(confirmed_lately, request)  # type: ignore[attr-defined]
    request.ask_to_confirm = partial(ask_to_confirm, request)  # type: ignore[attr-defined]
    request.kept_form = partial(kept_form, request)  # type: ignore[attr-defined]
    request.keep_overnight = partial(_keep_overnight, request)  # type: ignore[attr-defined]


def confirmed_lately(request: HttpRequest) -> bool:
    """Whether a second factor of the person's own was given in the last `STEP_UP_MINUTES`."""
    since = time.time() - settings.STEP_UP_MINUTES * 60
    return any(
        record.get("method") == "mfa" and record["at"] >= since
        for record in get_authentication_records(request, request.user)
    )


def ask_to_confirm(request: HttpRequest) -> HttpResponse:
    """Lead to the page that asks, and from there back to where the person was.

    A form that was sent is kept on the server and stands in its fields again afterwards.
    """
    user = cast("User", request.user)
    where = way_back(request)
    ways = get_adapter().get_reauthentication_methods(user)
    asks = ways[0]["url"] if ways else reverse("mfa_activate_totp")
    address = f"{asks}?{urlencode({'next': where})}"
    if getattr(request, "htmx", None):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = address
        return answer
    return HttpResponseRedirect(address)


def way_back(request: HttpRequest) -> str:
    """The address to come back to after a question; a form that was sent is kept for it."""
    user = cast("User", request.user)
    where = keep_form(request, user) if request.method not in SAFE else _here(request)
    return _shown_at(request, where)


def _keep_overnight(request: HttpRequest, path: str = "") -> str | None:
    """Keep the form of a request that came too late, for whoever sends or sent it."""
    user = request.user if isinstance(request.user, User) else None
    user = user or getattr(request, "was_signed_in", None) or who_was_here(request)
    return keep_overnight(request, user, path=path) if user else None


def _here(request: HttpRequest) -> str:
    """The page itself; where only a part of it was asked for, the page that asked."""
    if not getattr(request, "htmx", None):
        return request.get_full_path()
    asked = urlsplit(request.headers.get("HX-Current-URL", ""))
    return asked.path if asked.path.startswith("/") else "/"


def _shown_at(request: HttpRequest, where: str) -> str:
    """An address that can be opened; one that takes forms alone gives way to the page before it."""
    if request.method in SAFE or can_be_opened(where):
        return where
    came_from = urlsplit(request.headers.get("Referer", ""))
    return came_from.path if came_from.netloc == request.get_host() else "/"
