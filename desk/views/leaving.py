"""Exit this page, and how pages look. Both work without a script."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from audit.events import write_event

YEAR = 365 * 24 * 3600
THEMES = ("light", "dark")


@csrf_exempt  # An old token must not keep anybody here; the session cookie is SameSite=Lax.
@login_not_required
@require_POST
def exit_page(request: HttpRequest) -> HttpResponse:
    """End the session and land on a neutral page of our own (R-X1)."""
    if request.user.is_authenticated:
        with transaction.atomic():
            write_event(act=uuid.uuid4(), actor=request.user, verb="signin.exited")
        logout(request)
    response = redirect("after_exit")
    # Nothing of what was on the screen may be brought back from the browser's stores (R-X2).
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


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
