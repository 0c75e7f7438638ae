"""Lock-outs: recorded when they begin, shown to administrators, lifted by them."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.lockouts import forget, key_of_address, key_of_codes, lock_seconds
from accounts.models import SignInLock, User
from accounts.services.own import own_act
from audit.acting import acting
from audit.events import write_event
from core.errors import DomainError


def note_lock_out(*, user: User | None, kind: str, proven: bool, at: datetime) -> None:
    """Record that too many attempts failed, and by name where it is somebody's account.

    Args:
        user: whose account is locked; None for an address that nobody has, or a whole network.
        kind: a code of `LockKind`, or "network".
        proven: whether the person had shown their password, so that the event is theirs.
    """
    with own_act() as act:
        if user is not None:
            until = at + timedelta(seconds=lock_seconds())
            SignInLock.objects.create(user=user, kind=kind, until=until)
        write_event(
            act=act,
            actor=user if proven else None,
            verb="signin.locked_out",
            record=user,
            object_type="" if user else "accounts.user",
            facts={"kind": kind},
            outcome="refused",
        )


def lift_lock_out(*, actor: User, user_id: uuid.UUID, at: datetime) -> User:
    """Let somebody who is locked out try again, once it is clear that it is them.

    Raises:
        User.DoesNotExist: not the actor's to look after.
        DomainError: they are not locked out.
    """
    with acting(actor) as act:
        user: User = User.objects.managed_by(actor).get(pk=user_id)
        act.authorise("accounts.lift_lock", user)
        live = SignInLock.objects.filter(user=user).live(at)
        if not live.update(lifted_at=at, lifted_by=actor):
            raise DomainError(_("This person is not locked out any more."))
        act.record("signin.lock_lifted", user)
    forget(key_of_address(user.email))
    forget(key_of_codes(user.pk))
    return user
