"""Second factors: who has one, and the demo's, which everybody knows."""

from __future__ import annotations

import base64
import hashlib

from allauth.mfa.models import Authenticator
from django.conf import settings

from accounts.models import User

RECOVERY = Authenticator.Type.RECOVERY_CODES


def has_second_factor(user: User) -> bool:
    """Whether the person has enrolled a factor of their own; recovery codes alone are none."""
    return Authenticator.objects.filter(user_id=user.pk).exclude(type=RECOVERY).exists()


def demo_totp_secret(email: str) -> str:
    """The authenticator secret of a demo sign-in: no secret at all, so good in the demo only."""
    digest = hashlib.sha256(f"liwanag-demo:{email}".encode()).digest()
    return base64.b32encode(digest[:20]).decode()


def refused_here(user: User) -> bool:
    """Demo sign-ins are refused wherever the demo is not running."""
    return user.is_demo and not settings.LIWANAG_DEMO
