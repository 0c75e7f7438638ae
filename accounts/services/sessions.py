"""Signing out browsers: one's own, one by one or all; and an administrator for somebody else."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.own import own_act
from accounts.sessions import end_all_of, live_sessions
from audit.acting import acting
from audit.events import write_event
from core.errors import DomainError


def end_session(*, user: User, session_id: int, at: datetime) -> None:
    """Sign out one of one's own browsers.

    Raises:
        UserSession.DoesNotExist: it is somebody else's, or over.
    """
    found = [session for session in live_sessions(user, at) if session.pk == session_id]
    if not found:
        raise UserSession.DoesNotExist
    _end(user, found)


def end_own_sessions(*, user: User, but: str = "", at: datetime) -> int:
    """Sign out of all of one's own browsers, but for the session of this key. Returns how many."""
    found = [session for session in live_sessions(user, at) if session.session_key != but]
    _end(user, found)
    return len(found)


def end_sessions(*, actor: User, user_id: uuid.UUID, at: datetime) -> int:
    """Sign somebody out everywhere: their phone was lost. Returns how many browsers it was.

    Raises:
        User.DoesNotExist: not the actor's to look after.
        DomainError: it is oneself.
    """
    with acting(actor) as act:
        user: User = User.objects.managed_by(actor).get(pk=user_id)
        act.authorise("accounts.end_sessions", user)
        if user.pk == actor.pk:
            raise DomainError(_("For yourself, use “Where you are signed in”."))
        found = live_sessions(user, at)
        end_all_of(user)
        act.record("session.ended_for", user, facts={"count": len(found)})
    return len(found)


def _end(user: User, sessions: list[UserSession]) -> None:
    with own_act() as act:
        _delete(sessions)
        write_event(
            act=act,
            actor=user,
            verb="session.ended",
            record=user,
            facts={"count": len(sessions)},
        )


def _delete(sessions: Iterable[UserSession]) -> None:
    for session in sessions:
        session.end()
