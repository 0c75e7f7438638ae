"""Where allauth meets our rules: no sign-up, demo sign-ins stay in the demo, secrets are sealed."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from accounts.models import User
from accounts.second_factor import has_second_factor, refused_here, whose_factor
from accounts.step_up import confirmed_lately
from core.sealing import system_sealer

# Long enough to open an authenticator app and scan the code.
FIRST_FACTOR_SECONDS = 600


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are invited; there is no sign-up page."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        user = super().authenticate(request, **credentials)
        return None if user is None or refused_here(user) else user

    def set_password(self, user: User, password: str) -> None:
        """Only the password changes: the rest of the row is an administrator's act."""
        user.set_password(password)
        user.save(update_fields=["password"])

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Whoever has a second factor is asked for that; a password alone confirms nothing."""
        ways = super().get_reauthentication_methods(user)
        factors = [way for way in ways if way["id"] != "reauthenticate"]
        return factors if user.is_authenticated and has_second_factor(user) else ways

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

    def encrypt(self, text: str) -> str:
        return system_sealer().seal_text("mfa", text, bound_to=whose_factor())

    def decrypt(self, encrypted_text: str) -> str:
        return system_sealer().open_text("mfa", encrypted_text, bound_to=whose_factor())
