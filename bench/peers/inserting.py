"""In a process with both peers installed: the inserts, in turns."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pghistory
from auditlog.context import set_actor
from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from audit.acting import acting
from audit.models import AuditEvent
from bench.installation import clone, superuser
from bench.measuring import milliseconds_of
from bench.peers.models import Auditlogged, Bare, Ours, Row, Tracked
from bench.people import WORKER, person

WORDS = "The aunt called to say that school starts on Monday. She asks who will bring the child."
NAMES = ("bare", "ours", "auditlog", "pghistory", "pghistory with its context")
# The product closes what it does not know; the peers' own tables are as open as they expect.
OPEN = """
    GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO liwanag_app;
    GRANT ALL ON auditlog_logentry, pghistory_context, peers_bare, peers_ours, peers_auditlogged,
        peers_tracked, peers_trackedevent TO liwanag_app;
    GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO liwanag_app;
"""


def measure(turns: int, count: int) -> dict[str, Any]:
    """What one insert takes in each of NAMES, in milliseconds, turn by turn."""
    took: dict[str, list[float]] = {name: [] for name in NAMES}
    with clone() as database:
        call_command("migrate", run_syncdb=True, verbosity=0)
        with superuser(database) as admin:
            admin.execute(OPEN)
        works = _works()
        for turn in range(-1, turns):
            for name in NAMES:
                taken = milliseconds_of(works[name], count)
                if turn >= 0:
                    took[name].append(taken)
        written = count * (turns + 1)
        kept = {
            "auditlog": LogEntry.objects.filter(
                content_type=ContentType.objects.get_for_model(Auditlogged)
            ).count(),
            "pghistory": Tracked.pgh_event_model.objects.count() // 2,
            "ours": AuditEvent.objects.using("auditor").filter(object_type="peers.ours").count(),
        }
        if set(kept.values()) != {written}:
            raise RuntimeError(f"{written} rows were written, their records are {kept}")
    return took


def _works() -> dict[str, Callable[[], object]]:
    actor = person(WORKER)

    def plainly(model: type[Row], around: Any = contextlib.nullcontext) -> Callable[[], object]:
        def insert() -> None:
            with transaction.atomic(durable=True), around():
                model._default_manager.create(**_values(actor.pk))

        return insert

    def ours() -> None:
        with acting(actor) as act:
            act.authorise("cases.write_note")
            row = Ours._default_manager.create(**_values(actor.pk))
            act.record("note.written", row, fields=["words"], facts={"kind": "contact", "level": 2})

    def auditlogged() -> None:
        # As its middleware does for every request: who it is that asks.
        with set_actor(actor), transaction.atomic(durable=True):
            Auditlogged._default_manager.create(**_values(actor.pk))

    return {
        "bare": plainly(Bare),
        "ours": ours,
        "auditlog": auditlogged,
        "pghistory": plainly(Tracked),
        "pghistory with its context": plainly(
            Tracked, lambda: pghistory.context(user=str(actor.pk), url="/notes/write/")
        ),
    }


def _values(author: uuid.UUID) -> dict[str, Any]:
    return {
        "case_id": uuid.uuid4(),
        "author_id": author,
        "kind": "contact",
        "level": 2,
        "occurred_at": timezone.now() - timedelta(hours=1),
        "words": WORDS,
    }
