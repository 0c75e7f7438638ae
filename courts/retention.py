"""What of the courts speaks for keeping a case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from cases.choices import RetentionReason
from core.actors import Actor
from courts.models import Proceeding


def proceedings_not_over(actor: Actor, case_ids: Iterable[UUID], at: datetime) -> list[str]:
    """Proceedings that run, or wait for an accused at large or in another court. By code alone: the
    case's own people need not read proceedings to be told that there are some."""
    running = Proceeding.objects.filter(case_id__in=list(case_ids)).running()
    return [RetentionReason.PROCEEDINGS.value] if running.exists() else []
