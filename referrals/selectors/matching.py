"""Who else may be meant: referrals and people that a referral may be about too, and why.

Only among what the reader may see, and may open: what they may not see is not hinted at, not by a
count either. Nothing is opened to compare.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from cases.choices import ALLEGED_OFFENDERS, TokenKind
from cases.models import CaseParticipant, PersonToken
from referrals.models import Referral, ReferralTokens
from referrals.selectors.queue import SEALED, source_words

MOST = 20
# Rows that one comparison looks at; a name that more people bear tells nothing by itself.
MOST_LOOKED_AT = 500
# Words of a name that must be the same, where it has as many.
WORDS_NEEDED = 2


@dataclass(frozen=True)
class Match:
    """One referral or person that may be the same.

    Attributes:
        what: its code; who: where it stands; why: what is the same.
        strength: 3 for the same number, 2 for a name written so, 1 for one that sounds like it.
        reference: of a referral, to mark this one as told before; empty for a person.
    """

    what: str
    who: str
    why: str
    url: str
    icon: str
    strength: int
    reference: str = ""


def likely_matches(actor: User, referral: Referral) -> list[Match]:
    """What may be the same, the most likely first, at most 20."""
    own = ReferralTokens.objects.visible_to(actor).filter(referral=referral).first()
    found = _same_report(actor, referral)
    if own is not None:
        names, sounds, identifiers = (
            {bytes(one) for one in part} for part in (own.names, own.sounds, own.identifiers)
        )
        told = {match.reference for match in found}
        found += [
            match
            for match in _referrals(actor, referral, names, sounds, identifiers)
            if match.reference not in told
        ]
        found += _people(actor, names, sounds, identifiers)
    return sorted(found, key=lambda match: (-match.strength, match.what))[:MOST]


def _seen(actor: User, referral: Referral) -> QuerySet[Any]:
    others = Referral.objects.visible_to(actor).exclude(pk=referral.pk)
    rows: QuerySet[Any] = others.select_related("source_agency").defer(*SEALED)
    return rows


def _same_report(actor: User, referral: Referral) -> list[Match]:
    if referral.reference_digest is None:
        return []
    rows = _seen(actor, referral).filter(reference_digest=referral.reference_digest)
    why = _("Its source gave it the same number.")
    return [_of_referral(row, why, 3) for row in rows.order_by("created_at")[:MOST]]


def _referrals(
    actor: User,
    referral: Referral,
    names: Collection[bytes],
    sounds: Collection[bytes],
    identifiers: Collection[bytes],
) -> list[Match]:
    tokens = (
        ReferralTokens.objects.visible_to(actor)
        .exclude(referral=referral)
        .filter(Q(sounds__overlap=list(sounds)) | Q(identifiers__overlap=list(identifiers)))
    )
    why: dict[UUID, tuple[str, int]] = {}
    for other, theirs, heard, numbers in tokens.values_list(
        "referral_id", "names", "sounds", "identifiers"
    )[:MOST_LOOKED_AT]:
        reason = _reason(
            same_names=len(set(names) & {bytes(one) for one in theirs}),
            same_sounds=len(set(sounds) & {bytes(one) for one in heard}),
            same_numbers=len(set(identifiers) & {bytes(one) for one in numbers}),
            words=min(len(set(sounds)), len({bytes(one) for one in heard})),
        )
        if reason is not None:
            why[other] = reason
    rows = _seen(actor, referral).filter(pk__in=list(why))
    return [_of_referral(row, *why[row.pk]) for row in rows]


def _people(
    actor: User,
    names: Collection[bytes],
    sounds: Collection[bytes],
    identifiers: Collection[bytes],
) -> list[Match]:
    if not actor.may("cases.show_identity"):
        return []
    tokens = PersonToken.objects.visible_to(actor).filter(
        digest__in=[*names, *sounds, *identifiers]
    )
    same: dict[UUID, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for person_id, kind in tokens.values_list("person_id", "kind")[: MOST_LOOKED_AT * 4]:
        same[person_id][kind] += 1
    why = {}
    for person_id, counts in same.items():
        reason = _reason(
            same_names=counts[TokenKind.NAME],
            same_sounds=counts[TokenKind.SOUND],
            same_numbers=counts[TokenKind.IDENTIFIER],
            words=len(set(sounds)),
        )
        if reason is not None:
            why[person_id] = reason
    places = (
        CaseParticipant.objects.visible_to(actor)
        .filter(person_id__in=list(why))
        .exclude(role__in=ALLEGED_OFFENDERS)
        .select_related("person", "case")
        .order_by("person__code", "created_at")[:MOST]
    )
    return [
        Match(
            what=place.person.code,
            who=f"{_('Person')} · {place.label} · {place.case.reference}",
            why=why[place.person_id][0],
            url=reverse("cases:person", args=[place.pk]),
            icon="person",
            strength=why[place.person_id][1],
        )
        for place in places
    ]


def _reason(
    *, same_names: int, same_sounds: int, same_numbers: int, words: int
) -> tuple[str, int] | None:
    """(why, how strong), or None where too little is the same to speak of it."""
    if same_numbers:
        return _("A number, address or document of theirs is the same."), 3
    needed = min(WORDS_NEEDED, words)
    if not needed or same_sounds < needed:
        return None
    if same_names >= needed:
        return _("A name of theirs is written so."), 2
    return _("A name of theirs sounds like it."), 1


def _of_referral(row: Any, why: str, strength: int) -> Match:
    return Match(
        what=row.reference,
        who=f"{_('Referral')} · {source_words(row)} · {row.get_status_display()}",
        why=why,
        url=reverse("referrals:referral", args=[row.pk]),
        icon="referral",
        strength=strength,
        reference=row.reference,
    )
