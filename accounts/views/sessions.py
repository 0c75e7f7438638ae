"""Where I am signed in: every browser with its last use, each with its own way out."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.services.sessions import end_own_sessions, end_session
from accounts.sessions import live_sessions
from core.views import Workspace


class Sessions(Workspace):
    """The list. It shows nothing of a case and leaves no event."""

    template_name = "account/sessions.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        here = request.session.session_key
        found = live_sessions(self.request.user, timezone.now())
        return self.answer(
            {
                "sessions": [(session, session.session_key == here) for session in found],
                "others": sum(session.session_key != here for session in found),
            }
        )


class EndSession(Workspace):
    """Sign out one browser; this one too, if that is the one."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = str(request.session.session_key)
        try:
            end_session(user=self.request.user, session_id=kwargs["pk"], at=timezone.now())
        except UserSession.DoesNotExist:
            raise Http404 from None
        if not request.session.exists(key):
            logout(request)
            return redirect("account_login")
        messages.success(request, _("That browser is signed out."))
        return redirect("usersessions_list")


class EndSessions(Workspace):
    """Sign out everywhere else, or everywhere."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        everywhere = request.POST.get("which") == "all"
        key = "" if everywhere else str(request.session.session_key)
        ended = end_own_sessions(user=self.request.user, but=key, at=timezone.now())
        if everywhere:
            logout(request)
            return redirect("account_login")
        words = ngettext(
            "%(count)d other browser is signed out.",
            "%(count)d other browsers are signed out.",
            ended,
        )
        messages.success(request, words % {"count": ended})
        return redirect("usersessions_list")
