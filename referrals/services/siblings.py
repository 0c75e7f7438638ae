"""A night with many children: each gets a referral of their own, two minutes each."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from accounts.models import User
from audit.acting import acting
from cases.choices import LegalBasis
from referrals.models import Referral
from referrals.services.desk import log_referral


def log_another_child(
    *,
    actor: User,
    referral_id: uuid.UUID,
    immediate_danger: str,
    subject: Mapping[str, Any] | None = None,
    summary: str = "",
    legal_basis: str = "",
) -> Referral:
    """Log another child of the same operation: the source, the place and the matter are taken from
    a referral of it; the child and what is said of them are their own.

    So is consent: what one child agreed to says nothing of the next. Any other legal basis is the
    operation's.

    Args:
        referral_id: a referral of the operation, on a desk of the actor's.
        immediate_danger, subject, summary: see `log_referral`.
        legal_basis: of this child; where it is not given, that of the operation.

    Raises:
        Referral.DoesNotExist: not visible to the actor.
        DomainError: a value breaks a rule; `field` names it.
    """
    with acting(actor) as act:
        first = Referral.objects.visible_to(actor).get(pk=referral_id)
        act.authorise("referrals.log_referral", first)
        another = log_referral(
            actor=actor,
            team_id=first.team_id,
            received_at=first.received_at,
            source_category=first.source_category,
            content_origin=first.content_origin,
            immediate_danger=immediate_danger,
            legal_basis=legal_basis or basis_of_next(first),
            harm_types=first.harm_types,
            summary=summary,
            source_name=first.source_name,
            source_reference=first.source_reference,
            source_agency_id=first.source_agency_id,
            originating_country=first.originating_country,
            side=first.side,
            detection_method=first.detection_method,
            children_estimate=1,
            country=first.country,
            admin1=first.admin1,
            subject=subject,
            even_if_known=True,
            by_rules=False,
        )
        act.record("referral.copied_for_sibling", first)
    return another


def basis_of_next(first: Referral) -> str:
    """What the next child's referral rests on, as far as the first one tells."""
    if first.legal_basis == LegalBasis.CONSENT:
        return str(LegalBasis.UNKNOWN)
    return str(first.legal_basis)
