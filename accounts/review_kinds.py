"""Reviews that come of how an agency works."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from audit.review_kinds import ReviewKind

KINDS = {
    "acted_alone": ReviewKind(
        _("Decided without a second person"),
        _("Somebody asked and decided alone, as small agencies may. Would you have agreed?"),
        timedelta(hours=72),
        "people",
    ),
}
