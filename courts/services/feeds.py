"""A calendar program's address: made, taken back, and known by the digest of its secret alone."""

from __future__ import annotations

import hashlib
import secrets
import uuid

from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from audit.acting import acting
from audit.events import write_event
from courts.models import CalendarFeed

SECRET_BYTES = 32
# A calendar program asks every few minutes, for years.
AGAIN_AFTER_SECONDS = 24 * 3600


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


def note_refused(secret: str, came_from: str) -> None:
    """Record that a calendar program came by an address that opens nothing: once a day for an
    address of ours that was taken back, or whose owner left, and once a day for all the guesses
    from one network.

    Args:
        came_from: the network address of the program; kept as a digest alone, for a day.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT liwanag_feed_known(%s)", [digest_of(secret)])
            row = cursor.fetchone()
        feed: uuid.UUID | None = row[0] if row else None
        about = str(feed) if feed else hashlib.sha256(f"feed|{came_from}".encode()).hexdigest()
        if not cache.add(f"feed-refused:{about}", 1, timeout=AGAIN_AFTER_SECONDS):
            return
        write_event(
            act=uuid.uuid4(),
            actor=None,
            verb="calendar.feed_refused",
            object_type=CalendarFeed._meta.label_lower if feed else "",
            object_id=feed,
            facts={"because": "ended" if feed else "unknown"},
            outcome="refused",
        )


def _revoke(actor: User) -> int:
    live = list(CalendarFeed.objects.visible_to(actor).locked().filter(revoked_at=None))
    for feed in live:
        feed.revoked_at = timezone.now()
        feed.save(update_fields=["revoked_at"])
    return len(live)
