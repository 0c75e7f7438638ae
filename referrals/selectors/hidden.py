"""What another team told that may be about somebody we know, and who asks to talk to us."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from referrals.choices import MatchAnswer
from referrals.models import HiddenMatch, Referral


def unanswered_matches(actor: User) -> QuerySet[Any]:
    """What waits for an answer of the actor or a colleague, oldest first."""
    found: QuerySet[Any] = HiddenMatch.objects.visible_to(actor).filter(answered_at=None)
    return found.select_related("told_by", "ours", "case", "person").defer(
        *(f"ours__{name}" for name in ("summary", "subject", "source_reference", "decision_note"))
    )


def known_as(match: HiddenMatch) -> str:
    """By which codes we know whom it may be about."""
    if match.ours is not None:
        return match.ours.reference
    return f"{match.person.code} · {match.case.reference}" if match.person and match.case else ""


def known_at(match: HiddenMatch) -> str:
    """The page of what we have."""
    if match.ours_id is not None:
        return reverse("referrals:referral", args=[match.ours_id])
    return reverse("cases:case", args=[match.case_id])


@dataclass(frozen=True)
class TalkTo:
    """A colleague of another team who asks to be talked to about a referral."""

    person: str
    team: str
    at: datetime


def talk_to(actor: User, referral: Referral) -> list[TalkTo]:
    """Who asked to talk about a visible referral, for whoever looks after it."""
    found = (
        HiddenMatch.objects.visible_to(actor)
        .filter(referral=referral, answer=MatchAnswer.TALK)
        .select_related("answered_by", "team")
    )
    return [
        TalkTo(match.answered_by.name, match.team.name, match.answered_at)
        for match in found
        if match.answered_by is not None and match.answered_at is not None
    ]
