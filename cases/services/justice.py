"""The justice track of a case, which runs by itself beside the protection track."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from audit.acting import acting
from cases.choices import NEEDS_JUSTICE_REASON, JusticeReason
from cases.models import Case
from core.actors import Actor
from core.errors import DomainError


def move_justice_track(
    *, actor: Actor, case_id: UUID, version: int, to: str, reason: str = ""
) -> Case:
    """Take one step of the justice track. Nothing of the protection track depends on it.

    Args:
        reason: a code of `JusticeReason`, where it rests or ends without a court.

    Raises:
        Case.DoesNotExist: not visible to the actor.
        Conflict: somebody changed the case since `version`.
        InvalidTransition: there is no such step.
        DomainError: a reason is missing.
    """
    with acting(actor) as act:
        case: Case = Case.objects.visible_to(actor).locked().get(pk=case_id)
        act.authorise("cases.move_justice_track", case)
        case.check_seen(version)
        needs = to in NEEDS_JUSTICE_REASON
        if needs and reason not in JusticeReason.values:
            raise DomainError(_("Choose why it rests or ends here."), field="reason")
        came_from = case.justice_stage
        case.move_justice(to, reason=reason if needs else "")
        case.save(update_fields=["justice_stage", "justice_reason", "version"])
        act.record(
            "case.justice_moved",
            case,
            fields=["justice_stage"],
            facts={"from": str(came_from), "to": str(to), "why": case.justice_reason},
        )
    return case
