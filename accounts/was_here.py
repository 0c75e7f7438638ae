"""Who was signed in in this browser until the session ended by itself.

A signed cookie for three days from when they were last here, of use for one thing: what is sent
from a form that was left open overnight is kept for its writer (`accounts.kept_forms`). It opens
nothing and shows nothing. It is sent for requests of our own pages alone (SameSite=Strict), and
whoever signs out or takes “Exit this page” leaves none.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse

from accounts.models import User

COOKIE = "was_here"
LIVES_SECONDS = 3 * 24 * 3600
# Old enough to be written anew while its person is at work.
RENEWED_SECONDS = 3600
_signer = TimestampSigner(salt="accounts.was_here", sep=".")


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Leave the cookie where there is none of this person's, or only one that grows old."""
    if _named(request, RENEWED_SECONDS) == user.pk:
        return
    response.set_cookie(
        COOKIE,
        _signer.sign(user.pk.hex),
        samesite="Strict",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )


def forget(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, samesite="Strict")


def who_was_here(request: HttpRequest) -> User | None:
    """The person whose session ended in this browser; None after a sign-out, or too long ago."""
    named = _named(request, LIVES_SECONDS)
    return User.objects.filter(pk=named, is_active=True).first() if named else None


def _named(request: HttpRequest, most_seconds: int) -> uuid.UUID | None:
    try:
        return uuid.UUID(hex=_signer.unsign(request.COOKIES[COOKIE], max_age=most_seconds))
    except (KeyError, BadSignature, ValueError):
        return None
