"""What a case asks of its people: consents to ask again, legal bases to decide on."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from cases.selectors.consent import due_consents, waiting_grounds
from desk.cards import MOST_CARDS, Card, end_of_day


def casework_cards(actor: User, at: datetime) -> tuple[list[Card], list[Card]]:
    """(what needs `actor` now, what comes). The number of queries does not grow with it."""
    now: list[Card] = []
    coming: list[Card] = []
    if actor.may("cases.approve_ground"):
        now += _grounds(actor)
    if actor.may("cases.record_consent"):
        _consents(actor, at, now, coming)
    return now, coming


def _grounds(actor: User) -> list[Card]:
    return [
        Card(
            what=_("Decide on a legal basis"),
            who=f"{ground.reference} · {ground.get_basis_display()}",
            due=None,
            url=reverse("cases:ground", args=[ground.pk]),
            icon="law",
        )
        for ground in waiting_grounds(actor)[:MOST_CARDS]
    ]


def _consents(actor: User, at: datetime, now: list[Card], coming: list[Card]) -> None:
    today = timezone.localdate(at)
    for consent in due_consents(actor, today)[:MOST_CARDS]:
        # Whatever is in force has both days; a constraint of the table says so.
        last, review = consent.valid_until or today, consent.review_on or today
        over = consent.status == "review_due" or last < today
        turned = over and consent.until_majority
        card = Card(
            what=_("Ask for consent again: turned 18")
            if turned
            else _("Ask for consent again: it has run out")
            if over
            else _("Ask whether consent is still right"),
            who=f"{consent.person.code} · {consent.case.reference}",
            due=None if turned else end_of_day(min(last, review)),
            url=reverse("cases:consent", args=[consent.pk]),
            icon="consent",
            urgent=over,
        )
        (now if over or review <= today else coming).append(card)
