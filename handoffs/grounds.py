"""On what ground something may leave: asked when composing, when sending and at every opening.

Two things have to hold: an agreement between the agencies (or a legal duty that needs none), and
`cases.disclosure.may_disclose` over the consents and recorded legal bases of the case.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import DataSharingAgreement
from cases.choices import LegalBasis
from cases.disclosure import Verdict
from core.errors import DomainError, InvalidTransition
from handoffs.choices import Section
from handoffs.disclosing import facts_for_receiver, still_carried, verdict_of
from handoffs.models import Handoff
from handoffs.policies import needs_agreement


class PackageExpired(InvalidTransition):
    """The last day of what was sent has passed: the receiver opens it no more."""

    code = "expired"


class NoGround(DomainError):
    """Neither an agreement in force nor a legal duty carries this handoff."""

    code = "no_ground"


def ground_of(
    *,
    from_agency_id: UUID,
    to_agency_id: UUID,
    legal_basis: str,
    sections: Sequence[str],
    on: date,
) -> DataSharingAgreement | None:
    """The agreement that carries the handoff on this day; None where a legal duty carries it alone.

    Raises:
        NoGround: the basis is unknown, or no agreement in force covers every section.
    """
    if legal_basis not in LegalBasis.values or legal_basis == LegalBasis.UNKNOWN:
        raise NoGround(
            _("Choose the legal basis: nothing leaves without one."), field="legal_basis"
        )
    between: list[DataSharingAgreement] = list(
        DataSharingAgreement.objects.filter(
            from_agency_id=from_agency_id, to_agency_id=to_agency_id
        ).order_by("-valid_from", "reference")
    )
    in_force = [agreement for agreement in between if _in_force(agreement, on)]
    for agreement in in_force:
        if set(sections) <= set(agreement.categories):
            return agreement
    if not needs_agreement(legal_basis):
        return None
    if in_force:
        covered = set(in_force[0].categories)
        missing = ", ".join(str(Section(code).label) for code in sections if code not in covered)
        raise NoGround(
            _("The sharing agreement with this agency does not cover: %(what)s.")
            % {"what": missing},
            field="sections",
        )
    if between:
        raise NoGround(
            _(
                "The sharing agreement with this agency is not in force. Ask your administrator to "
                "renew it, or choose a legal duty where there is one."
            ),
            field="to_agency",
        )
    raise NoGround(
        _(
            "There is no sharing agreement with this agency. Without one, only a legal duty or "
            "somebody's life allows a handoff."
        ),
        field="to_agency",
    )


def ground_today(handoff: Handoff) -> DataSharingAgreement | None:
    """What carries the handoff today. Raises NoGround."""
    return ground_of(
        from_agency_id=handoff.from_agency_id,
        to_agency_id=handoff.to_agency_id,
        legal_basis=handoff.legal_basis,
        sections=handoff.sections,
        on=timezone.localdate(),
    )


def carried_today(handoff: Handoff) -> tuple[DataSharingAgreement | None, Verdict]:
    """The agreement and the verdict that let the handoff leave today (R-K1).

    Raises:
        NoGround: no agreement, or no consent and no recorded basis; the words say who is missing.
    """
    agreement = ground_today(handoff)
    verdict = verdict_of(handoff)
    if not verdict.allowed:
        raise NoGround(verdict.words, field="legal_basis")
    return agreement, verdict


def check_not_expired(handoff: Handoff) -> None:
    """Raises PackageExpired: its last day has passed."""
    if handoff.has_expired(timezone.localdate()):
        raise PackageExpired(
            _("The last day of this package has passed. Ask the sender for a new one.")
        )


def check_receiver_may_look(handoff: Handoff) -> None:
    """Whether the receiver of an accepted handoff may open its package now (R-K1).

    Raises:
        PackageExpired: its last day has passed.
        NoGround: something it rested on is gone; the receiver is not told what.
    """
    check_not_expired(handoff)
    try:
        ground_today(handoff)
        carried = still_carried(handoff, facts_for_receiver(handoff.pk))
    except NoGround:
        carried = False
    if not carried:
        # What the sender could do about it is of no use to the receiver.
        raise NoGround(
            _("What this handoff rests on is no longer in force. Ask the sender to renew it.")
        )


def _in_force(agreement: DataSharingAgreement, on: date) -> bool:
    return agreement.valid_from <= on and (
        agreement.valid_until is None or agreement.valid_until >= on
    )
