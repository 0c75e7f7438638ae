"""What is unusual about somebody's reading: pure rules over the entries of the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.utils import timezone

from desk.selectors.watch import Conflict, Deed
from desk.watch_rules import WatchRules

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Notice:
    """Something that a person should ask about.

    `day` is what it is said once for: one notice a day for each rule and person, so that a reviewer
    gets a question and not a stream.
    """

    rule: str
    person_id: UUID
    day: str
    count: int
    limit: int
    window_minutes: int
    case_id: UUID | None = None

    @property
    def mark(self) -> str:
        """The same for the same thing noticed again."""
        return f"{self.rule}:{self.person_id}:{self.day}:{self.case_id or ''}"


def within_an_hour(person_id: UUID, deeds: Sequence[Deed], rules: WatchRules) -> Iterator[Notice]:
    """Many cases, many identities or many refusals of one person within any sixty minutes.

    Args:
        deeds: their openings and refusals, oldest first.
    """
    measures: tuple[tuple[str, int, Callable[[Deed], Hashable | None]], ...] = (
        (
            "many_cases_in_an_hour",
            rules.cases_in_an_hour,
            lambda deed: deed.case_id if deed.is_opening else None,
        ),
        (
            "many_identities_in_an_hour",
            rules.identities_in_an_hour,
            lambda deed: deed.object_id if deed.verb == "identity.shown" else None,
        ),
        (
            "repeated_refusals",
            rules.refusals_in_an_hour,
            lambda deed: deed.id if deed.is_refusal else None,
        ),
    )
    for rule, limit, what in measures:
        counted = [(deed.at, thing) for deed in deeds if (thing := what(deed)) is not None]
        for day, most in _most_within(counted, HOUR).items():
            if most >= limit:
                yield Notice(rule, person_id, day, most, limit, 60)


def _most_within(things: Sequence[tuple[datetime, Hashable]], span: timedelta) -> dict[str, int]:
    """day → the most different things within any span that ended on it."""
    found: dict[str, int] = {}
    inside, first = Counter[Hashable](), 0
    for at, thing in things:
        inside[thing] += 1
        while things[first][0] <= at - span:
            gone = things[first][1]
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
            first += 1
        day = str(timezone.localdate(at))
        found[day] = max(found.get(day, 0), len(inside))
    return found


def night_of(at: datetime, rules: WatchRules) -> tuple[datetime, datetime]:
    """The day's span that a moment belongs to: from the first working hour to the next day's."""
    day = (timezone.localtime(at) - timedelta(hours=rules.first_hour)).date()
    start = timezone.make_aware(datetime.combine(day, time(rules.first_hour)))
    return start, start + timedelta(days=1)


def at_night(person_id: UUID, deeds: Iterable[Deed], rules: WatchRules) -> Iterator[Notice]:
    """Many openings in one night or on one day of rest."""
    nights = Counter[datetime]()
    for deed in deeds:
        if deed.is_opening and rules.is_out_of_hours(deed.at):
            nights[night_of(deed.at, rules)[0]] += 1
    for start, count in nights.items():
        if count >= rules.out_of_hours_openings:
            yield Notice(
                "out_of_hours",
                person_id,
                str(timezone.localdate(start)),
                count,
                rules.out_of_hours_openings,
                24 * 60,
            )


def despite_conflict(deeds: Iterable[Deed], conflicts: Iterable[Conflict]) -> Iterator[Notice]:
    """Asking for a case after declaring to be close to somebody in it, once is enough.

    The log holds no names and no kinship, and it should not. What it knows is the declaration: a
    colleague who said "I am close to this case" loses sight of it, so an address of it that they
    ask for afterwards, or an opening that still succeeds, is a look-up of somebody near to them.
    Cases of the same person that were not declared are not seen by this rule.
    """
    by_user: dict[UUID, list[Conflict]] = {}
    for conflict in conflicts:
        by_user.setdefault(conflict.user_id, []).append(conflict)
    counts = Counter[tuple[UUID, str, UUID]]()
    for deed in deeds:
        for conflict in by_user.get(deed.actor_id, ()) if deed.actor_id else ():
            about = deed.case_id == conflict.case_id and (deed.is_opening or deed.is_refusal)
            if not about and deed.asked != str(conflict.case_id):
                continue
            if deed.at > conflict.since and not (conflict.until and deed.at >= conflict.until):
                day = str(timezone.localdate(deed.at))
                counts[conflict.user_id, day, conflict.case_id] += 1
    for (person, day, case), count in counts.items():
        yield Notice("asked_despite_a_conflict", person, day, count, 1, 24 * 60, case)


def near_a_colleague(
    deeds: Iterable[Deed], conflicts: Sequence[Conflict], worked: Container[tuple[UUID, UUID]]
) -> Iterator[Notice]:
    """Looking up a colleague's relative: opening a case that somebody else declared to be too
    close to, without ever having worked on it. Once is enough; those who work on it are not asked.

    Args:
        worked: (person, case) of everybody who changed something in one of these cases.
    """
    near: dict[UUID, list[Conflict]] = {}
    for conflict in conflicts:
        near.setdefault(conflict.case_id, []).append(conflict)
    counts = Counter[tuple[UUID, str, UUID]]()
    for deed in deeds:
        if not (deed.actor_id and deed.case_id and deed.is_opening):
            continue
        others = [
            conflict
            for conflict in near.get(deed.case_id, ())
            if conflict.user_id != deed.actor_id and deed.at > conflict.since
        ]
        if others and (deed.actor_id, deed.case_id) not in worked:
            counts[deed.actor_id, str(timezone.localdate(deed.at)), deed.case_id] += 1
    for (person, day, case), count in counts.items():
        yield Notice("looked_at_a_case_near_a_colleague", person, day, count, 1, 24 * 60, case)
