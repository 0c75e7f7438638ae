"""The timeline of a case, page by page: its own tables and what higher apps add, in one order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from cases.case_history import history_of
from cases.models import Case
from cases.moments import Placed, happened, kinds_told
from cases.selectors.closing import closing_moments
from cases.timeline import KINDS, SOURCES, Moment
from core.actors import Actor

PER_PAGE = 12
# Nobody pages through more of one instant than this.
MOST_SKIPPED = 1_000


@dataclass(frozen=True)
class Place:
    """Where in the timeline a page begins: not after `until`, past `skip` of that very instant."""

    until: datetime | None = None
    skip: int = 0

    @classmethod
    def asked(cls, until: str, skip: str) -> Place:
        """From an address; the newest where it makes no sense."""
        try:
            at = parse_datetime(until)
        except ValueError:
            at = None
        if at is None or timezone.is_naive(at):
            return cls()
        plain = skip.isascii() and skip.isdigit() and len(skip) < 5
        return cls(at, min(int(skip), MOST_SKIPPED) if plain else 0)


@dataclass(frozen=True)
class Told:
    """One page of what happened.

    Attributes:
        moments: newest first.
        kinds: of which kinds there is anything, whatever the page shows.
        earlier: the query of the page after it; empty at the end.
    """

    moments: list[Moment]
    kinds: set[str]
    earlier: str


def told_of(
    actor: Actor, case: Case, *, kind: str = "", place: Place | None = None, most: int = PER_PAGE
) -> Told:
    """What `actor` may see of what happened in a visible case.

    Args:
        kind: a code of `KINDS`; empty for everything.
        place: where the page begins.
    """
    place = place or Place()
    others = _others(actor, case)
    kinds = kinds_told(actor, case) | {one.moment.kind for one in others}
    wanted = [
        one
        for one in others
        if kind in ("", one.moment.kind) and (place.until is None or one.moment.at <= place.until)
    ]
    wanted += happened(actor, case, kind=kind, until=place.until, most=place.skip + most + 1)
    wanted.sort(key=lambda one: one.order)
    wanted.sort(key=lambda one: one.moment.at, reverse=True)
    page = wanted[place.skip : place.skip + most + 1]
    more, moments = len(page) > most, [one.moment for one in page[:most]]
    return Told(moments, kinds, _query(kind, place, moments) if more else "")


def _query(kind: str, place: Place, shown: list[Moment]) -> str:
    """The address of what comes after; a kind is kept."""
    last = shown[-1].at
    skip = sum(1 for moment in shown if moment.at == last)
    if last == place.until:
        skip += place.skip
    query = {"until": last.isoformat(), "skip": str(skip)}
    return urlencode({"kind": kind, **query} if kind else query)


def _others(actor: Actor, case: Case) -> list[Placed]:
    """Versions of the case, its closings, and what higher apps tell: a bounded number each."""
    found = [
        *history_of(actor, case),
        *(
            Moment(at=at, sentence=sentence, kind="steps", icon="closed", who=who, detail=detail)
            for at, sentence, who, detail in closing_moments(actor, case)
        ),
    ]
    for source in SOURCES:
        found.extend(source(actor, case))
    # Behind the case's own rows of the same instant, which are numbered from 0.
    order = list(KINDS)
    return [Placed((len(order) + 100, order.index(m.kind), m.url, m.sentence), m) for m in found]
