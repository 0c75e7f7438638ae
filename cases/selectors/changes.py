"""Who changed a record last, for whoever has just met the change."""

from __future__ import annotations

from uuid import UUID

from accounts.models import User
from audit.models import AuditEvent


def who_wrote(case_id: UUID, record_id: UUID, *verbs: str) -> str:
    """The name of whoever did one of `verbs` to a record of a visible case last, or ""."""
    events = AuditEvent.objects.all().of_case(case_id).filter(object_id=record_id, verb__in=verbs)
    last = events.order_by("-id").values_list("actor_id", flat=True).first()
    return str(User.objects.filter(pk=last).values_list("name", flat=True).first() or "")
