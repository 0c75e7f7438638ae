"""What the board of the referral desk counts, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from referrals.board import Board, Fact, board_of
from referrals.choices import SourceCategory

LONGEST = timedelta(days=366)
# What the missing-data report asks for, by the names that the database gives.
MISSING: dict[str, str | Promise] = {
    "content_origin": _("How the material came about"),
    "immediate_danger": _("Whether a child is in danger"),
    "legal_basis": _("Legal basis"),
    "harm_types": _("Kinds of harm"),
    "children": _("How many children"),
    "country": _("Country of the child"),
    "admin1": _("Region or province"),
    "origin": _("Country that the referral comes from"),
    "source_number": _("The source’s own number"),
    "source_name": _("Which office told us"),
}


@dataclass(frozen=True)
class Asked:
    """What the board is asked for.

    Attributes:
        first, last: days on which referrals reached us; at most a year.
        team_id, source: None and "" for all.
    """

    first: date
    last: date
    team_id: UUID | None = None
    source: str = ""


def reads_exactly(actor: User) -> bool:
    """Whether the actor is shown exact numbers: those of their own teams, whose desk they see."""
    return actor.may("referrals.read_exact_board")


def board_teams(actor: User) -> list[Team]:
    """The teams that the actor's board can be narrowed to."""
    teams = Team.objects.filter(agency=actor.agency)
    if reads_exactly(actor):
        mine = Team.objects.of_member(actor, timezone.now()).values("pk")
        teams = teams.filter(pk__in=mine)
    return list(teams.order_by("name"))


def referral_board(actor: User, asked: Asked, at: datetime) -> Board:
    """The board of the actor's agency, or of their own teams where numbers are exact."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT team_id, source, status, started, acknowledged, triaged, waited, danger, "
            "heard, missing FROM liwanag_referral_board(%s, %s)",
            [asked.first, asked.last],
        )
        facts = [Fact(*row) for row in cursor.fetchall()]
    wanted = [
        fact
        for fact in facts
        if asked.team_id in (None, fact.team_id) and asked.source in ("", fact.source)
    ]
    return board_of(wanted, at, exact=reads_exactly(actor), fields=list(MISSING))


def source_label(code: str) -> str:
    """The words of a kind of source."""
    return str(SourceCategory(code).label)
