"""`manage.py audit_proof EVENT_ID --as EMAIL`: the proof that an event is in the log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
from django.contrib.auth import get_user_model
from django.core.exceptions import ObjectDoesNotExist
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from audit.proving import NotInLog, take_proof
from core.errors import Denied


class Command(BaseCommand):
    help = "Write the inclusion proof of one event as tlog-proof text."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("event_id", type=int, help="the event's number")
        parser.add_argument(
            "--as",
            required=True,
            dest="email",
            metavar="EMAIL",
            help="who takes it out; they must be allowed to read the log, and it is recorded",
        )
        parser.add_argument("--file", type=Path, metavar="FILE", help="write it here")
        parser.add_argument(
            "--with-event",
            action="store_true",
            help="put the event itself into the proof, for whoever does not have it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            person = get_user_model().objects.get_by_natural_key(options["email"])
        except ObjectDoesNotExist:
            raise CommandError("Nobody has this e-mail address here.") from None
        try:
            proof = take_proof(
                actor=person, event_id=options["event_id"], with_event=options["with_event"]
            )
        except Denied:
            raise CommandError("This person may not read the audit log.") from None
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
