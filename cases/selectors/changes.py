"""Who changed a record last, for whoever has just met the change."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from accounts.models import User
from audit.models import AuditEvent
from cases.models import CasePlan, PlanGoal, PlanReview
from core.actors import Actor

# What raises the version of a case; some of it is written down about the closing or the reopening.
CASE_CHANGES = (
    "case.stage_changed",
    "case.risk_assessed",
    "case.justice_moved",
    "closure.requested",
    "closure.returned",
    "closure.withdrawn",
    "case.closed",
    "case.reopened",
)
# What raises the version of a plan; some of it is written down about a goal or a review of it.
PLAN_CHANGES = ("plan.submitted", "plan.approved", "plan.returned", "plan.reviewed", "goal.added")


def who_wrote(case_id: UUID, record_id: UUID, *verbs: str) -> str:
    """The name of whoever did one of `verbs` to a record of a visible case last, or ""."""
    return _last(case_id, verbs, [record_id])


def who_changed_case(case_id: UUID) -> str:
    """The name of whoever changed what a visible case itself says last, or ""."""
    return _last(case_id, CASE_CHANGES)


def who_changed_plan(actor: Actor, plan: CasePlan) -> str:
    """The name of whoever changed a visible plan last, or ""."""
    parts = [
        pk
        for model in (PlanGoal, PlanReview)
        for pk in model.objects.visible_to(actor).filter(plan=plan).values_list("pk", flat=True)
    ]
    return _last(plan.case_id, PLAN_CHANGES, [plan.pk, *parts])


def _last(case_id: UUID, verbs: Iterable[str], of: list[UUID] | None = None) -> str:
    events = AuditEvent.objects.all().of_case(case_id).filter(verb__in=verbs)
    if of is not None:
        events = events.filter(object_id__in=of)
    last = events.order_by("-id").values_list("actor_id", flat=True).first()
    return str(User.objects.filter(pk=last).values_list("name", flat=True).first() or "")
