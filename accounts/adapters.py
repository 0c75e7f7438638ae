"""Where allauth meets our rules: no sign-up, demo sign-ins stay in the demo, secrets are sealed."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from accounts.models import User
from accounts.second_factor import refused_here
from core.sealing import system_sealer


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


class MfaAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return system_sealer().seal_text("mfa", text)

    def decrypt(self, encrypted_text: str) -> str:
        return system_sealer().open_text("mfa", encrypted_text)
