"""What consent, legal bases and data rights ask of people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from accounts.models import User
from cases.choices import AskAgain, RegisterKind
from cases.models import (
    Consent,
    ErasureRequest,
    LegalGround,
    RegisterEntry,
    RetentionReview,
    SubjectCopy,
)
from cases.selectors.consent import due_consents, waiting_grounds
from cases.selectors.registers import running_clocks
from desk.cards import Card, asked_by, end_of_day
from desk.waiting.kind import Kind


def _consents(actor: User, at: datetime) -> QuerySet[Any]:
    return due_consents(actor, timezone.localdate(at))


def _again(because: str) -> str:
    if because == AskAgain.IS_A_CHILD:
        return _("Ask for consent again: is a child")
    if because == AskAgain.CONFLICT:
        return _("Ask for consent again: who answered may not")
    return _("Ask for consent again: turned 18")


def _consent_cards(actor: User, rows: Sequence[Consent], at: datetime) -> list[Card]:
    today = timezone.localdate(at)
    cards = []
    for consent in rows:
        # Whatever is in force has both days; a constraint of the table says so.
        last, review = consent.valid_until or today, consent.review_on or today
        over = consent.status == "review_due" or last < today
        # Whoever decides has changed: nothing holds until somebody else answers.
        turned = over and (consent.until_majority or consent.status == "review_due")
        cards.append(
            Card(
                what=_again(consent.ask_again_because)
                if turned
                else _("Ask for consent again: it has run out")
                if over
                else _("Ask whether consent is still right"),
                who=f"{consent.person.code} · {consent.case.reference}",
                due=None if turned else end_of_day(min(last, review)),
                url=reverse("cases:consent", args=[consent.pk]),
                icon="consent",
                urgent=over,
                now=over or review <= today,
            )
        )
    return cards


def _grounds(actor: User, at: datetime) -> QuerySet[Any]:
    found: QuerySet[Any] = waiting_grounds(actor)
    return found.select_related("recorded_by").defer("reason", "order_reference")


def _ground_cards(actor: User, rows: Sequence[LegalGround], at: datetime) -> list[Card]:
    return [
        Card(
            what=_("Decide on a legal basis"),
            who=asked_by(f"{ground.reference} · {ground.get_basis_display()}", ground.recorded_by),
            due=None,
            url=reverse("cases:ground", args=[ground.pk]),
            icon="law",
            since=ground.created_at,
        )
        for ground in rows
    ]


def _erasures(actor: User, at: datetime) -> QuerySet[Any]:
    waiting: QuerySet[Any] = ErasureRequest.objects.visible_to(actor).waiting()
    waiting = waiting.exclude(requested_by=actor).select_related("requested_by")
    return waiting.order_by("created_at")


def _erasure_cards(actor: User, rows: Sequence[ErasureRequest], at: datetime) -> list[Card]:
    return [
        Card(
            what=_("Decide on an erasure"),
            who=asked_by(
                f"{request.reference} · {request.get_ground_display()}", request.requested_by
            ),
            due=None,
            url=reverse("rights:erasure", args=[request.pk]),
            icon="erase",
            since=request.created_at,
        )
        for request in rows
    ]


def _kept(actor: User, at: datetime) -> QuerySet[Any]:
    due: QuerySet[Any] = RetentionReview.objects.visible_to(actor).due()
    return due.order_by("review_on")


def _kept_cards(actor: User, rows: Sequence[RetentionReview], at: datetime) -> list[Card]:
    """One card for the whole list: it may be long, and it waits for a quiet hour."""
    found = rows[0].in_all  # type: ignore[attr-defined]
    return [
        Card(
            what=_("Look at what has been kept long enough"),
            who=ngettext("%(n)d record", "%(n)d records", found) % {"n": found},
            due=None,
            url=reverse("rights:retention"),
            icon="archive",
            now=rows[0].is_late(timezone.localdate(at)),
        )
    ]


def _copies(actor: User, at: datetime) -> QuerySet[Any]:
    waiting: QuerySet[Any] = SubjectCopy.objects.visible_to(actor).waiting()
    waiting = waiting.exclude(asked_by=actor).select_related("person", "asked_by")
    return waiting.order_by("created_at")


def _copy_cards(actor: User, rows: Sequence[SubjectCopy], at: datetime) -> list[Card]:
    return [
        Card(
            what=_("Read through a copy for a person"),
            who=asked_by(copy.person.code, copy.asked_by),
            due=None,
            url=reverse("cases:copy", args=[copy.pk]),
            icon="document",
            since=copy.created_at,
        )
        for copy in rows
    ]


def _clocks(actor: User, at: datetime) -> QuerySet[Any]:
    return running_clocks(actor)


def _clock_cards(actor: User, rows: Sequence[RegisterEntry], at: datetime) -> list[Card]:
    words: dict[str, str] = {
        RegisterKind.BREACHES: _("Tell the authority of a breach"),
        RegisterKind.REQUESTS: _("Answer somebody who asked about their data"),
    }
    cards = []
    for entry in rows:
        due: datetime = entry.due_at  # type: ignore[attr-defined]
        cards.append(
            Card(
                what=words[entry.register],
                who=entry.reference,
                due=due,
                url=reverse("rights:entry", args=[entry.pk]),
                icon="clock",
                urgent=due < at,
                now=entry.register == RegisterKind.BREACHES or due < at + timedelta(days=7),
            )
        )
    return cards


KINDS = (
    Kind(
        code="consents",
        title=gettext_lazy("Consents to ask again"),
        counted=ngettext_lazy("%(n)d consent to ask again", "%(n)d consents to ask again", "n"),
        permission="cases.record_consent",
        rows=_consents,
        cards=_consent_cards,
        late=lambda at: Q(status="review_due") | Q(valid_until__lt=timezone.localdate(at)),
    ),
    Kind(
        code="legal-bases",
        title=gettext_lazy("Legal bases to decide on"),
        counted=ngettext_lazy(
            "%(n)d legal basis to decide on", "%(n)d legal bases to decide on", "n"
        ),
        permission="cases.approve_ground",
        rows=_grounds,
        cards=_ground_cards,
        decides=True,
    ),
    Kind(
        code="erasures",
        title=gettext_lazy("Erasures to decide on"),
        counted=ngettext_lazy("%(n)d erasure to decide on", "%(n)d erasures to decide on", "n"),
        permission="cases.approve_erasure",
        rows=_erasures,
        cards=_erasure_cards,
        decides=True,
    ),
    Kind(
        code="copies",
        title=gettext_lazy("Copies to read through"),
        counted=ngettext_lazy("%(n)d copy to read through", "%(n)d copies to read through", "n"),
        permission="cases.release_copy",
        rows=_copies,
        cards=_copy_cards,
        decides=True,
    ),
    Kind(
        code="clocks",
        title=gettext_lazy("Clocks of the registers"),
        counted=ngettext_lazy("%(n)d clock running", "%(n)d clocks running", "n"),
        permission="cases.write_register",
        rows=_clocks,
        cards=_clock_cards,
        late=lambda at: Q(due_at__lt=at),
    ),
    Kind(
        code="kept-long-enough",
        title=gettext_lazy("Kept long enough"),
        counted=ngettext_lazy(
            "%(n)d record kept long enough", "%(n)d records kept long enough", "n"
        ),
        permission="cases.review_retention",
        rows=_kept,
        cards=_kept_cards,
        own_list=("rights:retention", ""),
    ),
)
