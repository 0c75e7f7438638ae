"""An opened package, laid out for reading and for paper; both sides see the same."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from handoffs.models import Handoff
from handoffs.package import digest_of
from handoffs.package_words import NEVER_INSIDE, in_words


def package_context(handoff: Handoff, package: dict[str, Any], *, back: str) -> dict[str, Any]:
    """What `handoffs/package.html` needs; `purpose` stands at the foot of every sheet (R-P7)."""
    return {
        "handoff": handoff,
        "shown": in_words(package),
        "digest": digest_of(package).hex(),
        "never_inside": NEVER_INSIDE,
        "back": back,
        "printed_at": timezone.now(),
        "purpose": package["purpose"],
    }
