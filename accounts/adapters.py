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
from accounts.second_factor import has_second_factor, refused_here
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

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask for the password again before changing a second factor, but not of somebody who
        gave it a moment ago and is adding their first."""
        request = context.request
        if app == "allauth.mfa" and request.user.is_authenticated:
            given = [record["at"] for record in get_authentication_records(request, request.user)]
            fresh = bool(given) and time.time() - max(given) < FIRST_FACTOR_SECONDS
            if fresh and not has_second_factor(request.user):
                return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))


class MfaAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return system_sealer().seal_text("mfa", text)

    def decrypt(self, encrypted_text: str) -> str:
        return system_sealer().open_text("mfa", encrypted_text)
