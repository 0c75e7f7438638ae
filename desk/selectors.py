"""Page-shaped reads across apps: what needs somebody now, who opened a case, the directory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.models import AuditCheckpoint, AuditEvent
from cases.models import Case, CaseNote
from handoffs.models import Handoff
from referrals.selectors import queue, with_names
from reporting.models import StatisticsRelease

MOST_CARDS = 20


@dataclass(frozen=True)
class Card:
    """What, who, by when, and the place to do it."""

    what: str
    who: str
    due: datetime | None
    url: str
    icon: str
    urgent: bool = False


@dataclass
class MyWork:
    """The page "My work"; `more_referrals` wait on the desk beyond those with a card."""

    now: list[Card] = field(default_factory=list)
    coming: list[Card] = field(default_factory=list)
    more_referrals: int = 0
    open_cases: int = 0


def my_work(actor: User, at: datetime) -> MyWork:
    """What waits for `actor`, most urgent first. The number of queries does not grow with it."""
    work = MyWork(
        open_cases=Case.objects.visible_to(actor).open().count()
        if actor.may("cases.read_case")
        else 0
    )
    if actor.may("referrals.start_triage"):
        _add_referrals(work, actor, at)
    if actor.may("handoffs.read_desk"):
        _add_letterbox(work, actor)
    if actor.may("handoffs.read_handoff"):
        _add_unanswered(work, actor, at)
    if actor.may("reporting.publish_release"):
        _add_reviews(work, actor)
    work.now.sort(key=_most_urgent_first)
    work.coming.sort(key=_most_urgent_first)
    return work


def _most_urgent_first(card: Card) -> tuple[bool, bool, float]:
    return (not card.urgent, card.due is None, card.due.timestamp() if card.due else 0.0)


def _add_referrals(work: MyWork, actor: User, at: datetime) -> None:
    # As on the desk's own list: danger first, then whoever has waited longest.
    waiting = queue(actor, "waiting", at)
    work.more_referrals = max(0, waiting.count() - MOST_CARDS)
    for referral in with_names(waiting)[:MOST_CARDS]:
        danger = referral.in_danger
        due = referral.triage_due
        card = Card(
            what=_("Start triage of a referral")
            if referral.status == "received"
            else _("Decide on a referral"),
            who=f"{referral.reference} · {referral.get_source_category_display()}",
            due=due,
            url=reverse("referrals:referral", args=[referral.pk]),
            icon="referral",
            urgent=danger or referral.is_overdue(at),
        )
        # What is not due within a day can wait below the line.
        (work.now if card.urgent or due < at + timedelta(days=1) else work.coming).append(card)


def _add_letterbox(work: MyWork, actor: User) -> None:
    waiting = (
        Handoff.objects.visible_to(actor)
        .on_desk_of(actor)
        .waiting()
        .select_related("from_agency")
        .order_by("answer_by")[:MOST_CARDS]
    )
    work.now.extend(
        Card(
            what=_("Answer a handoff"),
            who=str(handoff.from_agency),
            due=_end_of(handoff),
            url=reverse("handoffs:envelope", args=[handoff.pk]),
            icon="envelope",
            urgent=handoff.urgency == "today",
        )
        for handoff in waiting
    )


def _add_unanswered(work: MyWork, actor: User, at: datetime) -> None:
    waiting = (
        Handoff.objects.visible_to(actor)
        .sent_from(actor)
        .filter(status__in=("draft", "sent"))
        .select_related("to_agency")
        .order_by("answer_by")[:MOST_CARDS]
    )
    for handoff in waiting:
        draft = handoff.status == "draft"
        late = not draft and handoff.answer_by < timezone.localdate(at)
        card = Card(
            what=_("Send a handoff you composed")
            if draft
            else _("Ask about a handoff without an answer")
            if late
            else _("Waiting for an answer to a handoff"),
            who=str(handoff.to_agency),
            due=_end_of(handoff),
            url=reverse("handoffs:handoff", args=[handoff.pk]),
            icon="handoff",
            urgent=late,
        )
        (work.now if draft or late else work.coming).append(card)


def _add_reviews(work: MyWork, actor: User) -> None:
    waiting = StatisticsRelease.objects.visible_to(actor).filter(status="in_review")[:MOST_CARDS]
    work.now.extend(
        Card(
            what=_("Review a statistics release"),
            who=release.title,
            due=None,
            url=reverse("reporting:release", args=[release.pk]),
            icon="reports",
        )
        for release in waiting
    )


def _end_of(handoff: Handoff) -> datetime:
    noon = datetime.combine(handoff.answer_by, datetime.max.time().replace(microsecond=0))
    return timezone.make_aware(noon)


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
