"""An opened package, laid out for reading and for paper; both sides see the same."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from handoffs.models import Handoff
from handoffs.package import numbers_covered
from handoffs.package_words import in_words
from handoffs.selectors import sent_digest


def package_context(
    handoff: Handoff, package: dict[str, Any], *, back: str, show_numbers: str = ""
) -> dict[str, Any]:
    """What `handoffs/package.html` needs; `purpose` stands at the foot of every sheet (R-P7).

    Args:
        show_numbers: where the receiver says that they read how people may be reached (R-C1).
    """
    return {
        "handoff": handoff,
        "shown": in_words(package),
        "digest": sent_digest(handoff),
        "show_numbers": show_numbers if numbers_covered(package) else "",
        "numbers_covered": numbers_covered(package),
        "back": back,
        "printed_at": timezone.now(),
        "purpose": package["purpose"],
    }
