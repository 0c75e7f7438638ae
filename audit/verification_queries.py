"""What a verification asks the database."""

from __future__ import annotations

from audit.leaves import EVENT_COLUMNS, utc_text

# How long an event may wait for the sequencer before that is a finding.
WAIT_SECONDS = 60

SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
ENTRIES = f"""
    SELECT l.position, l.event_id, l.hash, {EVENT_COLUMNS}
    FROM audit_leaf l LEFT JOIN audit_event e ON e.id = l.event_id ORDER BY l.position
"""  # noqa: S608 - fixed column names
CHECKPOINTS = f"""
    SELECT size, root, frontier, note, {utc_text("at")} FROM audit_checkpoint ORDER BY size
"""  # noqa: S608 - fixed column names
TOTAL = f"""
    SELECT coalesce(max(size), 0), {utc_text("now()")} FROM audit_checkpoint
"""  # noqa: S608 - fixed column names
COSIGNED = """
    SELECT s.size, s.line, c.note
    FROM audit_cosignature s LEFT JOIN audit_checkpoint c ON c.size = s.size
    WHERE s.witness = %s AND s.key_id = %s ORDER BY s.size DESC, s.cosigned_at DESC LIMIT 1
"""
ELSEWHERE = "SELECT position FROM audit_leaf WHERE hash = %s ORDER BY position LIMIT 1"
# now() is the snapshot's time: what the sequencer did since is not to be seen.
WAITING = f"""
    SELECT e.id, {utc_text("e.at")},
        NOT e.at BETWEEN now() - interval '{WAIT_SECONDS} seconds'
            AND now() + interval '{WAIT_SECONDS} seconds'
    FROM audit_event e
    WHERE NOT EXISTS (SELECT FROM audit_leaf l WHERE l.event_id = e.id) ORDER BY e.id
"""  # noqa: S608 - fixed column names
