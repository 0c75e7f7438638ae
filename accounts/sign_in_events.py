"""Sign-ins, failures, sign-outs and second factors in the audit log.

These are allauth's own steps, not services of ours, so the log hears of them by signal. Each is
written in a transaction of its own; a sign-in whose event cannot be written fails.
"""

from __future__ import annotations

import uuid
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import password_changed, password_reset
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
    authenticator_used,
)
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction

from audit.events import write_event


def _write(verb: str, user: Any, *, outcome: str = "done", **facts: str) -> None:
    with transaction.atomic():
        write_event(
            act=uuid.uuid4(),
            actor=user,
            verb=verb,
            record=user,
            object_type="" if user else "accounts.user",
            facts=facts,
            outcome=outcome,
        )


def signed_in(sender: Any, user: Any, **kwargs: Any) -> None:
    _write("signin.succeeded", user)


def failed(sender: Any, **kwargs: Any) -> None:
    # Nobody is named: the address typed may be a password, or belong to someone else.
    _write("signin.failed", None, outcome="failed")


def signed_out(sender: Any, user: Any, **kwargs: Any) -> None:
    if user is not None:
        _write("signin.ended", user)


def factor_added(
    sender: Any, user: Any, authenticator: Any, request: Any = None, **kwargs: Any
) -> None:
    _write("factor.added", user, kind=str(authenticator.type))
    if request is not None and authenticator.type != Authenticator.Type.RECOVERY_CODES:
        # Whoever adds one has just shown that it is in their hands.
        record_authentication(
            request, user, "mfa", id=authenticator.pk, type=str(authenticator.type)
        )
    _sign_out_elsewhere(request, user)


def factor_removed(
    sender: Any, user: Any, authenticator: Any, request: Any = None, **kwargs: Any
) -> None:
    _write("factor.removed", user, kind=str(authenticator.type))
    _sign_out_elsewhere(request, user)


def _sign_out_elsewhere(request: Any, user: Any) -> None:
    """Whoever came in with what no longer holds, or before it held, is out everywhere else."""
    if request is not None:
        end_other_sessions(request, user)


def factor_used(
    sender: Any, user: Any, authenticator: Any, reauthenticated: bool = False, **kwargs: Any
) -> None:
    """Signing in is one event of its own; this is the step up within a session."""
    if reauthenticated:
        _write("factor.confirmed", user, kind=str(authenticator.type))


def factor_refused(sender: Any, user: Any, authenticator: Any, **kwargs: Any) -> None:
    # The password was right, or the session is theirs: this is about the person, by name.
    _write("factor.refused", user, outcome="refused", kind=str(authenticator.type))


def password_was_changed(sender: Any, user: Any, **kwargs: Any) -> None:
    _write("password.changed", user)


def connect() -> None:
    """Called once by `apps.py`."""
    user_logged_in.connect(signed_in, dispatch_uid="liwanag-signed-in")
    user_login_failed.connect(failed, dispatch_uid="liwanag-sign-in-failed")
    user_logged_out.connect(signed_out, dispatch_uid="liwanag-signed-out")
    authenticator_added.connect(factor_added, dispatch_uid="liwanag-factor-added")
    authenticator_removed.connect(factor_removed, dispatch_uid="liwanag-factor-removed")
    authenticator_reset.connect(factor_added, dispatch_uid="liwanag-factor-reset")
    authenticator_used.connect(factor_used, dispatch_uid="liwanag-factor-used")
    authentication_failed.connect(factor_refused, dispatch_uid="liwanag-factor-refused")
    password_changed.connect(password_was_changed, dispatch_uid="liwanag-password-changed")
    password_reset.connect(password_was_changed, dispatch_uid="liwanag-password-reset")
