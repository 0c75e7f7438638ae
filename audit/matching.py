"""Whether entries that are shown still match their seals, looked at now: the proof mark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from psycopg.rows import tuple_row

from audit.database import AnyConnection, psycopg_connection
from audit.leaves import EVENT_COLUMNS, event_leaf

State = Literal["sealed", "pending", "broken"]

ROWS = f"""
    SELECT l.hash, {EVENT_COLUMNS} FROM audit_event e LEFT JOIN audit_leaf l ON l.event_id = e.id
    WHERE e.id = ANY(%s)
"""  # noqa: S608 - fixed column names


def states_of(connection: AnyConnection, event_ids: Sequence[int]) -> dict[int, State]:
    """event id → sealed, pending (no place in the log yet) or broken (not what was sealed).

    Each entry is hashed again from its row, so a mark is never an old answer. It says nothing of
    entries that are not there: `audit.verification` does.
    """
    if not event_ids:
        return {}
    raw = psycopg_connection(connection)
    with raw.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(ROWS, [list(event_ids)]).fetchall()
    return {row[1]: _state(row) for row in rows}


def _state(row: tuple[object, ...]) -> State:
    if row[0] is None:
        return "pending"
    return "sealed" if event_leaf(row[1:]) == row[0] else "broken"
