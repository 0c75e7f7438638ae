"""Where allauth meets our rules: no sign-up, demo sign-ins stay in the demo, secrets are sealed."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.asserted import is_asserted
from accounts.lockouts import is_locked, is_news, key_of_address, lock_seconds
from accounts.models import User
from accounts.openid import SignOnRefused
from accounts.second_factor import RECOVERY, has_second_factor, refused_here, whose_factor
from accounts.services.lockouts import note_lock_out
from accounts.services.sign_on import stands_as_asked
from accounts.sessions import SIGN_ON
from accounts.step_up import confirmed_lately
from core.sealing import system_sealer
from core.ui.devices import browser_name

# Long enough to open an authenticator app and scan the code.
FIRST_FACTOR_SECONDS = 600


WAYS = {
    "mfa_reauthenticate": _("Use a code from your authenticator app, or a recovery code"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
    "sign_on": _("Use your agency’s sign-in"),
}


def _locked_out() -> str:
    minutes = max(1, round(lock_seconds() / 60))
    return ngettext(
        "Too many attempts. Wait %(n)s minute, or ask your administrator to let you try again.",
        "Too many attempts. Wait %(n)s minutes, or ask your administrator to let you try again.",
        minutes,
    ) % {"n": minutes}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        # The same for an address that nobody has.
        "too_many_login_attempts": lazy(_locked_out, str)(),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are invited; there is no sign-up page."""
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """One count for an address, by whatever name of ours it came."""
        return key_of_address(credentials.get("email", credentials.get("username", "")))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Where attempts have run out, it is recorded once and shown to administrators."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            key = self._get_login_attempts_cache_key(request, **credentials)
            theirs = is_locked(key)
            source = key if theirs else f"network:{self.get_client_ip(request)}"
            if is_news(source):
                address = credentials.get("email", "")
                owner = User.objects.filter(email__iexact=address, is_active=True).first()
                note_lock_out(
                    user=owner if theirs else None,
                    kind="password" if theirs else "network",
                    proven=False,
                    at=timezone.now(),
                )
            raise

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        user = super().authenticate(request, **credentials)
        return None if user is None or refused_here(user) else user

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """A passkey comes past `authenticate`, so the door itself asks again."""
        if refused_here(user):
            clear_login(request)
            answer: HttpResponse = self.respond_user_inactive(request, user)
            return answer
        refusal: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return refusal

    def login(self, request: HttpRequest, user: User) -> None:
        """Whoever came by their agency's provider is in only while it stands as they set out by it:
        it may have been turned off while they showed their second step.

        Raises:
            ImmediateHttpResponse: it does not; nobody is signed in.
        """
        super().login(request, user)
        came = [
            way for way in get_authentication_records(request, user) if way["method"] == SIGN_ON
        ]
        if not came:
            return
        # Saved before it is asked: whoever turns it off after this finds the session and ends it.
        request.session.save()
        if not stands_as_asked(came[0].get("provider"), came[0].get("version", 0)):
            logout(request)
            messages.error(request, SignOnRefused("no_provider").message)
            raise ImmediateHttpResponse(redirect("account_login"))

    def set_password(self, user: User, password: str) -> None:
        """Only the password changes: the rest of the row is an administrator's act."""
        user.set_password(password)
        user.save(update_fields=["password"])

    def get_login_stages(self) -> list[str]:
        """The second step is ours: it knows an agency whose word for it is taken."""
        ours = {"allauth.mfa.stages.AuthenticateStage": "accounts.asserted.SecondStep"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Whoever has a second factor is asked for that; a password alone confirms nothing."""
        ways = super().get_reauthentication_methods(user)
        there = {
            "id": "sign_on",
            "description": WAYS["sign_on"],
            "url": reverse("account_sign_on_confirm"),
        }
        asserted = user.is_authenticated and is_asserted(context.request, user)
        if not (user.is_authenticated and has_second_factor(user)):
            return [there] if asserted else ways
        factors = [{**way, "description": WAYS[way["id"]]} for way in ways if way["id"] in WAYS]
        # A passkey first, where there is one: it cannot be given away to a false page.
        factors.sort(key=lambda way: way["id"], reverse=True)
        return [*factors, there] if asserted else factors

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask for the second factor again before changing one, unless it was given lately; and of
        somebody who is adding their first, not for the password they gave a moment ago."""
        request = context.request
        if app == "allauth.mfa" and request.user.is_authenticated:
            if confirmed_lately(request):
                return False
            given = [record["at"] for record in get_authentication_records(request, request.user)]
            fresh = bool(given) and time.time() - max(given) < FIRST_FACTOR_SECONDS
            if fresh and not has_second_factor(request.user):
                return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))


class MfaAdapter(DefaultMFAAdapter):
    """Secrets are sealed for their owner: copied into another person's row they do not open."""

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Never the last: without a factor the person would be outside, or let in on less."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id)
        return others.exclude(type=RECOVERY).exclude(pk=authenticator.pk).exists()

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """The browser in front of them, in words; they may write something better."""
        return browser_name(context.request.headers.get("User-Agent", ""))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys belong to the one public address, whatever name a request came by."""
        return {
            "id": urlsplit(settings.LIWANAG_PUBLIC_URL).hostname or "localhost",
            "name": settings.MFA_TOTP_ISSUER,
        }

    def encrypt(self, text: str) -> str:
        return system_sealer().seal_text("mfa", text, bound_to=whose_factor())

    def decrypt(self, encrypted_text: str) -> str:
        return system_sealer().open_text("mfa", encrypted_text, bound_to=whose_factor())
