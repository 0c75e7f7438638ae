"""Writing down by what the subject of a referral can be compared with others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cases.naming import IDENTIFIER, NAME, SOUND, findable
from cases.person_index import digester
from referrals.models import Referral, ReferralTokens
from referrals.services.subjects import IDENTITY, PHONES

# What of an identity people are found by; a street or a city would match half a town.
_COMPARED = {
    name: key
    for name, key in IDENTITY.items()
    if key in ("first_name", "middle_name", "family_name", "identity_number", "email")
}


def indexer() -> Callable[[Referral], ReferralTokens | None]:
    """A function: referral → its tokens, unsaved; None where its subject has no name or number.

    The keys are asked for once: for many referrals in a row.
    """
    digest = digester()

    def tokens_of(referral: Referral) -> ReferralTokens | None:
        found = findable(_details(referral.subject))
        if not found:
            return None
        by_kind: dict[str, list[bytes]] = {NAME: [], SOUND: [], IDENTIFIER: []}
        for kind, value in sorted(found):
            by_kind[kind].append(digest(kind, value))
        return ReferralTokens(
            referral=referral,
            names=by_kind[NAME],
            sounds=by_kind[SOUND],
            identifiers=by_kind[IDENTIFIER],
        )

    return tokens_of


def index_subject(referral: Referral) -> None:
    """Write down by what a new referral's subject is compared. For services, inside their act."""
    tokens = indexer()(referral)
    if tokens is not None:
        tokens.save(force_insert=True)


def forget_subject(referral: Referral) -> None:
    """The subject became a person of a case, and is found there. Inside the act."""
    ReferralTokens.objects.filter(referral=referral).delete()


def _details(subject: Mapping[str, Any]) -> dict[str, Any]:
    details: dict[str, Any] = {
        key: subject[name] for name, key in _COMPARED.items() if name in subject
    }
    if phones := [subject[name] for name in PHONES if name in subject]:
        details["phones"] = phones
    return details
