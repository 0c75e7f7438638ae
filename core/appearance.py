"""Light or dark, and whether j and k move through lists: kept in cookies, since they are about
the device and not about the person. Nothing else is kept in the browser."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

YEAR = 365 * 24 * 3600
CHOICES = {"theme": ("light", "dark"), "list_keys": ("off",)}


@login_not_required
@require_POST
def choose_appearance(request: HttpRequest) -> HttpResponse:
    """Set or clear the two cookies and return to the page the choice was made on.

    In: POST `theme` (light, dark; anything else follows the device), `list_keys` (off; anything
    else is on), `next` (a path of this site; anything else leads home).
    """
    after = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(after, allowed_hosts={request.get_host()}):
        after = "/"
    response = HttpResponseRedirect(after)
    for name, values in CHOICES.items():
        if name not in request.POST:
            continue
        if request.POST[name] in values:
            response.set_cookie(
                name,
                request.POST[name],
                max_age=YEAR,
                httponly=True,
                samesite="Lax",
                secure=request.is_secure(),
            )
        else:
            response.delete_cookie(name, samesite="Lax")
    return response
