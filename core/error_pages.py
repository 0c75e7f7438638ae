"""Error pages: they help, and say little to whoever should not know more."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def refused(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        # Met before anybody knew who asks: without the request, as below.
        if request.path_info.startswith("/api/"):
            body = {"code": "too_large", "detail": "This is more than one request takes: 2 MB."}
            return JsonResponse(body, status=413)
        return HttpResponse(render_to_string("errors/too_much.html"), status=413)
    return render(request, "errors/400.html", status=400)


def broken(request: HttpRequest) -> HttpResponse:
    # Without the request: no session, no database, no context processor may break this page too.
    return HttpResponse(render_to_string("errors/500.html"), status=500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a token that holds: forged, or left open while somebody signed in again.

    In the second case it stands in its fields again, to be looked through and sent; a form that
    another site sent comes without the cookies by which its writer would be known.
    """
    keep = getattr(request, "keep_overnight", None)
    whole_page = not getattr(request, "htmx", None)
    again = keep() if keep and whole_page and "CSRF" in reason else None
    if again:
        return redirect(again)
    return render(request, "errors/csrf.html", status=403)
