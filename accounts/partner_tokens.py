"""Tokens for partners' systems: client credentials alone, short-lived, kept as a checksum."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.models import AccessToken
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import BaseScopes
from oauth2_provider.views import TokenView
from redis.exceptions import RedisError

from accounts.models import PartnerSystem
from accounts.partner_scopes import Scope
from accounts.system_events import token_issued, token_refused

FINGERPRINT = re.compile(r"[0-9a-f]{64}")
MINUTE = 60


def system_of(client_id: str) -> PartnerSystem | None:
    """The system of that client id, while it and its agency are let in."""
    return (
        PartnerSystem.objects.select_related("account__agency", "agency")
        .filter(
            client_id=client_id,
            ended_at=None,
            agency__is_active=True,
            account__is_active=True,
        )
        .first()
    )


def shows_certificate(system: PartnerSystem, sent: Mapping[str, Any]) -> bool:
    """Whether the request came with the certificate bound to the system, where one is (RFC 8705).

    The proxy checks the certificate and says its SHA-256 in a header; the header counts only
    where `LIWANAG_CERTIFICATE_HEADER` names it and the request comes from one of
    `LIWANAG_CERTIFICATE_PROXIES`. Without that, nobody shows any.

    Args:
        sent: the request's META.
    """
    if not system.certificate:
        return True
    header = settings.LIWANAG_CERTIFICATE_HEADER
    if not header or sent.get("REMOTE_ADDR") not in settings.LIWANAG_CERTIFICATE_PROXIES:
        return False
    told = str(sent.get(f"HTTP_{header.upper().replace('-', '_')}", ""))
    shown = told.replace(":", "").lower()
    return bool(FINGERPRINT.fullmatch(shown)) and constant_time_compare(shown, system.certificate)


def system_of_token(token: str) -> tuple[PartnerSystem, frozenset[str]] | None:
    """Whose token it is and what it opens; None where it is unknown, over or taken back."""
    checksum = hashlib.sha256(token.encode()).hexdigest()
    kept = (
        AccessToken.objects.select_related("application")
        .filter(token_checksum=checksum, expires__gt=timezone.now())
        .first()
    )
    if kept is None or kept.application is None:
        return None
    system = system_of(kept.application.client_id)
    if system is None:
        return None
    # What was taken from the system since counts at once.
    return system, frozenset(kept.scope.split()) & frozenset(system.scopes)


class SystemValidator(OAuth2Validator):
    """As the library's; and the system is still let in and shows its certificate."""

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        if not super().authenticate_client(request, *args, **kwargs):
            return False
        system = system_of(request.client.client_id)
        return system is not None and shows_certificate(system, request.headers)


class SystemScopes(BaseScopes):  # type: ignore[misc]
    """The scopes of the system that asks."""

    def get_all_scopes(self) -> dict[str, str]:
        return {scope.value: str(scope.label) for scope in Scope}

    def get_available_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        system = system_of(application.client_id) if application else None
        return list(system.scopes) if system else []

    def get_default_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        return self.get_available_scopes(application, request)


def too_many(name: str, most: int) -> bool:
    """Count one more within this minute, in Redis; whether that is more than `most`.

    Raises:
        RedisError: Redis is away; nobody is let in uncounted.
    """
    minute = int(timezone.now().timestamp()) // MINUTE
    key = f"partner-rate:{name}:{minute}"
    cache.add(key, 0, timeout=2 * MINUTE)
    return int(cache.incr(key)) > most


@method_decorator(csrf_exempt, name="dispatch")
class SystemTokenView(TokenView):  # type: ignore[misc]
    """Where a partner's system gets its token. Every answer is in the log."""

    login_required = False
    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Whoever stands behind the proxies we trust: one partner's noise does not shut out another.
        address = get_adapter().get_client_ip(request) or ""
        came_from = hashlib.sha256(address.encode()).hexdigest()
        try:
            status = 429 if too_many(f"token:{came_from}", settings.LIWANAG_TOKENS_A_MINUTE) else 0
        except RedisError:
            status = 503
        if status:
            later = JsonResponse({"error": "temporarily_unavailable"}, status=status)
            later["Retry-After"] = str(MINUTE)
            return later
        if request.POST.get("grant_type") != "client_credentials":
            return JsonResponse({"error": "unsupported_grant_type"}, status=400)
        response: HttpResponse = super().post(request, *args, **kwargs)
        if response.status_code == 200:
            given = json.loads(response.content)
            found = system_of_token(given["access_token"])
            if found is None:
                raise RuntimeError("a token was given that opens nothing")
            system, scopes = found
            token_issued(system, scopes)
            over = AccessToken.objects.filter(
                application__client_id=system.client_id, expires__lt=timezone.now()
            )
            # Not `delete`, which looks through the tables of the library's other flows.
            over._raw_delete(over.db)
        else:
            token_refused()
        response["Cache-Control"] = "no-store"
        return response
