"""How the log stands, and what a case's own people may know of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from accounts.models import User
from audit.models import AuditCheckpoint, AuditEvent
from cases.models import Case, CaseNote


@dataclass(frozen=True)
class LogState:
    """How the log stands: entries sealed, and since when."""

    entries: int
    sealed: int
    sealed_at: datetime | None


def log_state() -> LogState:
    """Counts of the log, read as the auditor's role."""
    last = AuditCheckpoint.objects.using("auditor").order_by("-size").first()
    newest = AuditEvent.objects.order_by("-id").values_list("id", flat=True).first()
    return LogState(
        entries=AuditEvent.objects.count() if newest else 0,
        sealed=last.size if last else 0,
        sealed_at=last.at if last else None,
    )


# Parts of a case's log, by verb and kind of record, and the permission that opens each.
PARTS_OF_THE_LOG = (
    (r"^note\.", "cases.casenote", "cases.read_note"),
    (r"^(consent|ground)\.", "cases.consent", "cases.read_consent"),
    (r"^referral\.", "referrals.", "referrals.read_referral"),
    (r"^(handoff|package)\.", "handoffs.", "handoffs.read_handoff"),
    (r"^(proceeding|charge|verdict)\.", "courts.", "courts.read_proceeding"),
)


def openings_of(actor: User, case: Case, most: int = 200) -> list[AuditEvent]:
    """The latest events of a visible case that `actor` may know of.

    What they may not read is not told of either: a note that is not theirs to read, and the parts
    of the case that their role does not open.
    """
    events = AuditEvent.objects.of_case(case.pk)
    for verbs, kind, permission in PARTS_OF_THE_LOG:
        if not actor.may(permission):
            events = events.exclude(Q(verb__regex=verbs) | Q(object_type__startswith=kind))
    # Another connection holds the log, so the ids travel.
    notes = list(CaseNote.objects.visible_to(actor).filter(case=case).values_list("pk", flat=True))
    events = events.exclude(Q(object_type="cases.casenote") & ~Q(object_id__in=notes))
    return list(events.order_by("-id")[:most])
