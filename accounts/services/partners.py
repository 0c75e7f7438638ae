"""Partner agencies: whether anything goes to them any more, and until when an agreement holds."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Agency, DataSharingAgreement, User
from audit.acting import acting
from core.errors import DomainError


def end_agreement(*, actor: User, agreement_id: UUID, last_day: date) -> DataSharingAgreement:
    """Bring the last day of an agreement of one's own agency forward. Nothing is handed over under
    it from the day after; what was handed over stays handed over.

    Raises:
        DataSharingAgreement.DoesNotExist: another agency's.
        DomainError: the day has passed, comes before the first, or is later than the one agreed on.
    """
    with acting(actor) as act:
        mine = DataSharingAgreement.objects.visible_to(actor).filter(from_agency_id=actor.agency_id)
        agreement: DataSharingAgreement = mine.locked().get(pk=agreement_id)
        act.authorise("accounts.invite_user", agreement)
        if last_day < max(timezone.localdate(), agreement.valid_from):
            raise DomainError(
                _("Choose today or a later day, not before it begins."), field="last_day"
            )
        if agreement.valid_until is not None and last_day > agreement.valid_until:
            raise DomainError(
                _("It ends before that day. To go on longer, record a new agreement."),
                field="last_day",
            )
        agreement.valid_until = last_day
        agreement.save(update_fields=["valid_until"])
        act.record("agreement.ended", agreement, fields=["valid_until"])
    return agreement


def close_agency(*, actor: User, agency_id: UUID) -> Agency:
    """Hand nothing to a partner any more: it is offered nowhere, and what is on its way or in use
    there opens no more and is stopped. Agreements and what it received stay on record; its people
    keep their accounts, to confirm what they stopped using.

    Raises:
        Agency.DoesNotExist: there is none.
        DomainError: it is closed already.
        Denied: only the house closes partners, and never itself.
    """
    return _switch(actor, agency_id, active=False)


def reopen_agency(*, actor: User, agency_id: UUID) -> Agency:
    """Offer a partner again. What was stopped stays stopped.

    Raises:
        As `close_agency`.
    """
    return _switch(actor, agency_id, active=True)


def _switch(actor: User, agency_id: UUID, *, active: bool) -> Agency:
    with acting(actor) as act:
        agency: Agency = Agency.objects.locked().get(pk=agency_id)
        act.authorise(
            "accounts.invite_user", agency, verdict=actor.of_the_house and agency.is_partner
        )
        if agency.is_active == active:
            raise DomainError(
                _("This agency is open already.") if active else _("This agency is closed already.")
            )
        agency.is_active = active
        agency.save(update_fields=["is_active"])
        act.record("agency.reopened" if active else "agency.closed", agency)
        if not active:
            # Its packages are closed from this moment, as every opening asks; this says so.
            act.after_commit("handoffs.stop_uncovered")
    return agency
