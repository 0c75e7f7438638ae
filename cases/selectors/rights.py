"""Holds and erasures as pages show them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.choices import ErasureStatus, RetentionReason
from cases.erasing import STEPS
from cases.models import Case, ErasureRequest, LegalHold
from core.actors import Actor


def is_held(actor: Actor, case: Case, at: datetime) -> bool:
    """Whether a legal hold stands on a visible case."""
    holds = LegalHold.objects.visible_to(actor).filter(case=case)
    return bool(holds.standing(timezone.localdate(at)).exists())


def erasure_facts(request: ErasureRequest) -> list[tuple[str, Any]]:
    """(label, value) of a request: codes and dates."""
    reasons = ", ".join(str(RetentionReason(code).label) for code in request.speaks_for_keeping)
    facts = [
        (_("Person"), request.person_code or _("no longer has the code it was asked for by")),
        (_("Case"), request.case_reference),
        (_("Why"), request.get_ground_display()),
        (_("Notes of the case too"), _("yes") if request.whole_case else _("no")),
        (_("Asked for by"), request.requested_by.name),
        (_("On"), request.created_at),
        (_("What speaks for keeping it"), reasons or _("nothing that we know of")),
    ]
    if request.decided_by_id:
        facts += [
            (_("Decided by"), request.decided_by.name if request.decided_by else ""),
            (_("Decided on"), request.decided_at),
        ]
    if request.refused_because:
        facts.append((_("Kept because"), request.get_refused_because_display()))
    return facts


def receipt_facts(request: ErasureRequest) -> list[tuple[str, Any]]:
    """(label, value) of the receipt: what was cleared, counted; empty before it is erased."""
    if request.status != ErasureStatus.CARRIED_OUT:
        return []
    labels = {step.name: str(step.label) for step in STEPS}
    cleared = [
        (labels.get(name, name.replace("_", " ")), str(rows))
        for name, rows in sorted(request.receipt["steps"].items())
    ]
    return [
        (_("Receipt"), request.reference),
        *cleared,
        (_("Keys destroyed"), str(request.receipt["keys"])),
        (_("Backups can’t bring it back after"), request.receipt["final_by"]),
    ]
