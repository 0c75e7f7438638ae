"""What the watch reads of the log: what is new, and what one person did within a span of time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connections
from psycopg.rows import tuple_row

from audit.database import psycopg_connection
from audit.verbs import looks, registry
from desk.selectors.log_search import verbs_of_kind

COLUMNS = "e.id, e.at, e.actor_id, e.verb, e.case_id, e.object_id, e.facts ->> 'asked'"
# The order of the log is final, that of ids is not: nothing that commits late is passed over.
NEW = f"""
    SELECT {COLUMNS} FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id
    WHERE l.position >= %s AND l.position < %s ORDER BY l.position
"""  # noqa: S608 - fixed column names
OF_PERSON = f"""
    SELECT {COLUMNS} FROM audit_event e
    WHERE e.actor_id = %s AND e.at >= %s AND e.at <= %s AND e.verb = ANY(%s) ORDER BY e.at, e.id
"""  # noqa: S608 - fixed column names
WATCHED = """
    SELECT (facts ->> 'upto')::bigint FROM audit_event WHERE verb = 'log.watched'
    ORDER BY id DESC LIMIT 1
"""
SIZE = "SELECT coalesce(max(position), -1) + 1 FROM audit_leaf"
# A conflict is lifted for good by a later entry about the same declaration.
CONFLICTS = """
    SELECT d.facts ->> 'for', d.case_id, d.at, (
        SELECT min(l.at) FROM audit_event l
        WHERE l.verb = 'conflict.lifted' AND l.object_id = d.object_id AND l.id > d.id
    )
    FROM audit_event d WHERE d.verb = 'conflict.declared' AND d.case_id IS NOT NULL
"""

WORKED = """
    SELECT DISTINCT actor_id, case_id FROM audit_event
    WHERE case_id = ANY(%s) AND actor_id IS NOT NULL AND outcome = 'done' AND verb <> ALL(%s)
"""

# What is no work on a case though it is no look either: saying why one opens it, breaking into it,
# asking for a review of that, naming who is too close to it, answering that one has read, and what
# was met on the way.
NO_WORK = (
    "purpose",
    "glass",
    "review",
    "conflict",
    "text",
    "key",
    "keys",
    "act",
    "record",
    "job",
    "log",
)
ANSWERS = ("note.mention_answered", "safe_contact.acknowledged", "note.draft_discarded")
READS = "reads"
REFUSALS = "refusals"


@dataclass(frozen=True, slots=True)
class Deed:
    """One entry, as far as the watch needs it."""

    id: int
    at: datetime
    actor_id: UUID | None
    verb: str
    case_id: UUID | None
    object_id: UUID | None
    asked: str | None

    @property
    def is_opening(self) -> bool:
        return self.verb in verbs_of_kind(READS)

    @property
    def is_refusal(self) -> bool:
        return self.verb in verbs_of_kind(REFUSALS)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Who declared that they should not work on which case, and until when it holds."""

    user_id: UUID
    case_id: UUID
    since: datetime
    until: datetime | None


def watched_so_far() -> int | None:
    """The place in the log up to which it was looked through; None at the very first time."""
    rows = _rows(WATCHED)
    return int(rows[0][0]) if rows else None


def size_of_log() -> int:
    """How many entries have their place."""
    return int(_rows(SIZE)[0][0])


def entries_between(first: int, end: int) -> list[Deed]:
    """The entries at the places from `first` to below `end`, in the order of the log."""
    return [Deed(*row) for row in _rows(NEW, first, end)]


def deeds_of(person_id: UUID, since: datetime, until: datetime) -> list[Deed]:
    """What one person opened or was refused within a span of time, oldest first."""
    verbs = [*verbs_of_kind(READS), *verbs_of_kind(REFUSALS)]
    return [Deed(*row) for row in _rows(OF_PERSON, person_id, since, until, verbs)]


def declared_conflicts() -> list[Conflict]:
    """Every conflict of interest the log knows of."""
    return [
        Conflict(UUID(user), case, since, until)
        for user, case, since, until in _rows(CONFLICTS)
        if user
    ]


def who_worked_on(cases: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """(person, case) of everybody who changed something in one of these cases."""
    if not cases:
        return set()
    return {(person, case) for person, case in _rows(WORKED, list(cases), list(_no_work()))}


@cache
def _no_work() -> tuple[str, ...]:
    """The verbs after which nobody has worked on a case."""
    return tuple(
        verb
        for verb in sorted(registry())
        if verb in looks() or verb in ANSWERS or verb.split(".")[0] in NO_WORK
    )


def _rows(query: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with psycopg_connection(connections["auditor"]).cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(query, parameters).fetchall()
