"""Stopping handoffs that nothing carries any more, in the act that took the ground away, and the
receiver's word that they stopped (R-K2)."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from accounts.models import User
from audit.acting import Act, acting
from cases.models import Case
from cases.selectors.disclosure import disclosure_facts
from handoffs.choices import RevokedBecause, Status
from handoffs.disclosing import facts_for_receiver, still_carried
from handoffs.models import Handoff
from handoffs.policies import is_receiver


def stop_uncovered(act: Act, case_id: UUID) -> int:
    """End every handoff of a case that its consents and grounds carry no longer.

    Waiting ones never open, accepted ones close, and each receiver is told that something ended.

    Returns:
        How many were ended.
    """
    now = timezone.now()
    # Whoever oversees the agency's legal bases does not see the case behind them (R-K7).
    known = Case.objects.visible_to(act.actor).filter(pk=case_id).exists()
    facts = disclosure_facts(case_id) if known else None
    stopped = 0
    for handoff in (
        Handoff.objects.filter(case_id=case_id, status__in=(Status.SENT, Status.ACCEPTED))
        .locked()
        .select_related("from_agency", "to_agency")
    ):
        if still_carried(handoff, facts or facts_for_receiver(handoff.pk)):
            continue
        handoff.revoke(at=now, because=RevokedBecause.GROUND_GONE)
        handoff.save(update_fields=["status", "version", "revoked_at", "revoked_because"])
        act.record(
            "handoff.stopped",
            handoff,
            fields=["status"],
            facts={"opened_before": handoff.opened_at is not None},
        )
        act.after_commit("handoffs.tell_desk", str(handoff.to_agency_id))
        stopped += 1
    return stopped


def confirm_stopped(*, actor: User, handoff_id: UUID) -> Handoff:
    """Say, as the receiver of a handoff that ended, that nothing of it is used any more.

    Raises:
        Handoff.DoesNotExist: not on the actor's desk.
        Denied: it is not addressed to the actor's agency, or not the role's to say.
        InvalidTransition: it has not ended, was never opened, or was confirmed already.
    """
    with acting(actor) as act:
        handoff: Handoff = Handoff.objects.visible_to(actor).locked().get(pk=handoff_id)
        act.authorise("handoffs.confirm_stopped", handoff, verdict=is_receiver(actor, handoff))
        handoff.confirm_stopped(by=actor, at=timezone.now())
        handoff.save(update_fields=["version", "stop_confirmed_by", "stop_confirmed_at"])
        act.record("handoff.stop_confirmed", handoff)
        act.after_commit("handoffs.tell_sender", str(handoff.composed_by_id))
    return handoff
