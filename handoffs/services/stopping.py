"""Stopping handoffs that nothing carries any more, in the act that took the ground away (R-K2)."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from audit.acting import Act
from cases.selectors.disclosure import disclosure_facts
from handoffs.choices import RevokedBecause, Status
from handoffs.disclosing import still_carried
from handoffs.models import Handoff


def stop_uncovered(act: Act, case_id: UUID) -> int:
    """End every handoff of a case that its consents and grounds carry no longer.

    Waiting ones never open, accepted ones close, and each receiver is told that something ended.

    Returns:
        How many were ended.
    """
    now = timezone.now()
    facts = disclosure_facts(case_id)
    stopped = 0
    for handoff in (
        Handoff.objects.filter(case_id=case_id, status__in=(Status.SENT, Status.ACCEPTED))
        .locked()
        .select_related("from_agency", "to_agency")
    ):
        if still_carried(handoff, facts):
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
