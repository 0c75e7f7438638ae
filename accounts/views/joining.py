"""An invited person joins, and everybody accepts the code of conduct."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View

from accounts import conduct
from accounts.forms import ConductForm, JoinForm
from accounts.services.invitations import (
    LinkGone,
    accept_conduct,
    accept_invitation,
    find_invitation,
)
from core.errors import DomainError
from core.views import FormPage


@method_decorator(login_not_required, name="dispatch")
class Join(View):
    """The link of an invitation: choose a way to sign in. Says little when it does not open."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            find_invitation(token, at=timezone.now())
        except LinkGone:
            return self._gone(request)
        return self._show(request, JoinForm())

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        by_passkey = request.POST.get("way") == "passkey"
        form = JoinForm(None if by_passkey else request.POST)
        if not by_passkey and not form.is_valid():
            return self._show(request, form, status=422)
        try:
            user = accept_invitation(
                token=token,
                password=None if by_passkey else form.cleaned_data["password"],
                at=timezone.now(),
            )
        except LinkGone:
            return self._gone(request)
        except DomainError as broken:
            form.add_rule_broken(broken.message, broken.field)
            return self._show(request, form, status=422)
        # Whoever was signed in in this browser is not the person who holds the link.
        logout(request)
        record_authentication(request, user, method="invitation")
        after = reverse("mfa_add_webauthn" if by_passkey else "mfa_activate_totp")
        answer: HttpResponse = perform_login(request, Login(user=user, redirect_url=after))
        return answer

    def _show(self, request: HttpRequest, form: JoinForm, status: int = 200) -> HttpResponse:
        return render(request, "account/join.html", {"form": form}, status=status)

    def _gone(self, request: HttpRequest) -> HttpResponse:
        return render(request, "account/join_gone.html", status=404)


class Conduct(FormPage):
    """The code of conduct as it stands now; accepted with a date, asked again when it changes."""

    form_class = ConductForm
    template_name = "account/conduct.html"

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        user = self.request.user
        current = user.conduct_accepted_at if conduct.has_accepted(user) else None
        return {"form": form, "version": conduct.VERSION, "accepted_at": current}

    def perform(self, data: dict[str, Any]) -> None:
        accept_conduct(user=self.request.user, at=timezone.now())

    def go_on(self, result: Any) -> HttpResponse:
        return redirect("desk:my_work")
