"""Events that wait for their place in the log longer than they should."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg.rows import tuple_row

from audit.database import AnyConnection, psycopg_connection

# How long an event may wait for its place before somebody must look.
WAIT = timedelta(minutes=1)
# Events commit out of order, but not by more than this many; what lies deeper, the sequencer's own
# full search finds within ten minutes, or `full` here.
WINDOW = 50_000

# Near the newest leaf, which an index finds at once: no page may compare a million rows.
WAITING = """
    SELECT count(*), min(e.at) FROM audit_event e
    WHERE e.id > %s AND e.at < %s
        AND NOT EXISTS (SELECT FROM audit_leaf l WHERE l.event_id = e.id)
"""
NEWEST_LEAF = "SELECT coalesce(max(event_id), 0) FROM audit_leaf"
BELOW_ALL = -(2**63)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Events that have waited too long for their place: how many, and since when."""

    count: int
    since: datetime | None


def waiting_events(connection: AnyConnection, at: datetime, *, full: bool = False) -> Waiting:
    """Events older than a minute at `at` that have no place.

    Args:
        connection: of the auditor or the sequencer.
        at: the moment to judge by.
        full: look through the whole log, not only near its end.
    """
    with psycopg_connection(connection).cursor(row_factory=tuple_row) as cursor:
        newest = (cursor.execute(NEWEST_LEAF).fetchone() or (0,))[0]
        above = BELOW_ALL if full else newest - WINDOW
        count, since = cursor.execute(WAITING, [above, at - WAIT]).fetchone() or (0, None)
    return Waiting(count, since)
