"""What a case's own tables tell: what happened, and what is dated to come.

Each table is one branch of a single statement, so that the page asks once however much there is,
and the database sorts and cuts. Nothing sealed is fetched.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import DateField, DateTimeField, Exists, Q, QuerySet

from cases.models import Case
from cases.moment_branch import Branch
from cases.moment_tables import HAPPENED, TO_COME
from cases.selectors import everybody_of
from cases.timeline import Moment
from cases.tracks import TrackStep
from core.actors import Actor


@dataclass(frozen=True)
class Placed:
    """A moment with what orders it among those of the same instant."""

    order: tuple[Any, ...]
    moment: Moment


def _union(
    branches: Sequence[Branch], actor: Actor, case: Case, time: Any, narrow: Q
) -> QuerySet[Any] | None:
    parts = [
        branch.rows(actor, case).order_by().values(**branch.columns(number, time)).filter(narrow)
        for number, branch in enumerate(branches)
    ]
    return parts[0].union(*parts[1:], all=True) if parts else None


def happened(
    actor: Actor, case: Case, *, kind: str, until: datetime | None, most: int
) -> list[Placed]:
    """The newest moments of the case's own tables, not after `until`; of one kind where given."""
    branches = [branch for branch in HAPPENED if kind in ("", branch.kind)]
    narrow = Q(placed__lte=until) if until else Q()
    found = _union(branches, actor, case, DateTimeField(), narrow)
    if found is None:
        return []
    rows = list(found.order_by("-placed", "branch", "row")[:most])
    places = _places(actor, case, rows)
    return [
        Placed(
            (row["branch"], row["row"].int),
            Moment(
                at=row["placed"],
                sentence=branch.sentence(row["code_of"], row["what_of"]),
                kind=branch.kind,
                icon=branch.icon,
                who=row["who_of"],
                url=branch.url(row["row"], row["person_of"], places),
            ),
        )
        for row in rows
        for branch in [branches[row["branch"]]]
    ]


def kinds_told(actor: Actor, case: Case) -> set[str]:
    """Of which kinds the case's own tables tell anything."""
    kinds = sorted({branch.kind for branch in HAPPENED})
    tells = {
        f"tells_{kind}": _any(Exists(b.rows(actor, case)) for b in HAPPENED if b.kind == kind)
        for kind in kinds
    }
    row = Case.objects.visible_to(actor).filter(pk=case.pk).values(**tells).first()
    return {kind for kind in kinds if row and row[f"tells_{kind}"]}


def _any(conditions: Iterable[Any]) -> Any:
    found = None
    for condition in conditions:
        found = condition if found is None else found | condition
    return found


def _places(actor: Actor, case: Case, rows: Iterable[Any]) -> dict[UUID, UUID]:
    """person → their place in the case."""
    return {one.person_id: one.participant_id for one in everybody_of(actor, case.pk).values()}


@dataclass(frozen=True)
class NextDate:
    """Something of the case that has a day to come, or whose day has passed."""

    on: date
    sentence: str
    icon: str = "calendar"
    url: str = ""


def next_dates(
    actor: Actor, case: Case, courts: Iterable[TrackStep], most: int = 6
) -> list[NextDate]:
    """What stands in the calendar of a visible case, soonest first, what is late before it.

    Args:
        courts: what is ahead in the justice track, which belongs to apps above.
    """
    found = _union(TO_COME, actor, case, DateField(), Q())
    rows = list(found.order_by("placed", "branch", "row")[:most]) if found is not None else []
    places = _places(actor, case, rows)
    dates = [
        NextDate(
            row["placed"],
            branch.sentence(row["code_of"], row["what_of"]),
            branch.icon,
            branch.url(row["row"], row["person_of"], places),
        )
        for row in rows
        for branch in [TO_COME[row["branch"]]]
    ]
    dates += [NextDate(step.on, step.sentence, "law", step.url) for step in courts]
    return sorted(dates, key=lambda one: one.on)[:most]
