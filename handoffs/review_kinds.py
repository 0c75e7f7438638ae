"""Reviews that handoffs open."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from audit.review_kinds import ReviewKind

KINDS = {
    "emergency_disclosure": ReviewKind(
        _("Told in an emergency"),
        _("Was somebody’s life in danger, and was no more told than that needed?"),
        timedelta(hours=24),
        "contact",
    ),
}
