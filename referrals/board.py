"""The board of a referral desk: how much came, what was answered in time, what is missing.

Pure: coded facts in, counts out. Facts hold no name, no text and no reference.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

from referrals import clocks
from referrals.choices import Status
from referrals.models.referral import OPEN

# Below this a count can point to a child: whoever may not read exact numbers is shown none, and
# others only in steps of it, so that two questions beside each other tell nothing of one child.
LEAST = 5
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Fact:
    """One referral as the board counts it.

    Attributes:
        started: when its clock began; `waited` is how long it stood still.
        heard: a source waits, or waited, to hear that it arrived.
        missing: names of what was not told.
    """

    team_id: UUID
    source: str
    status: str
    started: datetime
    acknowledged: datetime | None
    triaged: datetime | None
    waited: timedelta
    danger: bool
    heard: bool
    missing: Sequence[str]


@dataclass(frozen=True)
class Line:
    """The referrals of one kind of source; None is "not shown".

    Attributes:
        late: of those that are open, past the time when they should have been decided.
        hours: the median from the start of the clock to the start of triage.
    """

    source: str
    received: int | None
    answered_in_time: int | None
    answerable: int | None
    backlog: int | None
    late: int | None
    hours: int | None


@dataclass(frozen=True)
class Gap:
    """What was not told, and of how many."""

    field: str
    count: int | None


@dataclass(frozen=True)
class Board:
    """All kinds of sources, the line of all together, and what is missing."""

    lines: list[Line]
    together: Line
    gaps: list[Gap]


def board_of(facts: Iterable[Fact], at: datetime, *, exact: bool, fields: Sequence[str]) -> Board:
    """The board of these referrals.

    Args:
        at: overdue is derived from it.
        exact: whether the reader may read exact numbers.
        fields: what may be missing, in the order of the report.
    """
    facts = list(facts)
    by_source: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_source[fact.source].append(fact)
    gaps = Counter(name for fact in facts for name in fact.missing)
    lines = [_line(source, mine, at, exact) for source, mine in by_source.items()]
    # That there is a kind of source at all can be the one referral of it.
    lines = [line for line in lines if line.received is not None]
    lines.sort(key=lambda line: (-(line.received or 0), line.source))
    return Board(
        lines,
        _line("", facts, at, exact),
        [Gap(name, shown(gaps[name], exact=exact)) for name in fields],
    )


def shown(count: int, *, exact: bool) -> int | None:
    """A count as its reader may see it: exact, or in steps and not at all where it is small."""
    if exact:
        return count
    return None if count < LEAST else count - count % LEAST


def _line(source: str, facts: list[Fact], at: datetime, exact: bool) -> Line:
    heard = [fact for fact in facts if fact.heard]
    backlog = [fact for fact in facts if fact.status in OPEN]
    waits = [_hours(fact.triaged - fact.started) for fact in facts if fact.triaged is not None]
    return Line(
        source=source,
        received=shown(len(facts), exact=exact),
        answered_in_time=shown(sum(_in_time(fact) for fact in heard), exact=exact),
        answerable=shown(len(heard), exact=exact),
        backlog=shown(len(backlog), exact=exact),
        late=shown(sum(_late(fact, at) for fact in backlog), exact=exact),
        hours=round(median(waits)) if len(waits) >= (1 if exact else LEAST) else None,
    )


def _hours(span: timedelta) -> float:
    return max(span, timedelta()) / HOUR


def _in_time(fact: Fact) -> bool:
    if fact.acknowledged is None:
        return False
    # What was quick by the clock on the wall was quick by working days too, which cost more to ask.
    within = clocks.acknowledge_within()
    return fact.acknowledged - fact.started <= within or (
        fact.acknowledged <= clocks.due_after(fact.started, within)
    )


def _late(fact: Fact, at: datetime) -> bool:
    if fact.status == Status.NEEDS_INFORMATION:
        return False
    started = fact.started + fact.waited
    if fact.danger:
        return at > started + clocks.danger_within()
    within = clocks.triage_within()
    return at - started > within and at > clocks.due_after(started, within)
