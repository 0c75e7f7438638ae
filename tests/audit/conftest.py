"""A log to write to, sequence, verify and, as the superuser, tamper with."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections

from audit import log_key
from audit.findings import Report
from audit.leaves import EVENT_COLUMNS, event_leaf
from audit.sequencing import sequence_all
from audit.verification import verify

TABLES = ("audit_event", "audit_leaf", "audit_checkpoint", "audit_cosignature")
INSERT = """
    INSERT INTO audit_event (act, request_id, actor_id, agency_id, role, verb, object_type,
        object_id, case_id, fields, facts, purpose, outcome, commitment)
    VALUES (%(act)s, %(request_id)s, %(actor_id)s, %(agency_id)s, %(role)s, %(verb)s,
        %(object_type)s, %(object_id)s, %(case_id)s, %(fields)s, %(facts)s::jsonb, %(purpose)s,
        %(outcome)s, %(commitment)s)
"""


def event(**changes: Any) -> dict[str, Any]:
    """The columns of one event that the application may set."""
    return {
        "act": uuid.uuid4(),
        "request_id": uuid.uuid4(),
        "actor_id": uuid.uuid4(),
        "agency_id": uuid.uuid4(),
        "role": "caseworker",
        "verb": "case.opened",
        "object_type": "cases.case",
        "object_id": uuid.uuid4(),
        "case_id": uuid.uuid4(),
        "fields": ["status"],
        "facts": '{"to": "open", "notes": 3}',
        "purpose": "court_date",
        "outcome": "done",
        "commitment": b"c" * 32,
        **changes,
    }


class Log:
    """What the tests do to a log. Every write commits."""

    def say(self, count: int = 1, **changes: Any) -> None:
        """Write events as the application."""
        with connections["default"].cursor() as cursor:
            for _ in range(count):
                cursor.execute(INSERT, event(**changes))

    def sequence(self) -> int:
        """Sequence all as the sequencer."""
        return sequence_all(connections["sequencer"])

    def verify(self, trusted: str | None = None) -> Report:
        """Verify as the auditor."""
        return verify(connections["auditor"], trusted_note=trusted)

    def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Read as the auditor."""
        with connections["auditor"].cursor() as cursor:
            cursor.execute(query, parameters)
            return cursor.fetchall()

    def order(self) -> list[int]:
        """The events in the order of the log."""
        return [row[0] for row in self.rows("SELECT event_id FROM audit_leaf ORDER BY position")]

    def sizes(self) -> list[int]:
        return [row[0] for row in self.rows("SELECT size FROM audit_checkpoint ORDER BY size")]

    def note(self) -> str:
        """The newest checkpoint."""
        last = "SELECT note FROM audit_checkpoint ORDER BY size DESC LIMIT 1"
        return str(self.rows(last)[0][0])

    def leaf_of(self, event_id: int) -> bytes:
        """The leaf of an event as it stands now."""
        query = f"SELECT {EVENT_COLUMNS} FROM audit_event e WHERE e.id = %s"
        return event_leaf(self.rows(query, event_id)[0])


@pytest.fixture
def keys_dir(settings: Any, tmp_path: Path) -> Path:
    """A folder with a fresh log key."""
    sealing = Path(settings.LIWANAG_KEYS_DIR) / "key-encryption.key"
    settings.LIWANAG_KEYS_DIR = tmp_path / "keys"
    settings.LIWANAG_LOG_ORIGIN = "test.example/log"
    log_key.create_log_key()
    # What is sealed opens with the same key as before.
    if sealing.exists():
        shutil.copy2(sealing, tmp_path / "keys")
    return tmp_path / "keys"


@pytest.fixture
def log(superuser: psycopg.Connection[Any], keys_dir: Path) -> Log:
    """An empty log with a key: what was written before the test began is taken out."""
    # First of all, what would write down the rest.
    for name in ("liwanag_ddl", "liwanag_drop"):
        superuser.execute(f"ALTER EVENT TRIGGER {name} DISABLE")
    for table in TABLES:
        superuser.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    superuser.execute(f"TRUNCATE {', '.join(TABLES)} RESTART IDENTITY")
    for table in TABLES:
        superuser.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only")
    superuser.execute("ALTER TABLE audit_event ENABLE ALWAYS TRIGGER kept")
    return Log()


@pytest.fixture
def tamper(log: Log, superuser: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """A superuser who has switched the refuse-triggers off."""
    for table in TABLES:
        superuser.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    return superuser


@pytest.fixture
def written(log: Log) -> Log:
    """Twelve entries under checkpoints of size 3, 7 and 12."""
    for count in (3, 4, 5):
        log.say(count)
        log.sequence()
    assert log.sizes() == [3, 7, 12]
    return log


def rewrite_with_the_stolen_key(log: Log, tamper: psycopg.Connection[Any]) -> None:
    """Change an event, then make every leaf and checkpoint anew."""
    tamper.execute("UPDATE audit_event SET purpose = 'audit' WHERE id = %s", [log.order()[5]])
    tamper.execute("DELETE FROM audit_leaf")
    tamper.execute("DELETE FROM audit_checkpoint")
    log.sequence()
