"""A second factor that an agency's own sign-in asserted, where the agency is set to trust it."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest

KIND = "sign_on"


def note_asserted(request: HttpRequest, user: Any, *, signed_in_at: int | None) -> None:
    """Count the provider's word as a second factor, as old as the sign-in there."""
    at = min(time.time(), float(signed_in_at or 0))
    record_authentication(request, user, "mfa", type=KIND, at=at)


def is_asserted(request: HttpRequest, user: Any) -> bool:
    """Whether this session came in by a provider whose word is taken."""
    return any(
        record.get("method") == "mfa" and record.get("type") == KIND
        for record in get_authentication_records(request, user)
    )


class SecondStep(AuthenticateStage):
    """As the library's; passed where the agency's sign-in showed a second factor already."""

    def _should_handle(self, request: HttpRequest) -> bool:
        if self.login.user is not None and is_asserted(request, self.login.user):
            return False
        return bool(super()._should_handle(request))
