"""Second factors: who has one, and the demo's, which everybody knows."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from allauth.core import context
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils import timezone

from accounts.models import User

_owner: ContextVar[UUID | None] = ContextVar("factor_owner", default=None)

RECOVERY = Authenticator.Type.RECOVERY_CODES


def has_second_factor(user: User) -> bool:
    """Whether the person has enrolled a factor of their own; recovery codes alone are none."""
    return Authenticator.objects.filter(user_id=user.pk).exclude(type=RECOVERY).exists()


def demo_totp_secret(email: str) -> str:
    """The authenticator secret of a demo sign-in: no secret at all, so good in the demo only."""
    digest = hashlib.sha256(f"liwanag-demo:{email}".encode()).digest()
    return base64.b32encode(digest[:20]).decode()


def refused_here(user: User) -> bool:
    """Demo sign-ins wherever the demo is not running, and accounts past their last day."""
    if user.is_demo and not settings.LIWANAG_DEMO:
        return True
    return user.ends_on is not None and user.ends_on < timezone.localdate()


@contextmanager
def factor_of(user: User) -> Iterator[None]:
    """Within this block secrets of second factors are sealed for, and opened of, `user`.

    Needed where nobody is signed in: at the second step of a sign-in and when a demo is founded.
    """
    token = _owner.set(user.pk)
    try:
        yield
    finally:
        _owner.reset(token)


def whose_factor() -> UUID:
    """Whose secret is being sealed or opened: `factor_of`'s, else the signed-in person's.

    Raises:
        RuntimeError: nobody's; a secret is never sealed for nobody.
    """
    named = _owner.get()
    if named is not None:
        return named
    user = getattr(context.request, "user", None)
    if user is None or not user.is_authenticated:
        raise RuntimeError("say whose second factor this is: use factor_of(user)")
    owner: UUID = user.pk
    return owner
