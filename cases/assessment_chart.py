"""How the answers to an instrument changed, drawn: one small line for each domain.

Pure: takes answers, gives places in percent and pixels, so that the words keep their size on a
phone. Better is always up, whichever way an instrument counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.utils.translation import gettext as _

from cases.instruments import NOT_KNOWN, Instrument

HEIGHT = 52  # px of one drawing; its words stand above it, where they may wrap
TOP, SPAN = 8, 32  # where its points may stand
BASE = TOP + SPAN + 6
EDGE = 3.0  # percent left free at both sides


@dataclass(frozen=True)
class Answers:
    """One assessment, opened: the day and domain → answer."""

    on: date
    scores: dict[str, int]


@dataclass(frozen=True)
class Point:
    """A known answer: where it stands, and whether it is the newest."""

    x: str
    y: str
    newest: bool


@dataclass(frozen=True)
class Row:
    """One domain: its words, its points, and the lines between neighbours that are known."""

    label: str
    now: str
    before: str
    points: list[Point]
    lines: list[tuple[Point, Point]]


@dataclass(frozen=True)
class Drawing:
    """The whole drawing. `finding` says in a sentence what it shows."""

    rows: list[Row]
    first: date
    last: date
    finding: str
    height: int = HEIGHT
    base: int = BASE


def draw(instrument: Instrument, given: Sequence[Answers]) -> Drawing | None:
    """The change over all assessments, oldest first; None where there is nothing to draw."""
    if not given:
        return None
    ordered = sorted(given, key=lambda one: one.on)
    first, last = ordered[0].on, ordered[-1].on
    rows = [_row(instrument, domain, ordered, first, last) for domain in instrument.domains]
    return Drawing(
        rows=rows,
        first=first,
        last=last,
        finding=finding_of(instrument, ordered),
    )


def _row(
    instrument: Instrument,
    domain: str,
    ordered: Sequence[Answers],
    first: date,
    last: date,
) -> Row:
    span = (last - first).days or 1
    known: list[Point | None] = []
    for number, one in enumerate(ordered):
        share = instrument.wellbeing(one.scores.get(domain, NOT_KNOWN))
        if share is None:
            known.append(None)
            continue
        along = (one.on - first).days / span if last != first else 0.5
        known.append(
            Point(
                x=f"{EDGE + along * (100 - 2 * EDGE):.2f}%",
                y=f"{TOP + (1 - share) * SPAN:.1f}",
                newest=number == len(ordered) - 1,
            )
        )
    lines = [(one, two) for one, two in pairwise(known) if one and two]
    now = ordered[-1].scores.get(domain, NOT_KNOWN)
    before = ordered[0].scores.get(domain, NOT_KNOWN) if len(ordered) > 1 else None
    return Row(
        label=str(instrument.domains[domain]),
        now=str(instrument.scale[now]),
        before=str(instrument.scale[before]) if before not in (None, now) else "",
        points=[point for point in known if point],
        lines=lines,
    )


def finding_of(instrument: Instrument, ordered: Sequence[Answers]) -> str:
    """What changed between the first and the latest assessment, in a sentence."""
    if len(ordered) == 1:
        return _("Assessed once so far; what changes shows from the second time on.")
    better = worse = same = 0
    for domain in instrument.domains:
        then = instrument.wellbeing(ordered[0].scores.get(domain, NOT_KNOWN))
        now = instrument.wellbeing(ordered[-1].scores.get(domain, NOT_KNOWN))
        if then is None or now is None:
            continue
        better += now > then
        worse += now < then
        same += now == then
    compared = better + worse + same
    if not compared:
        return _("Nothing was known both at first and now, so nothing can be compared.")
    return _(
        "Of %(all)d answers known both times: %(better)d better than at first, %(worse)d worse, "
        "%(same)d the same."
    ) % {"all": compared, "better": better, "worse": worse, "same": same}
