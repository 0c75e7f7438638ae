"""No data without a second factor, and no session longer than it should be."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.asserted import is_asserted
from accounts.conduct import has_accepted
from accounts.models import User
from accounts.second_factor import has_second_factor, refused_here
from accounts.sessions import note_use
from accounts.step_up import prepare
from accounts.was_here import forget, remember

# Where a signed-in person without a second factor may go: to add one, or away.
OPEN_WITHOUT_FACTOR = frozenset(
    {
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "account_logout",
        "account_reauthenticate",
        "exit",
        "after_exit",
        "appearance",
        # A page left open locks itself, and one at which somebody types does not.
        "lock",
        "still_here",
    }
)
# Of one's own account: open before the code of conduct is accepted.
OWN_ACCOUNT = re.compile(r"^(account_|mfa_|usersessions_)")
STARTED, SEEN = "started_at", "seen_at"
# Where config.urls has the page that locks an idle screen.
LOCK = "/lock/"


class SessionAgeMiddleware:
    """End a session after 15 idle minutes or 8 hours (R-P6); settings hold both figures.

    And a demo person's session as soon as the demo no longer runs.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        signed_in = request.user.is_authenticated
        by_itself = request.path_info == LOCK
        if request.user.is_authenticated:
            now = int(timezone.now().timestamp())
            started = request.session.setdefault(STARTED, now)
            seen = request.session.get(SEEN, now)
            idle = now - seen > settings.SESSION_IDLE_MINUTES * 60
            old = now - started > settings.SESSION_MAX_HOURS * 3600
            if idle or old or refused_here(request.user):
                by_itself = True
                self._end(request)
            elif request.path_info == LOCK:
                # A page without anybody before it asks to be locked: that is no sign of life.
                pass
            elif now - seen >= 60 or SEEN not in request.session:
                # Once a minute is enough, and spares a write on every request.
                request.session[SEEN] = now
                note_use(request, timezone.now())
        response = self.get_response(request)
        if isinstance(request.user, User):
            remember(request, response, request.user)
        elif signed_in:
            if not by_itself:
                forget(response)
            # Nothing of what was on the screen may come back from the browser's stores (R-X2).
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response

    def _end(self, request: HttpRequest) -> None:
        """End the session; what was being sent meanwhile is not lost with it."""
        writer = cast("User", request.user)
        logout(request)
        request.was_signed_in = writer  # type: ignore[attr-defined]


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """As Django's; and a form that comes after its session ended is kept for its writer."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> Any:
        keep = getattr(request, "keep_overnight", None)
        again = keep() if keep and request.method == "POST" else None
        if not again:
            return super().handle_no_permission(request, view_func)
        answer = redirect_to_login(again)
        if getattr(request, "htmx", None):
            to_whole_page = HttpResponse(status=204)
            to_whole_page["HX-Redirect"] = answer["Location"]
            return to_whole_page
        return answer


class StepUpMiddleware:
    """Let views ask for a second factor given lately, and find what was typed before they did."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        prepare(request)
        return self.get_response(request)


class SecondFactorMiddleware:
    """Send whoever has no second factor to the page that adds one, from everywhere else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        is_api = request.path_info.startswith("/api/")
        # The API framework marks its views as needing no sign-in, because it asks for one itself.
        is_public = not getattr(view, "login_required", True) and not is_api
        if not request.user.is_authenticated or is_public:
            return None
        if getattr(request, "partner", None) is not None:
            # A partner's system: `accounts.partner_access` has looked at its token.
            return None
        match = request.resolver_match
        if match and match.view_name in OPEN_WITHOUT_FACTOR:
            return None
        if has_second_factor(request.user) or is_asserted(request, request.user):
            return self._conduct(request, is_api=is_api)
        if is_api:
            return JsonResponse(
                {"code": "second_factor_needed", "detail": "Add a second factor first."}, status=403
            )
        return redirect("mfa_activate_totp")

    def _conduct(self, request: HttpRequest, *, is_api: bool) -> HttpResponse | None:
        """Whoever has not accepted the code of conduct as it stands now is asked first."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        if has_accepted(cast("User", request.user)) or OWN_ACCOUNT.match(name):
            return None
        if is_api:
            return JsonResponse(
                {"code": "conduct_needed", "detail": "Accept the code of conduct first."},
                status=403,
            )
        return redirect("account_conduct")
