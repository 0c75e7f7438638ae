"""Watching the log for unusual reading. It opens reviews and never stops anybody's work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from accounts.models import User
from audit.acting import acting
from audit.reviewing import open_review
from desk.noticing import (
    HOUR,
    Notice,
    at_night,
    despite_conflict,
    near_a_colleague,
    night_of,
    within_an_hour,
)
from desk.selectors.watch import (
    Deed,
    declared_conflicts,
    deeds_of,
    entries_between,
    size_of_log,
    watched_so_far,
    who_worked_on,
)
from desk.watch_rules import WatchRules, watch_rules

# Somebody must be able to say why the database is not what it was.
ALTERED = frozenset({"database.differs", "database.record_altered"})
AT_ONCE = 2_000
MOST_STEPS = 25


def watch_log(*, actor: User) -> int:
    """Look through what is new in the log and open a review of what is unusual.

    It goes on where it ended, a few thousand entries at a time, each in an act of its own whose
    entry says how far it came. It may be run twice or broken off: what is noticed again is the same
    review. The first time it only begins: what happened before anybody watched is not judged.

    Returns:
        How many entries were looked through.

    Raises:
        Denied: the actor may not watch the log.
    """
    size, done = size_of_log(), watched_so_far()
    if done is None:
        _say(actor, size, size, [], [])
        return 0
    first, looked = min(done, size), 0
    for _step in range(MOST_STEPS):
        end = min(first + AT_ONCE, size)
        deeds = entries_between(first, end)
        # Its own entries, and those of jobs that run all day, are nothing new; what fills a whole
        # step is passed over for good.
        altered = [deed for deed in deeds if deed.verb in ALTERED]
        idle = not any(deed.actor_id and deed.actor_id != actor.pk for deed in deeds)
        if idle and not altered and len(deeds) < AT_ONCE:
            return looked
        _say(actor, first, end, list(_noticed(deeds, watch_rules())), altered)
        looked += len(deeds)
        first = end
    return looked


def _noticed(deeds: Sequence[Deed], rules: WatchRules) -> Iterator[Notice]:
    of_person: dict[UUID, list[Deed]] = {}
    for deed in deeds:
        if deed.actor_id and (deed.is_opening or deed.is_refusal):
            of_person.setdefault(deed.actor_id, []).append(deed)
    for person, new in of_person.items():
        began, ended = min(d.at for d in new), max(d.at for d in new)
        yield from within_an_hour(person, deeds_of(person, began - HOUR, ended), rules)
        outside = [deed.at for deed in new if deed.is_opening and rules.is_out_of_hours(deed.at)]
        for start, end in {night_of(at, rules) for at in outside}:
            yield from at_night(person, deeds_of(person, start, end), rules)
    conflicts = declared_conflicts()
    yield from despite_conflict(deeds, conflicts)
    opened = {deed.case_id for deed in deeds if deed.case_id and deed.is_opening}
    near = opened & {conflict.case_id for conflict in conflicts}
    yield from near_a_colleague(deeds, conflicts, who_worked_on(near))


def _say(
    actor: User, first: int, end: int, notices: Sequence[Notice], altered: Sequence[Deed]
) -> None:
    """Record how far the log was looked through, and open the reviews, in one act."""
    people = User.objects.people().in_bulk({notice.person_id for notice in notices})
    with acting(actor) as act:
        act.authorise("audit.watch_log")
        act.record(
            "log.watched",
            facts={"first": first, "upto": end, "noticed": len(notices)},
        )
        for deed in altered:
            open_review(
                act,
                kind="altered_database",
                facts={"event": deed.id, "found": deed.verb.split(".")[1]},
                mark=str(deed.id),
            )
        for notice in notices:
            # A service account reads much by its nature.
            if notice.person_id in people:
                open_review(
                    act,
                    kind="unusual_reading",
                    subject=people[notice.person_id],
                    case_id=notice.case_id,
                    facts={
                        "rule": notice.rule,
                        "day": notice.day,
                        "count": notice.count,
                        "limit": notice.limit,
                        "window_minutes": notice.window_minutes,
                    },
                    mark=notice.mark,
                )
