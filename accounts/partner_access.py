"""How a partner's system comes in: by a token at the API, to what its scopes open alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import resolve
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from redis.exceptions import RedisError
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.models import PartnerSystem
from accounts.partner_scopes import DOORS, Scope
from accounts.partner_tokens import MINUTE, shows_certificate, system_of_token, too_many
from accounts.system_events import scope_refused
from core.problems import PROBLEM, problem

# Where config.urls has the API.
API = "/api/v1/"
SCHEME = "bearer "


@dataclass(frozen=True)
class Caller:
    """A partner's system, and what its token opens."""

    system: PartnerSystem
    scopes: frozenset[str]


class PartnerSystemMiddleware:
    """Put a system in the place of a person where a request to the API brings a token.

    Stands below all that is about sessions, and above the reading block. A token counts even where
    a session's cookie comes along: nobody gets both. It never opens a page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.headers.get("Authorization", "")
        if not request.path_info.startswith(API) or not sent.lower().startswith(SCHEME):
            return self.get_response(request)
        found = system_of_token(sent[len(SCHEME) :].strip())
        if found is None or not shows_certificate(found[0], request.META):
            refused = _answer(401, "invalid_token", "This token opens nothing. Ask for a new one.")
            refused["WWW-Authenticate"] = 'Bearer error="invalid_token"'
            return refused
        system, scopes = found
        try:
            too_often = too_many(str(system.pk), settings.LIWANAG_PARTNER_REQUESTS_A_MINUTE)
        except RedisError:
            # Nobody comes in uncounted.
            away = _answer(503, "come_again", "This cannot be answered now. Come again soon.")
            away["Retry-After"] = str(MINUTE)
            return away
        if too_often:
            busy = _answer(429, "too_many_requests", "Too many requests. Wait a minute.")
            busy["Retry-After"] = str(MINUTE)
            return busy
        needed = _scope_of(request)
        if needed not in scopes:
            # Told as the pages tell it: the address is there, and is not theirs.
            scope_refused(system, needed)
            refused = _answer(403, "insufficient_scope", "This token does not open this address.")
            refused["WWW-Authenticate"] = 'Bearer error="insufficient_scope"'
            return refused
        _come_in(request, Caller(system, scopes))
        response = self.get_response(request)
        response["Cache-Control"] = "no-store"
        return response


class SystemAuthentication(BaseAuthentication):
    """Tells the API's framework whom the middleware let in. No cookie, so no CSRF check either."""

    def authenticate(self, request: Request) -> tuple[Any, Caller] | None:
        caller = getattr(request._request, "partner", None)
        return (caller.system.account, caller) if caller is not None else None

    def authenticate_header(self, request: Request) -> None:
        """None: people are answered as before, by 403."""


class SystemScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """What the API's schema says of it."""

    target_class = SystemAuthentication
    name = "partnerSystem"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        scopes = {scope.value: str(scope.label) for scope in Scope}
        flow = {"tokenUrl": "/oauth/token/", "scopes": scopes}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}


def _scope_of(request: HttpRequest) -> str:
    try:
        match = resolve(request.path_info)
    except Http404:
        return ""
    method = "GET" if request.method == "HEAD" else request.method
    return str(DOORS.get((match.view_name, method or ""), ""))


def _come_in(request: Any, caller: Caller) -> None:
    request.user = caller.system.account
    request.partner = caller
    request.wants_problems = True
    # A machine has no second factor to give again: its token lives for minutes. And it is asked
    # for no purpose, since no case is open to it.
    request.confirmed_lately = lambda: True
    request.require_purpose = lambda record: None
    request.require_purpose_for = lambda sent, names: None


def _answer(status: int, code: str, words: str) -> JsonResponse:
    return JsonResponse(problem(status, code, words), status=status, content_type=PROBLEM)
