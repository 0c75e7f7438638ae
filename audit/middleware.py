"""Every request has an id in the log, and every safe request is one reading."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import resolve

from audit.acting import record_refusal
from audit.purposes import nothing_stated
from audit.reading import reading
from audit.request_id import current_request_id
from core.actors import Actor
from core.errors import Denied

SAFE = ("GET", "HEAD", "OPTIONS")
# Where config.urls includes audit.urls and reporting.public_urls.
OPEN = ("/log/", "/reports/")
# Where accounts.sign_in_urls has the way to a provider and back: they write, and the protocol has
# browsers come by GET. No page there shows a record.
SIGN_ON = "/account/sign-on/"


class RequestIdMiddleware:
    """Give the request an id of our own making; one sent by a client is never trusted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = current_request_id.set(uuid.uuid4())
        try:
            with nothing_stated():
                response = self.get_response(request)
            response["X-Request-Id"] = str(current_request_id.get())
            return response
        finally:
            current_request_id.reset(token)


class OpenPagesMiddleware:
    """Answer the published log and reports before the session: nobody's cookie is read or set.

    What it answers goes into shared caches, and it must not depend on who asks: a session's cookie
    or a `Vary` on it has no place there. Stands above the session's middleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(OPEN):
            return self.get_response(request)
        try:
            match = resolve(request.path_info)
            answer: HttpResponse = match.func(request, *match.args, **match.kwargs)
        except Http404:
            return HttpResponse(
                "There is nothing here.\n", content_type="text/plain; charset=utf-8", status=404
            )
        return answer


class ReadingMiddleware:
    """Wrap safe requests in one reading block, the rendering of the template included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user if request.user.is_authenticated else None
        request.reading = partial(reading, user)  # type: ignore[attr-defined]
        request.refused = partial(_refused, user)  # type: ignore[attr-defined]
        if request.method not in SAFE or request.path_info.startswith(SIGN_ON):
            return self.get_response(request)
        with reading(user):
            response = self.get_response(request)
            if response.streaming:
                raise RuntimeError("a streamed response would be read outside its reading block")
            return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Record a refusal met while reading; the write side records its own."""
        if isinstance(exception, Denied) and request.method in SAFE:
            request.refused(exception)  # type: ignore[attr-defined]


def _refused(user: Actor | None, refusal: Denied) -> None:
    """Write a refusal met outside an act."""
    with transaction.atomic():
        record_refusal(uuid.uuid4(), user, refusal)
