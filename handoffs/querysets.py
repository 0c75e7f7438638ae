"""Who sees which handoff: the sender, by the case, and the receiving desk once it was sent."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Self

from django.apps import apps
from django.db.models import Q
from django.utils import timezone

from cases.querysets import visible_case_ids
from core.actors import Actor
from core.history import HistoryQuerySet
from core.querysets import ScopedQuerySet

# What a receiving desk may see on its list; drafts are nobody else's business.
ON_THE_DESK = (
    "sent",
    "needs_information",
    "accepted",
    "completed",
    "declined",
    "revoked",
    "expired",
)
# What has not left yet, whoever looked at it.
UNSENT = ("draft", "pending", "authorised")
# These may be opened, now or once accepted.
OUT = ("sent", "needs_information", "accepted")


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
            seen |= Q(status__in=(*OUT, "expired"))
            seen |= Q(status="revoked", revoked_because="ground_gone")
        return self.filter(seen)

    def sent_from(self, actor: Actor) -> Self:
        return self.filter(from_agency_id=actor.agency_id)

    def on_desk_of(self, actor: Actor) -> Self:
        return self.filter(to_agency_id=actor.agency_id, status__in=ON_THE_DESK)

    def waiting(self) -> Self:
        return self.filter(status="sent")

    def to_authorise(self) -> Self:
        """Those that wait for a second person before they are sent."""
        return self.filter(status="pending")

    def to_be_stopped(self) -> Self:
        """Ended after the receiver had opened them, who has not said yet that they stopped."""
        return self.filter(status="revoked", opened_at__isnull=False, stop_confirmed_at=None)

    def out(self) -> Self:
        """Sent or accepted: what a withdrawal has to stop."""
        return self.filter(status__in=OUT)

    def to_remind_of(self, on: date, *, again: date) -> Self:
        """Those whose answer, or whose sender's reply, is due by tomorrow or late, and nobody was
        reminded of since `again`."""
        due = self.filter(
            status__in=("sent", "needs_information"), answer_by__lte=on + timedelta(days=1)
        )
        return due.filter(Q(reminded_on=None) | Q(reminded_on__lte=again))

    def unanswered_since(self, on: date) -> Self:
        """Those that nobody answered, whose last day lies before this day."""
        return self.filter(status__in=("sent", "needs_information"), expires_on__lt=on)

    def unexpired(self, on: date) -> Self:
        """Those whose package still opens on this day."""
        return self.filter(Q(expires_on=None) | Q(expires_on__gte=on))

    def overdue(self, on: date) -> Self:
        return self.filter(status="sent", answer_by__lt=on)


class HandoffHistoryQuerySet(HistoryQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The history of a visible handoff; what it was as a draft is the sender's business."""
        left = ~Q(status__in=UNSENT)
        if actor.may("handoffs.read_handoff"):
            left |= Q(case_id__in=visible_case_ids(actor))
        return super().visible_to(actor).filter(left)


class AgencyKeyQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """A desk's own, and for whoever sends those of the agencies they may address: the house
        addresses everybody, a partner those it has an agreement with (R-A5)."""
        seen = Q(pk=None)
        if actor.may("handoffs.read_desk"):
            seen |= Q(agency_id=actor.agency_id)
        if actor.may("handoffs.read_handoff"):
            agreements = apps.get_model("accounts", "DataSharingAgreement").objects
            agreed = agreements.filter(from_agency_id=actor.agency_id).values("to_agency_id")
            seen |= ~Q(pk=None) if actor.of_the_house else Q(agency_id__in=agreed)
        return self.filter(seen)

    def in_use(self) -> Self:
        return self.filter(retired_at=None)


class WrappedKeyQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """The copies of one's own desk: who holds one; nobody opens another's."""
        if not actor.may("handoffs.read_desk"):
            return self.none()
        return self.filter(key__agency_id=actor.agency_id)


class SigningKeyQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own agency's, and of those who sent something to one's desk."""
        seen = Q(pk=None)
        if actor.may("handoffs.read_handoff"):
            seen |= Q(agency_id=actor.agency_id)
        if actor.may("handoffs.read_desk"):
            received = apps.get_model("handoffs", "Handoff").objects.on_desk_of(actor)
            seen |= Q(agency_id__in=received.values("from_agency_id"))
        return self.filter(seen)

    def in_use(self) -> Self:
        return self.filter(retired_at=None)

    def good_at(self, at: datetime) -> Self:
        """Those that were not retired before this moment, oldest first: what left then was signed
        by the first, or by the next where it was replaced in the same moment."""
        return self.filter(Q(retired_at=None) | Q(retired_at__gt=at)).order_by("created_at")


class ArchiveKeyQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own agency's, for whoever sends and whoever keeps the archive; and those of which
        one holds a half."""
        seen = Q(first_holder_id=actor.pk) | Q(second_holder_id=actor.pk)
        if actor.may("handoffs.read_handoff") or actor.may("handoffs.keep_archive"):
            seen |= Q(agency_id=actor.agency_id)
        return self.filter(seen)

    def in_use(self) -> Self:
        return self.filter(retired_at=None)


class EmergencyQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """The sender's, by case, and of the data protection officer who reviews their agency's."""
        seen = Q(pk=None)
        if actor.may("handoffs.read_handoff"):
            seen |= Q(case_id__in=visible_case_ids(actor))
        if actor.may("cases.review_emergency"):
            seen |= Q(from_agency_id=actor.agency_id)
        return self.filter(seen)


class PackageQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """The sender sees what was sent; the receiver sees it while the handoff is accepted and
        its last day has not passed."""
        handoffs = apps.get_model("handoffs", "Handoff").objects.filter(of_sender_or_desk(actor))
        return self.filter(
            Q(handoff_id__in=handoffs.sent_from(actor).values("pk"))
            | Q(
                handoff_id__in=handoffs.on_desk_of(actor)
                .filter(status="accepted")
                .unexpired(timezone.localdate())
                .values("pk")
            )
        )


class CaseExportQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own; for whoever approves, the outside of their agency's. The clock service drops
        files whose time is over, and opens none."""
        if actor.may("handoffs.drop_exports"):
            return self.all()
        seen = Q(pk=None)
        if actor.may("handoffs.export_cases"):
            seen |= Q(asked_by_id=actor.pk)
        if actor.may("handoffs.approve_export"):
            seen |= Q(agency_id=actor.agency_id)
        return self.filter(seen)

    def to_approve(self) -> Self:
        """Those that wait for a second person."""
        return self.filter(state="asked")


class ExportFileQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever asked for it, and nobody else; the clock service drops it."""
        if actor.may("handoffs.drop_exports"):
            return self.all()
        if not actor.may("handoffs.export_cases"):
            return self.none()
        return self.filter(export__asked_by_id=actor.pk)
