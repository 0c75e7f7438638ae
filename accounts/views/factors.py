"""One's own second factors: the library's pages, made stricter.

A passkey always asks for the device's screen lock; nobody removes their last factor; two tabs do
not remove the last two.
"""

from __future__ import annotations

from typing import Any

from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_removed
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn import views as library
from allauth.mfa.webauthn.internal import auth, flows
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from accounts.models import User

LAST = _("This is your only second step. Add another one first, then remove this one.")


class OneAtATime:
    """Changes of one person's factors wait for each other."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            User.objects.select_for_update().get(pk=request.user.pk)
            answer: HttpResponse = super().post(request, *args, **kwargs)  # type: ignore[misc]
            return answer


class AddPasskey(OneAtATime, library.AddWebAuthnView):
    """Add a passkey that may also sign in by itself."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super(library.AddWebAuthnView, self).get_context_data(**kwargs)
        options = flows.begin_registration(self.request, self.request.user, passwordless=True)
        return context | {"js_data": {"creation_options": options}}


class RenamePasskey(library.EditWebAuthnView):
    """Only its name; asked again like every change of a factor."""


class RemovePasskey(OneAtATime, library.RemoveWebAuthnView):
    """Remove one, unless it is the last factor."""

    def form_valid(self, form: Any) -> HttpResponse:
        if not get_adapter().can_delete_authenticator(self.get_object()):
            messages.error(self.request, str(LAST))
            return HttpResponseRedirect(reverse("mfa_index"))
        return super().form_valid(form)


class RemoveApp(OneAtATime, DeactivateTOTPView):
    """Remove the authenticator app, unless it is the last factor."""


class ReplaceApp(OneAtATime, ActivateTOTPView):
    """A new phone: the new app takes the place of the old one once it has shown a right code."""

    template_name = "mfa/totp/replace_form.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        get_object_or_404(Authenticator, user=request.user, type=Authenticator.Type.TOTP)
        # Past the library's check that there is no app yet.
        return super(ActivateTOTPView, self).dispatch(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        user = self.request.user
        for old in Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP):
            old.delete()
            authenticator_removed.send(
                sender=Authenticator, request=self.request, user=user, authenticator=old
            )
        return super().form_valid(form)


@method_decorator(login_not_required, name="dispatch")
class SignInWithPasskey(library.LoginWebAuthnView):
    """A passkey instead of password and code; back to the page that was asked for."""

    def form_valid(self, form: Any) -> HttpResponse:
        authenticator = form.cleaned_data["credential"]
        login = Login(
            user=authenticator.user, redirect_url=get_next_redirect_url(self.request, "next")
        )
        return flows.perform_passwordless_login(self.request, authenticator, login)


class ConfirmWithPasskey(library.ReauthenticateWebAuthnView):
    """A refused passkey comes back to this page, not to the start."""

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super(library.ReauthenticateWebAuthnView, self).get_context_data(**kwargs)
        options = auth.begin_authentication(self.request.user)
        return context | {"js_data": {"request_options": options}}
