"""Writing one audit event: a raw INSERT of the columns that the application is granted.

The application may not read, number or date its own audit rows, so neither RETURNING nor a
DEFAULT is used here; the database sets id, time and login.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, models

from audit.purposes import purpose_for
from audit.request_id import current_request_id
from audit.verbs import registry
from core.actors import Actor

INSERT = """
    INSERT INTO audit_event (act, request_id, actor_id, agency_id, role, verb, object_type,
        object_id, case_id, fields, facts, purpose, outcome, commitment)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s)
"""

INSERT_MANY = """
    INSERT INTO audit_event (act, request_id, actor_id, agency_id, role, verb, object_type,
        object_id, case_id, fields, facts, purpose, outcome)
    SELECT %s, %s, %s, %s, %s, %s, about.object_type, about.object_id, about.case_id, '{}',
        about.facts, about.purpose, 'done'
    FROM jsonb_to_recordset(%s::jsonb)
        AS about (object_type text, object_id uuid, case_id uuid, facts jsonb, purpose text)
"""


def write_event(
    *,
    act: UUID,
    actor: Actor | None,
    verb: str,
    record: models.Model | None = None,
    object_type: str = "",
    object_id: UUID | None = None,
    case_id: UUID | None = None,
    fields: Sequence[str] = (),
    facts: Mapping[str, Any] | None = None,
    purpose: str = "",
    outcome: str = "done",
    commitment: bytes | None = None,
) -> None:
    """Write one event in the open transaction.

    Args:
        act: the act or reading the event belongs to.
        actor: who; None for a failed sign-in.
        verb: one of `audit.verbs.registry()`.
        record: what it is about; gives object_type, object_id and, where it has one, case_id.
        fields: names of the fields changed or shown, never their values.
        facts: counts, codes and states only: strings, integers, booleans, lists of these. Never
            personal data; the log outlives an erasure.
        purpose: a purpose code, or the code of a legal basis. Left out, it is the record's own
            `log_purpose`, where the record has one, or what was stated for the case
            (`audit.purposes`).
        outcome: `done`, `refused` or `failed`.
        commitment: what ties the event to words that must be provable later without standing in
            the log (`vault.commitments.commit`).

    Raises:
        KeyError: the verb is not registered.
        TypeError: a fact is not one of the kinds above.
        DatabaseError: it could not be written; the act or the read must then fail too.
    """
    if verb not in registry():
        raise KeyError(f"audit verb {verb} is not registered")
    check_facts(facts or {})
    if record is not None:
        object_type = object_type or record._meta.label_lower
        object_id = object_id or record.pk
        case_id = case_id or case_of(record)
        purpose = purpose or getattr(record, "log_purpose", "")
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT,
            [
                act,
                current_request_id.get(),
                actor.pk if actor else None,
                actor.agency_id if actor else None,
                actor.acting_role if actor else "",
                verb,
                object_type,
                object_id,
                case_id,
                list(fields),
                json.dumps(dict(facts or {}), sort_keys=True),
                purpose or purpose_for(case_id),
                outcome,
                commitment,
            ],
        )


def write_events(
    *,
    act: UUID,
    actor: Actor | None,
    verb: str,
    records: Sequence[models.Model],
    facts: Sequence[Mapping[str, Any]],
) -> None:
    """Write one event for each of many records, in their order, with one statement.

    Each bears its record's own purpose, or what was stated for its case.

    Args:
        act, actor, verb: as for `write_event`.
        records: what the events are about, one each.
        facts: the facts of each, in the same order.

    Raises:
        KeyError: the verb is not registered.
        ValueError: not as many facts as records.
        DatabaseError: as for `write_event`.
    """
    if verb not in registry():
        raise KeyError(f"audit verb {verb} is not registered")
    check_facts(facts)
    about = [
        {
            "object_type": record._meta.label_lower,
            "object_id": str(record.pk),
            "case_id": str(case) if (case := case_of(record)) else None,
            "facts": dict(its_facts),
            "purpose": getattr(record, "log_purpose", "") or purpose_for(case),
        }
        for record, its_facts in zip(records, facts, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT_MANY,
            [
                act,
                current_request_id.get(),
                actor.pk if actor else None,
                actor.agency_id if actor else None,
                actor.acting_role if actor else "",
                verb,
                json.dumps(about, sort_keys=True),
            ],
        )


def check_facts(value: Any) -> None:
    """Facts enter the log's hashes as canonical JSON: no fractions, no dates, nothing unnamed.

    Raises:
        TypeError: another kind of value.
    """
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise TypeError("facts are named by strings")
            check_facts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            check_facts(inner)
    elif not isinstance(value, str | int | bool | None):
        raise TypeError(f"facts hold no {type(value).__name__}")


def case_of(record: models.Model) -> UUID | None:
    """The case a record belongs to, so that a case's own history can be asked for."""
    if record._meta.label_lower == "cases.case":
        own: UUID = record.pk
        return own
    case_id: UUID | None = getattr(record, "case_id", None)
    return case_id
