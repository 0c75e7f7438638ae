"""Headers that keep what was on a screen from staying anywhere (R-P5); no files but where asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from core.sniffing import HEAD, kind_of, size_class

FORMS = ("", "application/x-www-form-urlencoded")
PROGRAMS = ("application/json", "")


class SafeHeadersMiddleware:
    """No caching, no indexing, no features of the device."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Cache-Control", "no-store")
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Permissions-Policy"] = (
            "camera=(), microphone=(), geolocation=(), browsing-topics=()"
        )
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        return response


class NoStrayFilesMiddleware:
    """Files come in where a view asks for one and nowhere else (R-U1).

    Stands below whatever leads people to the sign-in, so that a stranger learns nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return None
        kind = request.content_type or ""
        program = hasattr(view, "cls")
        takes = bool(getattr(getattr(view, "cls", None), "takes_file", 0))
        if kind == "multipart/form-data":
            # Read now, by `core.uploads`, wherever the view would.
            fields = request.POST
            found = getattr(request, "upload_refused", "")
            if not found and not (program and fields and not takes):
                return None
        elif kind in FORMS or (program and kind in PROGRAMS):
            return None
        else:
            found = kind_of(request.read(HEAD)) if kind not in FORMS else ""
        size = int(request.META.get("CONTENT_LENGTH") or 0)
        with request.reading() as look:
            look.record("file.refused", facts={"found": str(found), "size": size_class(size)})
            user = request.user
            may_report = user.is_authenticated and user.may("cases.report_material")
        if program:
            body = {
                "code": "no_files",
                "detail": "Files are not taken in here. Send JSON. If it may show abuse: do not "
                "open, copy or forward it, and report it by /api/v1/material-reports/.",
            }
            return JsonResponse(body, status=415)
        return render(
            request,
            "errors/no_files.html",
            {
                "police_desk": settings.LIWANAG_POLICE_DESK,
                "may_report": may_report,
            },
            status=415,
        )
