"""Where somebody is signed in, and when each browser was last used."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest

from accounts.models import User

# How a session names the way in by an agency's provider (`accounts.views.sign_on`).
SIGN_ON = "sign_on"


def live_sessions(user: User, at: datetime) -> list[UserSession]:
    """The person's sessions that would still open something, the one used last first."""
    idle = at - timedelta(minutes=settings.SESSION_IDLE_MINUTES)
    oldest = at - timedelta(hours=settings.SESSION_MAX_HOURS)
    # A minute more: last use is noted once a minute.
    found: Any = UserSession.objects.filter(
        user_id=user.pk, last_seen_at__gte=idle - timedelta(minutes=1), created_at__gte=oldest
    )
    return [session for session in found.order_by("-last_seen_at", "-pk") if session.exists()]


def end_all_of(user: User) -> None:
    """End every session of the person, those that idle included."""
    for session in UserSession.objects.filter(user_id=user.pk):
        session.end()


def end_those_by_sign_on(agency_id: UUID) -> int:
    """End the sessions that people of an agency opened by its provider, and no others. Returns how
    many.

    Sessions stand in the database: inside an act they end with it, and where it is undone they go
    on, as the provider does. Whoever is on their way in meanwhile is asked about at the door
    (`accounts.adapters`).
    """
    ended = 0
    for session in UserSession.objects.filter(user__agency_id=agency_id):
        ways = SessionStore(session.session_key).get(AUTHENTICATION_METHODS_SESSION_KEY, [])
        if any(way.get("method") == SIGN_ON for way in ways):
            session.end()
            ended += 1
    return ended


def note_use(request: HttpRequest, at: datetime) -> None:
    """Note that a browser was used just now. Called once a minute at most.

    A session that is in no list could not be signed out by it, so it is listed here at the latest.
    """
    here = UserSession.objects.filter(session_key=request.session.session_key)
    if request.session.session_key and not here.update(last_seen_at=at):
        UserSession.objects.create_from_request(request)
