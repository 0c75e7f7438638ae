"""What a list of the queue is asked for, in words and in its address; the lists somebody keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.http import urlencode

from accounts.models import User
from referrals.choices import Digest, SourceCategory
from referrals.htcds.countries import COUNTRIES
from referrals.models import KeptList
from referrals.selectors.queue import CHIPS


@dataclass(frozen=True)
class ShownList:
    """One kept list in words; `query` leads to it."""

    id: UUID
    words: str
    query: str
    digest: str


def asked_of(given: Mapping[str, str]) -> dict[str, str]:
    """What an address asks the queue for; what is not known is left out."""
    show, source, country = (given.get(name, "") for name in ("show", "source", "country"))
    return {
        "show": show if show in CHIPS else "waiting",
        "source": source if source in SourceCategory.values else "",
        "country": country if country in COUNTRIES else "",
    }


def list_words(show: str, source: str = "", country: str = "") -> str:
    """A list in words: "Waiting · School · Philippines"."""
    parts = [str(CHIPS.get(show, show))]
    if source:
        parts.append(str(SourceCategory(source).label))
    if country:
        parts.append(COUNTRIES[country])
    return " · ".join(parts)


def kept_lists(actor: User) -> list[ShownList]:
    """The lists that the actor keeps."""
    return [
        ShownList(
            kept.pk,
            list_words(kept.show, kept.source_category, kept.country),
            urlencode({"show": kept.show, "source": kept.source_category, "country": kept.country}),
            str(Digest(kept.digest).label) if kept.digest != Digest.NEVER else "",
        )
        for kept in KeptList.objects.visible_to(actor)
    ]
