"""The proof of one event, from the rows."""

from __future__ import annotations

from django.core.exceptions import ObjectDoesNotExist
from django.db import connections
from psycopg.rows import tuple_row

from audit.acting import acting
from audit.database import AnyConnection, psycopg_connection
from audit.leaves import EVENT_COLUMNS, canonical_payload
from audit.merkle import leaf_hash
from audit.models import AuditEvent
from audit.stored_tree import StoredTree, TreeDamaged
from audit.tlog_proof import LogProof
from core.actors import Actor

ENTRY = f"""
    SELECT l.position, {EVENT_COLUMNS} FROM audit_event e JOIN audit_leaf l ON l.event_id = e.id
    WHERE e.id = %s
"""  # noqa: S608 - fixed column names


class NotInLog(Exception):
    """There is no proof of this event. The message says why."""


def prove_event(connection: AnyConnection, event_id: int, *, with_event: bool = False) -> LogProof:
    """Prove that an event, as it stands now, is in the log.

    Args:
        connection: the alias "auditor", or a psycopg connection that may read the log.
        event_id: the event's number.
        with_event: put its payload into the proof's extra line.

    Returns:
        A proof under the newest cosigned checkpoint that covers the event, or under the newest
        one while there is none. It has been checked.

    Raises:
        NotInLog: there is no such event, it has no place yet, or it is not what was logged.
    """
    raw = psycopg_connection(connection)
    with raw.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(ENTRY, [event_id]).fetchone()
    if row is None:
        # An archived one too: its file is an export and carries its own proof.
        raise NotInLog(f"Event {event_id} has no place in the audit log, or there is none.")
    index, payload = row[0], canonical_payload(row[1:])
    tree = StoredTree(raw)
    checkpoint = tree.covering(index)
    if checkpoint is None:
        raise NotInLog(f"Event {event_id} is not yet under a signed checkpoint.")
    try:
        hashes = tree.inclusion_proof(index, checkpoint.size)
    except TreeDamaged as error:
        raise NotInLog(f"The audit log is damaged: {error}. Run verify_audit.") from None
    note = tree.note_with_cosignatures(checkpoint)
    proof = LogProof(index, tuple(hashes), note, payload if with_event else None)
    if not proof.proves(leaf_hash(payload)):
        raise NotInLog(f"Event {event_id} is not what was logged. Run verify_audit.")
    return proof


def take_proof(*, actor: Actor, event_id: int, with_event: bool = False) -> LogProof:
    """Take the proof of one event out, in somebody's name.

    Args:
        actor: who takes it out; it is in the log before they have it.
        event_id, with_event: as for `prove_event`.

    Raises:
        Denied: the actor may not read the log; recorded.
        NotInLog: as `prove_event`, or the event is not the actor's to read.
    """
    with acting(actor) as act:
        act.authorise("audit.read_log")
        try:
            AuditEvent.objects.visible_to(actor).get(pk=event_id)
        except ObjectDoesNotExist:
            raise NotInLog(
                f"Event {event_id} has no place in the audit log, or there is none."
            ) from None
        proof = prove_event(connections["auditor"], event_id, with_event=with_event)
        act.record("log.proof_taken", facts={"entry": event_id})
    return proof
