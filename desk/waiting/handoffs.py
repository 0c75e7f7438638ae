"""What waits about handoffs: to answer or to stop on the desk, to send or to ask about at home."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts.models import User
from desk.cards import Card, asked_by, end_of_day
from desk.waiting.kind import Kind
from handoffs.choices import UNSENT
from handoffs.models import CaseExport, Handoff
from handoffs.selectors import handoffs_to_authorise

# By then a receiver has said that they stopped, or is asked (S-GOV).
STOPS_WITHIN = timedelta(hours=72)
UNDER_WAY = {
    "draft": gettext_lazy("Send a handoff you composed"),
    "pending": gettext_lazy("A handoff waits for a second person"),
    "authorised": gettext_lazy("Send a handoff that was authorised"),
    "sent": gettext_lazy("Waiting for an answer to a handoff"),
}


def _late(at: datetime) -> Q:
    return Q(status="sent", answer_by__lt=timezone.localdate(at))


def _to_answer(actor: User, at: datetime) -> QuerySet[Any]:
    desk = Handoff.objects.visible_to(actor).on_desk_of(actor)
    found: QuerySet[Any] = desk.waiting().select_related("from_agency").order_by("answer_by")
    return found


def _answer_cards(actor: User, rows: Sequence[Handoff], at: datetime) -> list[Card]:
    return [
        Card(
            what=_("Answer a handoff"),
            who=str(handoff.from_agency),
            due=end_of_day(handoff.answer_by),
            url=reverse("handoffs:envelope", args=[handoff.pk]),
            icon="envelope",
            urgent=handoff.urgency == "today",
        )
        for handoff in rows
    ]


def _to_stop(actor: User, at: datetime) -> QuerySet[Any]:
    desk = Handoff.objects.visible_to(actor).on_desk_of(actor)
    found: QuerySet[Any] = desk.to_be_stopped()
    return found.select_related("from_agency").order_by("revoked_at")


def _stop_cards(actor: User, rows: Sequence[Handoff], at: datetime) -> list[Card]:
    return [
        Card(
            what=_("Stop using a handoff, and say so"),
            who=str(handoff.from_agency),
            due=None,
            url=reverse("handoffs:envelope", args=[handoff.pk]),
            icon="revoke",
            urgent=True,
        )
        for handoff in rows
    ]


def _to_authorise(actor: User, at: datetime) -> QuerySet[Any]:
    return handoffs_to_authorise(actor).select_related("to_agency", "composed_by")


def _authorise_cards(actor: User, rows: Sequence[Handoff], at: datetime) -> list[Card]:
    return [
        Card(
            what=_("Authorise a handoff"),
            who=asked_by(f"{handoff.reference} · {handoff.to_agency.name}", handoff.composed_by),
            due=end_of_day(handoff.answer_by),
            url=reverse("handoffs:authorise", args=[handoff.pk]),
            icon="handoff",
            urgent=handoff.urgency == "today",
            since=handoff.submitted_at,
        )
        for handoff in rows
    ]


def _exports_to_approve(actor: User, at: datetime) -> QuerySet[Any]:
    waiting = CaseExport.objects.visible_to(actor).to_approve().exclude(asked_by_id=actor.pk)
    here = waiting.filter(agency_id=actor.agency_id).select_related("asked_by").defer("reason")
    found: QuerySet[Any] = here.order_by("created_at")
    return found


def _export_cards(actor: User, rows: Sequence[CaseExport], at: datetime) -> list[Card]:
    return [
        Card(
            what=_("Approve an export of many cases"),
            who=asked_by(export.reference, export.asked_by),
            due=None,
            url=reverse("handoffs:export", args=[export.pk]),
            icon="download",
            since=export.created_at,
        )
        for export in rows
    ]


def _under_way(actor: User, at: datetime) -> QuerySet[Any]:
    sent = Handoff.objects.visible_to(actor).sent_from(actor)
    found: QuerySet[Any] = sent.filter(status__in=(*UNSENT, "sent"))
    return found.select_related("to_agency").order_by("answer_by")


def _under_way_cards(actor: User, rows: Sequence[Handoff], at: datetime) -> list[Card]:
    cards = []
    for handoff in rows:
        late = handoff.has_left and handoff.answer_by < timezone.localdate(at)
        cards.append(
            Card(
                what=_("Ask about a handoff without an answer")
                if late
                else str(UNDER_WAY[handoff.status]),
                who=str(handoff.to_agency),
                due=end_of_day(handoff.answer_by),
                url=reverse("handoffs:handoff", args=[handoff.pk]),
                icon="handoff",
                urgent=late,
                now=late or handoff.status in ("draft", "authorised"),
            )
        )
    return cards


def _to_ask(actor: User, at: datetime) -> QuerySet[Any]:
    sent = Handoff.objects.visible_to(actor).sent_from(actor)
    found: QuerySet[Any] = sent.to_be_stopped().filter(revoked_at__lt=at - STOPS_WITHIN)
    return found.select_related("to_agency").order_by("revoked_at")


def _ask_cards(actor: User, rows: Sequence[Handoff], at: datetime) -> list[Card]:
    return [
        Card(
            what=_("Ask whether they stopped using a handoff"),
            who=str(handoff.to_agency),
            due=None,
            url=reverse("handoffs:handoff", args=[handoff.pk]),
            icon="handoff",
        )
        for handoff in rows
    ]


KINDS = (
    Kind(
        code="handoffs-to-stop",
        title=gettext_lazy("Handoffs to stop using"),
        counted=ngettext_lazy("%(n)d handoff to stop using", "%(n)d handoffs to stop using", "n"),
        permission="handoffs.read_desk",
        rows=_to_stop,
        cards=_stop_cards,
    ),
    Kind(
        code="handoffs-to-answer",
        title=gettext_lazy("Handoffs to answer"),
        counted=ngettext_lazy("%(n)d handoff to answer", "%(n)d handoffs to answer", "n"),
        permission="handoffs.read_desk",
        rows=_to_answer,
        cards=_answer_cards,
        late=_late,
    ),
    Kind(
        code="handoffs-to-authorise",
        title=gettext_lazy("Handoffs to authorise"),
        counted=ngettext_lazy("%(n)d handoff to authorise", "%(n)d handoffs to authorise", "n"),
        permission="handoffs.authorise_handoff",
        decides=True,
        rows=_to_authorise,
        cards=_authorise_cards,
    ),
    Kind(
        code="exports-to-approve",
        title=gettext_lazy("Exports to approve"),
        counted=ngettext_lazy("%(n)d export to approve", "%(n)d exports to approve", "n"),
        permission="handoffs.approve_export",
        decides=True,
        rows=_exports_to_approve,
        cards=_export_cards,
    ),
    Kind(
        code="handoffs-under-way",
        title=gettext_lazy("Handoffs under way"),
        counted=ngettext_lazy("%(n)d handoff under way", "%(n)d handoffs under way", "n"),
        permission="handoffs.read_handoff",
        rows=_under_way,
        cards=_under_way_cards,
        late=_late,
    ),
    Kind(
        code="stops-to-ask-about",
        title=gettext_lazy("Receivers who have not said that they stopped"),
        counted=ngettext_lazy(
            "%(n)d receiver to ask whether they stopped",
            "%(n)d receivers to ask whether they stopped",
            "n",
        ),
        permission="handoffs.read_handoff",
        rows=_to_ask,
        cards=_ask_cards,
    ),
)
