"""Which cases were read of late: the auditor's shortest way to who read one, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Max

from accounts.models import User
from audit.models import AuditEvent
from desk.log_names import codes_of_ids
from desk.selectors.log_search import verbs_of_kind

DAYS = 7
MOST = 8


@dataclass(frozen=True)
class CaseRead:
    """A case by its code, how many people opened something of it, how often, and when last."""

    case_id: UUID
    code: str
    people: int
    times: int
    last: datetime


def cases_read(actor: User, at: datetime) -> list[CaseRead]:
    """The cases read in the last seven days, latest first."""
    rows = (
        AuditEvent.objects.visible_to(actor)
        .filter(
            at__gte=at - timedelta(days=DAYS),
            case_id__isnull=False,
            verb__in=[verb for verb in verbs_of_kind("reads") if not verb.startswith("access")],
        )
        .order_by()
        .values("case_id")
        .annotate(people=Count("actor_id", distinct=True), times=Count("pk"), last=Max("at"))
        .order_by("-last")[:MOST]
    )
    found = list(rows)
    codes = codes_of_ids([row["case_id"] for row in found], actor)
    return [
        CaseRead(
            row["case_id"],
            codes.get(row["case_id"], str(row["case_id"])[:8]),
            row["people"],
            row["times"],
            row["last"],
        )
        for row in found
    ]
