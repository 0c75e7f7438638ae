"""The referrals of one operation's night, for whoever logs child after child."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from core.ui.dates import when
from referrals.choices import HarmType
from referrals.htcds.countries import COUNTRIES
from referrals.models import Referral
from referrals.selectors.queue import SEALED, source_words

MOST_SHOWN = 100


@dataclass(frozen=True)
class Night:
    """What is the same for all its children, and those the asker logged so far.

    Attributes:
        first: the referral that the others are taken from.
        same: (words, value) of what is not asked again.
        logged: (id, reference) of each, oldest first, the first among them.
    """

    first: Referral
    same: list[tuple[str, Any]]
    logged: list[tuple[uuid.UUID, str]]


def night_of(actor: User, referral_id: uuid.UUID) -> Night:
    """The night that a visible referral belongs to.

    Raises:
        Referral.DoesNotExist: not visible to the actor.
    """
    seen = Referral.objects.visible_to(actor)
    first = seen.defer(*SEALED).select_related("team", "source_agency").get(pk=referral_id)
    logged = seen.filter(
        team=first.team,
        logged_by=first.logged_by_id,
        received_at=first.received_at,
        source_category=first.source_category,
        import_batch=None,
    ).order_by("created_at")
    place = ", ".join(
        part for part in (first.admin1, COUNTRIES.get(first.country, first.country)) if part
    )
    return Night(
        first,
        [
            (_("Who told us"), source_words(first)),
            (_("Reached us"), when(first.received_at)),
            (_("Kinds of harm"), ", ".join(str(HarmType(one).label) for one in first.harm_types)),
            (_("How any material came about"), first.get_content_origin_display()),
            (_("Where"), place),
        ],
        list(logged.values_list("pk", "reference")[:MOST_SHOWN]),
    )
