"""The cards of My work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Card:
    """What, who, by when, and the place to do it."""

    what: str
    who: str
    due: datetime | None
    url: str
    icon: str
    urgent: bool = False
