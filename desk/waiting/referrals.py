"""What waits on the referrals' desk: referrals to triage, sources to hear from or to tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts.models import User
from desk.cards import Card
from desk.waiting.kind import Kind
from referrals.models import HiddenMatch, Referral, SourceQuestion
from referrals.querysets import overdue_at
from referrals.selectors import queue, with_names
from referrals.selectors.hidden import known_as, unanswered_matches


def _to_triage(actor: User, at: datetime) -> QuerySet[Any]:
    # As on the desk's own list: danger first, then whoever has waited longest.
    return with_names(queue(actor, "waiting", at).with_clock())


def _triage_cards(actor: User, rows: Sequence[Referral], at: datetime) -> list[Card]:
    cards = []
    for referral in rows:
        due = referral.triage_due
        urgent = referral.in_danger or referral.is_overdue(at)
        cards.append(
            Card(
                what=_("Start triage of a referral")
                if referral.status == "received"
                else _("Decide on a referral"),
                who=f"{referral.reference} · {referral.get_source_category_display()}",
                due=due,
                url=reverse("referrals:referral", args=[referral.pk]),
                icon="referral",
                urgent=urgent,
                # What is not due within a day can wait below the line.
                now=urgent or due < at + timedelta(days=1),
            )
        )
    return cards


def _asked(actor: User, at: datetime) -> QuerySet[Any]:
    found: QuerySet[Any] = SourceQuestion.objects.visible_to(actor)
    return (
        found.filter(ended_at=None, referral__assigned_to=actor)
        .select_related("referral")
        .only("answer_due", "referral__reference")
        .order_by("answer_due")
    )


def _asked_cards(actor: User, rows: Sequence[SourceQuestion], at: datetime) -> list[Card]:
    return [
        Card(
            what=_("Ask the source again") if late else _("The source was asked"),
            who=question.referral.reference,
            due=question.answer_due,
            url=reverse("referrals:referral", args=[question.referral_id]),
            icon="clock",
            urgent=late,
            now=late,
        )
        for question in rows
        for late in [question.is_late(at)]
    ]


def _untold(actor: User, at: datetime) -> QuerySet[Any]:
    return with_names(queue(actor, "untold", at).filter(decided_by=actor))


def _untold_cards(actor: User, rows: Sequence[Referral], at: datetime) -> list[Card]:
    return [
        Card(
            what=_("Tell the source what came of it"),
            who=f"{referral.reference} · {referral.get_source_category_display()}",
            due=None,
            url=reverse("referrals:referral", args=[referral.pk]),
            icon="send",
            now=False,
        )
        for referral in rows
    ]


def _known(actor: User, at: datetime) -> QuerySet[Any]:
    return unanswered_matches(actor)


def _known_cards(actor: User, rows: Sequence[HiddenMatch], at: datetime) -> list[Card]:
    return [
        Card(
            what=_("Another team may know the same child"),
            who=known_as(match),
            due=None,
            url=reverse("referrals:answer_match", args=[match.pk]),
            icon="person",
        )
        for match in rows
    ]


KINDS = (
    Kind(
        code="triage",
        title=gettext_lazy("Referrals to triage"),
        counted=ngettext_lazy("%(n)d referral to triage", "%(n)d referrals to triage", "n"),
        permission="referrals.start_triage",
        rows=_to_triage,
        cards=_triage_cards,
        late=overdue_at,
        own_list=("referrals:list", "?show=waiting"),
    ),
    Kind(
        code="sources-asked",
        title=gettext_lazy("Sources that were asked"),
        counted=ngettext_lazy("%(n)d source asked", "%(n)d sources asked", "n"),
        permission="referrals.start_triage",
        rows=_asked,
        cards=_asked_cards,
        late=lambda at: Q(answer_due__lt=at),
    ),
    Kind(
        code="sources-to-tell",
        title=gettext_lazy("Sources to be told"),
        counted=ngettext_lazy("%(n)d source to tell", "%(n)d sources to tell", "n"),
        permission="referrals.start_triage",
        rows=_untold,
        cards=_untold_cards,
    ),
    Kind(
        code="known-elsewhere",
        title=gettext_lazy("Other teams that may know the same child"),
        counted=ngettext_lazy("%(n)d match to answer", "%(n)d matches to answer", "n"),
        permission="referrals.answer_match",
        rows=_known,
        cards=_known_cards,
    ),
)
