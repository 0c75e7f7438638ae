"""The duty to report, from the desk: its clock may run before there is a case."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from accounts.models import User
from audit.acting import acting
from cases.models import ReportDuty
from cases.services.duties import note_duty
from referrals.models import Referral
from referrals.plausible import plausible


def note_referral_duty(
    *, actor: User, referral_id: UUID, rule: str, trigger: str, learned_at: datetime
) -> ReportDuty:
    """Write down that an authority has to be told of a referral; the same record goes to its case.

    Raises:
        Referral.DoesNotExist: not visible to the actor.
        Case.DoesNotExist: it belongs to a case that the actor does not see.
        DomainError: as `cases.services.duties.note_duty`.
    """
    with acting(actor) as act:
        # Locked: two who learn of the same at once note it once.
        referral = Referral.objects.visible_to(actor).locked().get(pk=referral_id)
        act.authorise("cases.record_duty", referral)
        duty = note_duty(
            actor=actor,
            rule=rule,
            trigger=trigger,
            learned_at=plausible(learned_at, field="learned_at"),
            case_id=referral.case_id,
            team_id=referral.team_id,
            referral_id=referral.pk,
            country=referral.country,
        )
        act.record("referral.duty_noted", referral, facts={"rule": rule})
    return duty
