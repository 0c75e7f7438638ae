"""Page-shaped reads of keys: a desk's own, and whose signature to expect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.models import Membership, User
from accounts.roles import roles_with
from handoffs.choices import KeyWay
from handoffs.models import AgencyKey, Handoff, SigningKey, WrappedKey


@dataclass(frozen=True)
class DeskKeys:
    """What an officer's desk holds.

    Attributes:
        key: the one new packages are sealed to; None where the desk has none.
        copies: everybody's copies of it.
        own: copies the officer opens, of every key that was ever in use.
        without: colleagues who hold no copy of it, (id, name).
        retired: the last one, where the desk has none since its last copy went.
    """

    key: AgencyKey | None
    copies: Sequence[WrappedKey]
    own: Sequence[WrappedKey]
    without: Sequence[tuple[str, str]]
    retired: AgencyKey | None = None

    @property
    def own_in_use(self) -> list[WrappedKey]:
        return [copy for copy in self.own if self.key and copy.key_id == self.key.pk]


def desk_keys(actor: User) -> DeskKeys:
    """The keys of `actor`'s desk."""
    keys = AgencyKey.objects.visible_to(actor).filter(agency_id=actor.agency_id)
    key = keys.in_use().first()
    copies = list(WrappedKey.objects.visible_to(actor).select_related("officer", "key"))
    current = [copy for copy in copies if key and copy.key_id == key.pk]
    holders = {copy.officer_id for copy in current}
    officers = (
        Membership.objects.visible_to(actor)
        .live(timezone.now())
        .filter(role__in=roles_with("handoffs.hold_key"), user__is_active=True)
    )
    colleagues = dict(officers.values_list("user_id", "user__name"))
    return DeskKeys(
        key=key,
        copies=current,
        own=[copy for copy in copies if copy.officer_id == actor.pk],
        without=[
            (str(pk), name)
            for pk, name in sorted(colleagues.items(), key=lambda one: one[1])
            if pk not in holders and pk != actor.pk
        ],
        retired=None if key else keys.order_by("-retired_at").first(),
    )


def for_the_browser(copies: Sequence[WrappedKey]) -> list[dict[str, Any]]:
    """What the page's script needs to open a copy; nothing of it opens without its officer."""
    return [
        {
            "way": copy.way,
            "words": str(KeyWay(copy.way).label),
            "blob": copy.blob,
            "hint": copy.hint,
            "recipient": copy.key.recipient,
        }
        for copy in copies
    ]


def signatures_of(actor: User, handoff: Handoff) -> list[str]:
    """The public keys of which one signed what was sent, the likeliest first.

    A key that was replaced since still proves what left before: older packages stay provable, and
    what would bear its signature later is refused.
    """
    keys = SigningKey.objects.visible_to(actor).filter(agency_id=handoff.from_agency_id)
    return [key.public for key in keys.good_at(handoff.sent_at)] if handoff.sent_at else []
