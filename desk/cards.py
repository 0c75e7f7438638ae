"""The cards of My work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from accounts.models import User


@dataclass(frozen=True)
class Card:
    """What, who, by when, and the place to do it.

    Attributes:
        now: it needs the person now; else it is coming up.
        since: when somebody asked for it, where a second person decides.
        sealed, unreadable: what its words were opened from, and the names of what did not open:
            the page writes it down.
    """

    what: str
    who: str
    due: datetime | None
    url: str
    icon: str
    now: bool = True
    urgent: bool = False
    since: datetime | None = None
    sealed: Any = None
    unreadable: tuple[str, ...] = ()


def end_of_day(day: date) -> datetime:
    """The last second of a day, here."""
    return timezone.make_aware(datetime.combine(day, datetime.max.time().replace(microsecond=0)))


def asked_by(what: str, who: User | None) -> str:
    """A record and whoever asked for it: "C-7QK4-29 · Ana Ilustre"."""
    return f"{what} · {who.name}" if who else what
