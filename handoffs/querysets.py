"""Who sees which handoff: the sender, by the case, and the receiving desk once it was sent."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.apps import apps
from django.db.models import Q

from cases.querysets import visible_case_ids
from core.actors import Actor
from core.history import HistoryQuerySet
from core.querysets import ScopedQuerySet

# What a receiving desk may see on its list; drafts are nobody else's business.
ON_THE_DESK = ("sent", "accepted", "declined", "revoked")
# These may be opened, now or once accepted.
OUT = ("sent", "accepted")


def of_sender_or_desk(actor: Actor) -> Q:
    """What one hands out from visible cases, and what lies on one's desk."""
    seen = Q(pk=None)
    if actor.may("handoffs.read_handoff"):
        seen |= Q(case_id__in=visible_case_ids(actor))
    if actor.may("handoffs.read_desk"):
        seen |= Q(to_agency_id=actor.agency_id, status__in=ON_THE_DESK)
    return seen


class HandoffQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """The sender's by case, the receiver's by desk.

        The data protection officer sees the outside of what left their agency without consent,
        and may stop it by declining its basis; no package and no case by that (R-K7). The
        housekeeping service sees the outside of what is out, to stop what time has ended (R-K2).
        """
        seen = of_sender_or_desk(actor)
        if actor.may("cases.oversee_grounds"):
            seen |= Q(from_agency_id=actor.agency_id, status__in=ON_THE_DESK) & ~Q(
                legal_basis="consent"
            )
        if actor.may("handoffs.stop_uncovered"):
            seen |= Q(status__in=OUT) | Q(status="revoked", revoked_because="ground_gone")
        return self.filter(seen)

    def sent_from(self, actor: Actor) -> Self:
        return self.filter(from_agency_id=actor.agency_id)

    def on_desk_of(self, actor: Actor) -> Self:
        return self.filter(to_agency_id=actor.agency_id, status__in=ON_THE_DESK)

    def waiting(self) -> Self:
        return self.filter(status="sent")

    def to_be_stopped(self) -> Self:
        """Ended after the receiver had opened them, who has not said yet that they stopped."""
        return self.filter(status="revoked", opened_at__isnull=False, stop_confirmed_at=None)

    def out(self) -> Self:
        """Sent or accepted: what a withdrawal has to stop."""
        return self.filter(status__in=OUT)

    def overdue(self, on: date) -> Self:
        return self.filter(status="sent", answer_by__lt=on)


class HandoffHistoryQuerySet(HistoryQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The history of a visible handoff; what it was as a draft is the sender's business."""
        left = ~Q(status="draft")
        if actor.may("handoffs.read_handoff"):
            left |= Q(case_id__in=visible_case_ids(actor))
        return super().visible_to(actor).filter(left)


class PackageQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """The sender sees what was sent; the receiver sees it while the handoff is accepted."""
        handoffs = apps.get_model("handoffs", "Handoff").objects.filter(of_sender_or_desk(actor))
        return self.filter(
            Q(handoff_id__in=handoffs.sent_from(actor).values("pk"))
            | Q(handoff_id__in=handoffs.on_desk_of(actor).filter(status="accepted").values("pk"))
        )
