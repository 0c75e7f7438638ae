"""Exit this page, and how pages look. Both work without a script."""

from __future__ import annotations

import uuid
from contextlib import suppress

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from accounts.kept_forms import ASKED
from accounts.middleware import SEEN
from audit.events import write_event
from cases.views.writing import keep_draft
from core.errors import DomainError

YEAR = 365 * 24 * 3600
THEMES = ("light", "dark")
# Where the locked page leads back to.
BACK = "locked_back"


@csrf_exempt  # An old token must not keep anybody here; the session cookie is SameSite=Lax.
@login_not_required
@require_POST
def exit_page(request: HttpRequest) -> HttpResponse:
    """End the session and land on a neutral page of our own (R-X1). A draft is kept first."""
    if request.user.is_authenticated:
        _keep_draft(request)
        with transaction.atomic():
            write_event(act=uuid.uuid4(), actor=request.user, verb="signin.exited")
        logout(request)
    return redirect("after_exit")


def _keep_draft(request: HttpRequest) -> None:
    """Save the draft that comes with a request to leave. Nothing may keep anybody from leaving."""
    if "draft_id" not in request.POST:
        return
    with suppress(DomainError, PermissionDenied, ObjectDoesNotExist, DatabaseError, ValueError):
        keep_draft(request.user, request.POST)


@csrf_exempt  # As for the exit: an old token must not leave the page open.
@login_not_required
def lock(request: HttpRequest) -> HttpResponse:
    """End an idle session, and say how to come back to where one was (R-P6).

    A page asks for it after the idle time without a key or a touch. Whoever is at work in another
    tab was heard of since, and stays signed in: 204.
    """
    back = request.POST.get("next") or request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    if request.method == "POST" and request.user.is_authenticated:
        seen = request.session.get(SEEN, 0)
        if timezone.now().timestamp() - seen < (settings.SESSION_IDLE_MINUTES - 2) * 60:
            return HttpResponse(status=204)
        _keep_draft(request)
        with transaction.atomic():
            write_event(act=uuid.uuid4(), actor=request.user, verb="signin.locked")
        request.was_signed_in = request.user  # type: ignore[attr-defined]
        logout(request)
        back = _keep_form(request) or back
    elif request.method == "POST":
        # The server's own clock came first.
        back = _keep_form(request) or back
    elif request.user.is_authenticated:
        return redirect(back)
    if request.method == "POST" and ASKED in back:
        request.session[BACK] = back
    return render(request, "lock.html", {"back": _way_back(request, back)})


def _keep_form(request: HttpRequest) -> str | None:
    """Keep what stood in a form of the page that is locked; gives the way back to it."""
    path = request.POST.get("kept_path", "")
    keep = request.keep_overnight  # type: ignore[attr-defined]
    kept: str | None = keep(path) if path else None
    return kept


def _way_back(request: HttpRequest, back: str) -> str:
    """The page the browser names; where a form of it was kept, the page with the form."""
    kept: str = request.session.get(BACK, "")
    return kept if ASKED in kept or not back else back


@require_POST
def still_here(request: HttpRequest) -> HttpResponse:
    """Somebody reads or types: the session goes on. Reads nothing."""
    return HttpResponse(status=204)


@login_not_required
@require_GET
def after_exit(request: HttpRequest) -> HttpResponse:
    """A page that says nothing about what was here."""
    return render(request, "exit.html")


@login_not_required
@require_POST
def appearance(request: HttpRequest) -> HttpResponse:
    """Light, dark or as the device has it, and whether j and k walk through lists."""
    asked = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()})
    response = HttpResponseRedirect(asked if safe else "/")
    theme = request.POST.get("theme")
    if theme in THEMES:
        _remember(response, "theme", theme)
    elif theme is not None:
        response.delete_cookie("theme")
    if request.POST.get("list_keys") == "off":
        _remember(response, "list_keys", "off")
    elif "list_keys" in request.POST:
        response.delete_cookie("list_keys")
    return response


def _remember(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=YEAR,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
