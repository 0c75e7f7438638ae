"""Legal holds: nothing of a case is erased while one stands (R-D4)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import acting
from cases.models import Case, LegalHold
from cases.text_rules import check_text
from core.errors import DomainError


def place_hold(
    *,
    actor: User,
    case_id: UUID,
    authority: str,
    why: str,
    until: date | None,
    at: datetime,
) -> LegalHold:
    """Forbid erasing anything of a case.

    Args:
        authority: who asks for it, such as a court and its order's number.
        until: the last day; None until somebody releases it.

    Raises:
        Case.DoesNotExist: not visible to the actor.
        DomainError: no authority, no reason, or a day that is over.
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).get(pk=case_id)
        act.authorise("cases.place_hold", case, verdict=case.lead_agency_id == actor.agency_id)
        authority = check_text(authority, field="authority", most=160)
        why = check_text(why, field="why", most=2_000)
        if not authority:
            raise DomainError(_("Say on whose authority."), field="authority")
        if not why:
            raise DomainError(_("Say why nothing may be erased."), field="why")
        if until is not None and until < timezone.localdate(at):
            raise DomainError(_("Choose a day that lies ahead."), field="until")
        hold = LegalHold(
            case=case,
            agency_id=case.lead_agency_id,
            case_reference=case.reference,
            placed_by=actor,
            authority=authority,
            why=why,
            until=until,
        )
        hold.save(force_insert=True)
        act.record("hold.placed", hold, facts={"ends": until is not None})
    return hold


def release_hold(*, actor: User, hold_id: UUID, at: datetime) -> LegalHold:
    """Let the clock of keeping run again.

    Raises:
        LegalHold.DoesNotExist: not visible to the actor.
        Denied: the role may not, or another agency leads the case.
        InvalidTransition: it was released before.
    """
    with acting(actor) as act:
        hold: LegalHold = LegalHold.objects.visible_to(actor).locked().get(pk=hold_id)
        act.authorise("cases.place_hold", hold, verdict=hold.case.lead_agency_id == actor.agency_id)
        hold.release(by=actor, at=at)
        hold.save(update_fields=["released_by", "released_at"])
        act.record("hold.released", hold)
    return hold
