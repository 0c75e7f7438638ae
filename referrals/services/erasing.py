"""Asking for a referral to be erased that became no case (R-D5)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import acting
from cases.choices import ErasureGround
from cases.models import ErasureRequest
from cases.services.erasure import STOPPED, ask_officers, waits_already
from core.errors import DomainError
from core.races import only_one
from referrals.erasure import KIND
from referrals.models import OPEN, Referral
from vault.keys import was_erased


def request_referral_erasure(
    *, actor: User, referral_id: UUID, ground: str, at: datetime
) -> ErasureRequest:
    """Ask for what a source told to be erased; the agency's data protection officer decides.

    Those found to repeat it go with it.

    Raises:
        Referral.DoesNotExist: not visible to the actor.
        Denied: the role may not, or it came to another agency.
        DomainError: no ground, it is not decided, it belongs to a case, it was erased before, or
            somebody asked already.
    """
    with acting(actor) as act:
        referral = Referral.objects.visible_to(actor).select_related("team").get(pk=referral_id)
        act.authorise(
            "cases.request_erasure", referral, verdict=referral.team.agency_id == actor.agency_id
        )
        if ground not in ErasureGround.values:
            raise DomainError(_("Choose why it should be erased."), field="ground")
        if referral.status in OPEN:
            raise DomainError(str(STOPPED["undecided"]), code="undecided")
        if referral.case_id is not None:
            raise DomainError(str(STOPPED["became_a_case"]), code="became_a_case")
        if was_erased(("referral", referral.pk)):
            raise DomainError(_("This referral was erased before. Nothing is left to erase."))
        waiting = ErasureRequest.objects.visible_to(actor).waiting()
        if waiting.filter(record_id=referral.pk).exists():
            raise waits_already()
        request = ErasureRequest(
            kind=KIND,
            record_id=referral.pk,
            team=referral.team,
            agency_id=referral.team.agency_id,
            case_reference=referral.reference,
            ground=ground,
            requested_by=actor,
        )
        with only_one("one_waiting_erasure_of_a_record", waits_already()):
            ask_officers(act, request, at)
    return request


def ask_when_due(actor: User, referral_id: UUID, at: datetime) -> list[ErasureRequest]:
    """As the list of what has been kept long enough asks (`cases.retention.KINDS`)."""
    ground = ErasureGround.TIME_IS_OVER
    return [request_referral_erasure(actor=actor, referral_id=referral_id, ground=ground, at=at)]
