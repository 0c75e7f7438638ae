"""Signs, assessments and payments of one referral, opened for whoever may read its summary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.dateformat import format as spell

from accounts.models import User
from core.choices import Side
from referrals.choices import IndicatorSector, IndicatorStatus
from referrals.indicators import catalogue, label_of
from referrals.models import IndicatorAssessment, IndicatorObservation, Payment, Referral
from vault.opening import told


@dataclass(frozen=True)
class Sign:
    """One observation in words; `about` says what kind of sign it is and who has checked it."""

    id: UUID
    label: str
    about: str
    observed_on: date
    observed_by: str
    words: Any
    taken_back: bool


@dataclass(frozen=True)
class Assessed:
    """One assessment in words."""

    confidence: str
    rationale: Any
    by: str
    at: datetime
    signs: list[str]
    # A sign of it was noted by mistake, so it stands on less than it says.
    weakened: bool


@dataclass(frozen=True)
class Indicators:
    """What stands on the page of a referral's signs."""

    signs: list[Sign]
    assessed: list[Assessed]
    payments: list[Payment]

    @property
    def may_be_assessed(self) -> bool:
        """Whether two different signs stand here."""
        return len({sign.label for sign in self.signs if not sign.taken_back}) > 1


def indicators_of(actor: User, referral: Referral) -> Indicators:
    """Everything of a visible referral; what does not open says so and is written down."""
    seen = list(
        IndicatorObservation.objects.visible_to(actor)
        .filter(referral=referral)
        .select_related("observed_by")
    )
    by_id = {one.pk: one for one in seen}
    assessed = (
        IndicatorAssessment.objects.visible_to(actor)
        .filter(referral=referral)
        .select_related("assessed_by")
    )
    payments = Payment.objects.visible_to(actor).filter(referral=referral)
    return Indicators(
        signs=[
            Sign(
                id=one.pk,
                label=label_of(one.code),
                about=_about(one.code),
                observed_on=one.observed_on,
                observed_by=one.observed_by.name,
                words=told(one, "words"),
                taken_back=one.taken_back_at is not None,
            )
            for one in seen
        ],
        assessed=[
            Assessed(
                confidence=str(one.get_confidence_display()),
                rationale=told(one, "rationale"),
                by=one.assessed_by.name,
                at=one.created_at,
                signs=[label_of(by_id[pk].code) for pk in one.observations if pk in by_id],
                weakened=any(
                    by_id[pk].taken_back_at is not None for pk in one.observations if pk in by_id
                ),
            )
            for one in assessed
        ],
        payments=list(payments.select_related("recorded_by")),
    )


def standing_signs(actor: User, referral: Referral) -> list[tuple[str, str]]:
    """(id, words) of the signs that can be assessed."""
    seen = IndicatorObservation.objects.visible_to(actor).filter(
        referral=referral, taken_back_at=None
    )
    return [
        (str(one.pk), f"{label_of(one.code)} ({spell(one.observed_on, 'j M Y')})")
        for one in seen.defer("words")
    ]


def _about(code: str) -> str:
    known = catalogue().indicators.get(code)
    if known is None:
        return ""
    parts = (
        IndicatorSector(known.sector).label,
        Side(known.side).label,
        known.source,
        IndicatorStatus(known.status).label,
    )
    return " · ".join(str(part) for part in parts)
