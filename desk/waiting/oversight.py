"""What waits for a second pair of eyes, and for whoever keeps the house in order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from accounts.models import SignInLock, User
from accounts.selectors import locked_out
from audit.models import Review
from audit.review_kinds import kinds
from cases.models import Case, CaseClosure, LeaveCover
from cases.selectors import closures_to_decide
from cases.selectors.caseload import cases_without_lead, leavers, loads
from desk.cards import Card, asked_by
from desk.waiting.kind import Kind
from reporting.models import StatisticsRelease


def _reviews(actor: User, at: datetime) -> QuerySet[Any]:
    waiting: QuerySet[Any] = Review.objects.visible_to(actor).open()
    return waiting.order_by("due_at", "id")


def _review_cards(actor: User, rows: Sequence[Review], at: datetime) -> list[Card]:
    cards = []
    for review in rows:
        late = review.is_overdue(at)
        kind = kinds().get(review.kind)
        cards.append(
            Card(
                what=_("Review: %(kind)s") % {"kind": kind.label if kind else review.kind},
                who=_("Somebody acted, and a second person looks at it."),
                due=review.due_at,
                url=reverse("audit_trail:review", args=[review.pk]),
                icon=kind.icon if kind else "eye",
                urgent=late,
                now=late or review.due_at < at + timedelta(days=1),
                since=review.created_at,
            )
        )
    return cards


def _closures(actor: User, at: datetime) -> QuerySet[Any]:
    return closures_to_decide(actor)


def _closure_cards(actor: User, rows: Sequence[CaseClosure], at: datetime) -> list[Card]:
    return [
        Card(
            what=_("Decide whether a case is closed"),
            who=asked_by(
                f"{closure.case.reference} · {closure.get_reason_display()}", closure.asked_by
            ),
            due=None,
            url=reverse("cases:closure", args=[closure.pk]),
            icon="closed",
            since=closure.created_at,
        )
        for closure in rows
    ]


def _without_lead(actor: User, at: datetime) -> QuerySet[Any]:
    return cases_without_lead(actor).order_by("pk")


def _lead_cards(actor: User, rows: Sequence[Case], at: datetime) -> list[Card]:
    number = rows[0].in_all  # type: ignore[attr-defined]
    words = ngettext("Nobody leads %(n)d case", "Nobody leads %(n)d cases", number)
    return [
        Card(
            what=words % {"n": number},
            who=_("Give each a lead, so that somebody answers for it."),
            due=None,
            url=reverse("cases:caseload"),
            icon="people",
        )
    ]


def _leavers(actor: User, at: datetime) -> QuerySet[Any]:
    return leavers(actor, timezone.localdate(at))


def _leaver_cards(actor: User, rows: Sequence[User], at: datetime) -> list[Card]:
    """Whoever leaves, or has left, with cases or tasks that somebody has to take over."""
    known = {load.user_id: load for load in loads(actor, timezone.localdate(at))}
    return [
        Card(
            what=_("Hand over what %(name)s has") % {"name": user.name},
            who=_("%(leaving)s · open cases: %(cases)d · open tasks: %(tasks)d")
            % {
                "leaving": known[user.pk].leaving,
                "cases": known[user.pk].number,
                "tasks": known[user.pk].tasks,
            },
            due=None,
            url=reverse("cases:transfer_caseload", args=[user.pk]),
            icon="people",
        )
        for user in rows
        if user.pk in known
    ]


def _covers(actor: User, at: datetime) -> QuerySet[Any]:
    coming: QuerySet[Any] = LeaveCover.objects.visible_to(actor).coming(at)
    return (
        coming.filter(cover_id=actor.pk)
        .exclude(ends_at=F("starts_at"))
        .select_related("away")
        .order_by("starts_at", "away__name")
    )


def _cover_cards(actor: User, rows: Sequence[LeaveCover], at: datetime) -> list[Card]:
    return [
        Card(
            what=_("You cover for a colleague"),
            who=str(cover.away.name),
            due=cover.ends_at,
            url=f"{reverse('cases:list')}?show=covered",
            icon="calendar",
            now=cover.starts_at <= at,
        )
        for cover in rows
    ]


def _releases(actor: User, at: datetime) -> QuerySet[Any]:
    waiting = StatisticsRelease.objects.visible_to(actor).filter(status="in_review")
    found: QuerySet[Any] = waiting.exclude(requested_by=actor).select_related("requested_by")
    return found.defer("payload").order_by("created_at")


def _release_cards(actor: User, rows: Sequence[StatisticsRelease], at: datetime) -> list[Card]:
    return [
        Card(
            what=_("Review a statistics release"),
            who=asked_by(release.title, release.requested_by),
            due=None,
            url=reverse("reporting:release", args=[release.pk]),
            icon="reports",
            since=release.created_at,
        )
        for release in rows
    ]


def _locks(actor: User, at: datetime) -> QuerySet[Any]:
    return locked_out(actor, at)


def _lock_cards(actor: User, rows: Sequence[SignInLock], at: datetime) -> list[Card]:
    return [
        Card(
            what=_("Somebody is locked out"),
            who=f"{lock.user.name} · {lock.get_kind_display()}",
            due=None,
            url=reverse("directory:account", args=[lock.user.pk]),
            icon="lock",
        )
        for lock in rows
    ]


KINDS = (
    Kind(
        code="reviews",
        title=gettext_lazy("Reviews"),
        counted=ngettext_lazy("%(n)d review waiting", "%(n)d reviews waiting", "n"),
        permission="audit.close_review",
        rows=_reviews,
        cards=_review_cards,
        late=lambda at: Q(due_at__lt=at),
        own_list=("audit_trail:reviews", ""),
        decides=True,
    ),
    Kind(
        code="closures",
        title=gettext_lazy("Closings to decide"),
        counted=ngettext_lazy("%(n)d closing to decide", "%(n)d closings to decide", "n"),
        permission="cases.close_case",
        rows=_closures,
        cards=_closure_cards,
        decides=True,
    ),
    Kind(
        code="nobody-leads",
        title=gettext_lazy("Cases that nobody leads"),
        counted=ngettext_lazy("%(n)d case nobody leads", "%(n)d cases nobody leads", "n"),
        permission="cases.change_lead",
        rows=_without_lead,
        cards=_lead_cards,
        own_list=("cases:caseload", ""),
    ),
    Kind(
        code="handovers",
        title=gettext_lazy("Work to hand over"),
        counted=ngettext_lazy("%(n)d colleague leaves", "%(n)d colleagues leave", "n"),
        permission="cases.change_lead",
        rows=_leavers,
        cards=_leaver_cards,
    ),
    Kind(
        code="covers",
        title=gettext_lazy("Colleagues you cover for"),
        counted=ngettext_lazy(
            "%(n)d colleague you cover for", "%(n)d colleagues you cover for", "n"
        ),
        permission="cases.set_cover",
        rows=_covers,
        cards=_cover_cards,
    ),
    Kind(
        code="releases",
        title=gettext_lazy("Statistics to review"),
        counted=ngettext_lazy(
            "%(n)d statistics release to review", "%(n)d statistics releases to review", "n"
        ),
        permission="reporting.publish_release",
        rows=_releases,
        cards=_release_cards,
        decides=True,
    ),
    Kind(
        code="locked-out",
        title=gettext_lazy("Locked out"),
        counted=ngettext_lazy("%(n)d person locked out", "%(n)d people locked out", "n"),
        permission="accounts.lift_lock",
        rows=_locks,
        cards=_lock_cards,
    ),
)
