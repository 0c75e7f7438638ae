"""What needs somebody now: one page across all apps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.selectors import locked_out
from audit.models import Review
from audit.review_kinds import kinds
from cases.choices import RegisterKind
from cases.models import Case, ErasureRequest, RetentionReview, SubjectCopy
from cases.selectors import closures_to_decide, drafts_of, notes_to_read
from cases.selectors.caseload import cases_without_lead
from cases.selectors.registers import running_clocks
from cases.selectors.sight import covers_of
from desk.cards import MOST_CARDS, Card, end_of_day
from desk.casework_cards import casework_cards
from desk.log_alarms import cards_of_alarms
from desk.work_cards import work_cards
from handoffs.models import Handoff
from referrals.models import SourceQuestion
from referrals.selectors import queue, with_names
from reporting.models import StatisticsRelease

# By then a receiver has said that they stopped, or is asked (S-GOV).
STOPS_WITHIN = timedelta(hours=72)


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
    if actor.may("cases.read_note"):
        _add_notes(work, actor)
    if actor.may("cases.change_lead"):
        _add_caseload(work, actor)
    if actor.may("cases.set_cover"):
        _add_covers(work, actor, at)
    if actor.may("cases.close_case"):
        _add_closures(work, actor)
    if actor.may("referrals.start_triage"):
        _add_referrals(work, actor, at)
        _add_sources(work, actor, at)
    if actor.may("handoffs.read_desk"):
        _add_letterbox(work, actor)
    if actor.may("handoffs.read_handoff"):
        _add_unanswered(work, actor, at)
    if actor.may("reporting.publish_release"):
        _add_releases(work, actor)
    if actor.may("accounts.lift_lock"):
        _add_locks(work, actor, at)
    if actor.may("audit.close_review"):
        _add_reviews(work, actor, at)
    if actor.may("cases.approve_erasure"):
        _add_erasures(work, actor)
    if actor.may("cases.review_retention"):
        _add_due(work, actor, at)
    if actor.may("cases.release_copy"):
        _add_copies(work, actor)
    if actor.may("cases.write_register"):
        _add_clocks(work, actor, at)
    work.now.extend(cards_of_alarms(actor, at))
    for cards_of in (casework_cards, work_cards):
        now, coming = cards_of(actor, at)
        work.now += now
        work.coming += coming
    work.now.sort(key=_most_urgent_first)
    work.coming.sort(key=_most_urgent_first)
    return work


def _add_erasures(work: MyWork, actor: User) -> None:
    waiting = ErasureRequest.objects.visible_to(actor).waiting().exclude(requested_by=actor)
    work.now.extend(
        Card(
            what=_("Decide on an erasure"),
            who=request.reference,
            due=None,
            url=reverse("rights:erasure", args=[request.pk]),
            icon="erase",
        )
        for request in waiting.order_by("created_at")[:MOST_CARDS]
    )


def _add_due(work: MyWork, actor: User, at: datetime) -> None:
    """One card for the whole list: it may be long, and it waits for a quiet hour."""
    due = RetentionReview.objects.visible_to(actor).due()
    found = due.count()
    if found:
        oldest = due.order_by("review_on")[0]
        late = oldest.is_late(timezone.localdate(at))
        card = Card(
            what=_("Look at what has been kept long enough"),
            who=ngettext("%(n)d record", "%(n)d records", found) % {"n": found},
            due=None,
            url=reverse("rights:retention"),
            icon="archive",
        )
        (work.now if late else work.coming).append(card)


def _add_copies(work: MyWork, actor: User) -> None:
    waiting = SubjectCopy.objects.visible_to(actor).waiting().exclude(asked_by=actor)
    work.now.extend(
        Card(
            what=_("Read through a copy for a person"),
            who=copy.person.code,
            due=None,
            url=reverse("cases:copy", args=[copy.pk]),
            icon="document",
        )
        for copy in waiting.select_related("person").order_by("created_at")[:MOST_CARDS]
    )


def _add_clocks(work: MyWork, actor: User, at: datetime) -> None:
    words: dict[str, str] = {
        RegisterKind.BREACHES: _("Tell the authority of a breach"),
        RegisterKind.REQUESTS: _("Answer somebody who asked about their data"),
    }
    for entry, due in running_clocks(actor, at)[:MOST_CARDS]:
        late = due < at
        card = Card(
            what=words[entry.register],
            who=entry.reference,
            due=due,
            url=reverse("rights:entry", args=[entry.pk]),
            icon="clock",
            urgent=late,
        )
        near = entry.register == RegisterKind.BREACHES or due < at + timedelta(days=7)
        (work.now if near else work.coming).append(card)


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


def _add_sources(work: MyWork, actor: User, at: datetime) -> None:
    """Sources that owe us an answer, and sources that wait to hear the end."""
    asked = (
        SourceQuestion.objects.visible_to(actor)
        .filter(ended_at=None, referral__assigned_to=actor)
        .select_related("referral")
        .only("answer_due", "referral__reference")
        .order_by("answer_due")[:MOST_CARDS]
    )
    for question in asked:
        late = question.is_late(at)
        card = Card(
            what=_("Ask the source again") if late else _("The source was asked"),
            who=question.referral.reference,
            due=question.answer_due,
            url=reverse("referrals:referral", args=[question.referral_id]),
            icon="clock",
            urgent=late,
        )
        (work.now if late else work.coming).append(card)
    untold = queue(actor, "untold", at).filter(decided_by=actor)
    for referral in with_names(untold)[:MOST_CARDS]:
        work.coming.append(
            Card(
                what=_("Tell the source what came of it"),
                who=f"{referral.reference} · {referral.get_source_category_display()}",
                due=None,
                url=reverse("referrals:referral", args=[referral.pk]),
                icon="send",
            )
        )


def _add_notes(work: MyWork, actor: User) -> None:
    work.now.extend(
        Card(
            what=_("Read a note a colleague points you to"),
            who=f"{reference} · {author}",
            due=None,
            url=reverse("cases:note", args=[note_id]),
            icon="note",
        )
        for note_id, reference, author in notes_to_read(actor)
    )
    if actor.may("cases.write_note"):
        work.coming.extend(
            Card(
                what=_("Go on with an addendum") if draft.is_addendum else _("Go on with a note"),
                who=draft.reference,
                due=draft.expires_at,
                url=reverse("cases:draft", args=[draft.pk]),
                icon="draft",
            )
            for draft in drafts_of(actor)
        )


def _add_closures(work: MyWork, actor: User) -> None:
    work.now.extend(
        Card(
            what=_("Decide whether a case is closed"),
            who=f"{closure.case.reference} · {closure.asked_by.name}",
            due=None,
            url=reverse("cases:closure", args=[closure.pk]),
            icon="closed",
        )
        for closure in closures_to_decide(actor)
    )


def _add_caseload(work: MyWork, actor: User) -> None:
    number = cases_without_lead(actor).count()
    if number:
        words = ngettext("Nobody leads %(n)d case", "Nobody leads %(n)d cases", number)
        work.now.append(
            Card(
                what=words % {"n": number},
                who=_("Give each a lead, so that somebody answers for it."),
                due=None,
                url=reverse("cases:caseload"),
                icon="people",
            )
        )


def _add_covers(work: MyWork, actor: User, at: datetime) -> None:
    for cover in covers_of(actor, at):
        if actor.pk == cover.cover_id:
            card = Card(
                what=_("You cover for a colleague"),
                who=str(cover.away.name),
                due=cover.ends_at,
                url=f"{reverse('cases:list')}?show=covered",
                icon="calendar",
            )
            (work.now if cover.starts_at <= at else work.coming).append(card)


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
            due=end_of_day(handoff.answer_by),
            url=reverse("handoffs:envelope", args=[handoff.pk]),
            icon="envelope",
            urgent=handoff.urgency == "today",
        )
        for handoff in waiting
    )
    work.now.extend(
        Card(
            what=_("Stop using a handoff, and say so"),
            who=str(handoff.from_agency),
            due=None,
            url=reverse("handoffs:envelope", args=[handoff.pk]),
            icon="revoke",
            urgent=True,
        )
        for handoff in Handoff.objects.visible_to(actor)
        .on_desk_of(actor)
        .to_be_stopped()
        .select_related("from_agency")
        .order_by("revoked_at")[:MOST_CARDS]
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
            due=end_of_day(handoff.answer_by),
            url=reverse("handoffs:handoff", args=[handoff.pk]),
            icon="handoff",
            urgent=late,
        )
        (work.now if draft or late else work.coming).append(card)
    work.now.extend(
        Card(
            what=_("Ask whether they stopped using a handoff"),
            who=str(handoff.to_agency),
            due=None,
            url=reverse("handoffs:handoff", args=[handoff.pk]),
            icon="handoff",
        )
        for handoff in Handoff.objects.visible_to(actor)
        .sent_from(actor)
        .to_be_stopped()
        .filter(revoked_at__lt=at - STOPS_WITHIN)
        .select_related("to_agency")
        .order_by("revoked_at")[:MOST_CARDS]
    )


def _add_releases(work: MyWork, actor: User) -> None:
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


def _add_reviews(work: MyWork, actor: User, at: datetime) -> None:
    waiting = Review.objects.visible_to(actor).open().order_by("due_at")[:MOST_CARDS]
    for review in waiting:
        late = review.is_overdue(at)
        kind = kinds().get(review.kind)
        card = Card(
            what=_("Review: %(kind)s") % {"kind": kind.label if kind else review.kind},
            who=_("Somebody acted, and a second person looks at it."),
            due=review.due_at,
            url=reverse("audit_trail:review", args=[review.pk]),
            icon=kind.icon if kind else "eye",
            urgent=late,
        )
        soon = late or review.due_at < at + timedelta(days=1)
        (work.now if soon else work.coming).append(card)


def _add_locks(work: MyWork, actor: User, at: datetime) -> None:
    work.now.extend(
        Card(
            what=_("Somebody is locked out"),
            who=f"{lock.user.name} · {lock.get_kind_display()}",
            due=None,
            url=reverse("directory:account", args=[lock.user.pk]),
            icon="lock",
        )
        for lock in locked_out(actor, at)[:MOST_CARDS]
    )
