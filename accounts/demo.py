"""The demo's sign-ins: made-up people whose password and codes everybody may know.

They exist so that a newcomer can look round. `second_factor.refused_here` keeps them out of every
installation that is not the demo.
"""

from __future__ import annotations

from typing import Any

from allauth.account.internal.stagekit import get_pending_stage
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.http import HttpRequest

from accounts.models import User
from accounts.roles import Role
from accounts.second_factor import demo_totp_secret

PASSWORD = "a lantern over the harbour"  # noqa: S105 (known to everybody, good in the demo only)


def demo_context(request: HttpRequest) -> dict[str, Any]:
    """What the sign-in pages show in the demo: the people, their password, and the code now."""
    people = (
        User.objects.filter(is_demo=True, is_active=True)
        .prefetch_related("memberships")
        .order_by("name")
    )
    return {
        "demo_password": PASSWORD,
        "demo_accounts": [
            {
                "name": user.name,
                "email": user.email,
                "role": ", ".join(
                    str(Role(membership.role).label) for membership in user.memberships.all()
                ),
            }
            for user in people
        ],
        "demo_code": _code_for(request),
    }


def _code_for(request: HttpRequest) -> str:
    stage = get_pending_stage(request)
    user = request.user if request.user.is_authenticated else stage.login.user if stage else None
    if user is None or not user.is_demo:
        return ""
    return demo_code(user.email)


def demo_code(email: str) -> str:
    """The six digits that a demo person's authenticator shows now."""
    counters = list(yield_hotp_counters_from_time())
    now = counters[len(counters) // 2]
    return format_hotp_value(hotp_value(demo_totp_secret(email), now))
