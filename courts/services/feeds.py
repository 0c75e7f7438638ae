"""A calendar program's address: made, taken back, and known by the digest of its secret alone."""

from __future__ import annotations

import hashlib
import secrets
import uuid

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from audit.acting import acting
from courts.models import CalendarFeed

SECRET_BYTES = 32


def make_feed(*, actor: User) -> str:
    """Make an address for the actor's calendar program; an older one stops to work.

    Returns:
        The secret of the address. It is shown once and kept nowhere.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    with acting(actor) as act:
        act.authorise("courts.feed_calendar")
        _revoke(actor)
        feed = CalendarFeed(user=actor, digest=digest_of(secret))
        feed.save(force_insert=True)
        act.record("calendar.feed_made", feed)
    return secret


def revoke_feed(*, actor: User) -> int:
    """Take the address back. Returns how many there were: 0 or 1."""
    with acting(actor) as act:
        act.authorise("courts.feed_calendar")
        revoked = _revoke(actor)
        act.record("calendar.feed_revoked", facts={"feeds": revoked})
    return revoked


def digest_of(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def owner_of(secret: str) -> User | None:
    """Whose calendar an address is, while it was not taken back. Asked before anybody is known."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT liwanag_feed_owner(%s)", [digest_of(secret)])
            row = cursor.fetchone()
        owner: uuid.UUID | None = row[0] if row else None
        return User.objects.filter(pk=owner, is_active=True).first() if owner else None


def _revoke(actor: User) -> int:
    live = list(CalendarFeed.objects.visible_to(actor).locked().filter(revoked_at=None))
    for feed in live:
        feed.revoked_at = timezone.now()
        feed.save(update_fields=["revoked_at"])
    return len(live)
