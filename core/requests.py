"""What a view finds on its request, for the type checker: a person, and the ways to read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from rest_framework.request import Request

from core.errors import Denied, PurposeNeeded


def session_mark(request: HttpRequest) -> str:
    """What tells one session from another and is no key to it: a digest of its key."""
    key = request.session.session_key or ""
    return hashlib.sha256(f"liwanag-session|{key}".encode()).hexdigest() if key else ""


class SignedInRequest(HttpRequest):
    """The request of somebody signed in, as `audit.middleware.ReadingMiddleware` prepares it."""

    # `accounts.User`, which this app may not know.
    user: Any
    htmx: Any
    # Opens the person's reading, or joins the one open; gives something with `record`.
    reading: Callable[[], AbstractContextManager[Any]]
    refused: Callable[[Denied], None]
    # Whether a second factor was given within `STEP_UP_MINUTES`; the page that asks for one, from
    # which the person comes back; and what they had typed before they were asked.
    confirmed_lately: Callable[[], bool]
    ask_to_confirm: Callable[[], HttpResponse]
    kept_form: Callable[[], QueryDict | None]
    # Notes why the person opens the record's case, or raises `PurposeNeeded`; and the page that
    # asks, from which the person comes back.
    require_purpose: Callable[[Any], None]
    # The same for what a program names in a body or an address: values by name, and the models of
    # names that are not a case's own.
    require_purpose_for: Callable[[Mapping[str, Any], Mapping[str, Any]], None]
    ask_purpose: Callable[[PurposeNeeded], HttpResponse]
    # Keeps the form of a request that came after its session had ended; gives the address at which
    # it is shown again, or None where there is nothing to keep or nobody to keep it for.
    keep_overnight: Callable[..., str | None]


class ApiRequest(Request):
    """The API's request of somebody signed in."""

    user: Any
    _request: SignedInRequest
