"""`manage.py audit_proof EVENT_ID`: the proof that an event is in the log, for anybody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connections

from audit.proving import NotInLog, prove_event


class Command(BaseCommand):
    help = "Write the inclusion proof of one event as tlog-proof text."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("event_id", type=int, help="the event's number")
        parser.add_argument("--file", type=Path, metavar="FILE", help="write it here")
        parser.add_argument(
            "--with-event",
            action="store_true",
            help="put the event itself into the proof, for whoever does not have it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            proof = prove_event(
                connections["auditor"], options["event_id"], with_event=options["with_event"]
            )
        except NotInLog as error:
            raise CommandError(str(error)) from None
        except (psycopg.Error, DatabaseError) as error:
            raise CommandError(f"The database did not answer: {type(error).__name__}.") from None
        if options["file"] is None:
            self.stdout.write(proof.encode(), ending="")
            return
        try:
            options["file"].write_text(proof.encode())
        except OSError as error:
            raise CommandError(f"The proof cannot be written: {error.strerror}.") from None
