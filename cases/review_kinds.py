"""Reviews that the case file opens."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from audit.review_kinds import ReviewKind

KINDS = {
    "conflict": ReviewKind(
        _("Conflict of interest"),
        _("Somebody lost sight of a case because they are close to it. Is their work covered?"),
        timedelta(hours=24),
        "eye",
    ),
    "open_many": ReviewKind(
        _("Many cases at once"),
        _(
            "They ask to open more cases than their work does, to take something out of them. Is "
            "it called for? “In order” lets them for twelve hours."
        ),
        timedelta(hours=24),
        "download",
    ),
    "duty": ReviewKind(
        _("Overdue duty to report"),
        _("An authority had to be told and the time ran out. Was it told by now, and why late?"),
        timedelta(hours=24),
        "bell",
    ),
    "material": ReviewKind(
        _("Suspected abuse material"),
        _("Was it left closed, and do the police have it? Follow the steps to their end."),
        timedelta(hours=24),
        "attention",
    ),
}
