"""`manage.py archive_audit_log FILE --as EMAIL [--to N | --remove]`: old entries into a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
from django.contrib.auth import get_user_model
from django.core.exceptions import ObjectDoesNotExist
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from audit.archiving import archive_log, remove_archived
from audit.log_key import LogKeyError
from audit.stored_tree import TreeDamaged
from core.errors import Denied, DomainError


class Command(BaseCommand):
    help = "Archive what the log need not keep at hand; with --remove, take it from the live table."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--as",
            required=True,
            dest="email",
            metavar="EMAIL",
            help="who does it; they must be allowed to archive the log, and it is recorded",
        )
        action = parser.add_mutually_exclusive_group()
        action.add_argument(
            "--to", type=int, dest="last", help="last entry, itself included (all that are old)"
        )
        action.add_argument(
            "--remove",
            action="store_true",
            help="check this archive from end to end and remove its entries from the live table",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        people = get_user_model().objects
        try:
            person = people.get_by_natural_key(options["email"])
        except ObjectDoesNotExist:
            raise CommandError("Nobody has this e-mail address here.") from None
        path, last = options["file"], options["last"]
        try:
            if options["remove"]:
                done = remove_archived(actor=person, path=path)
                said = f"Entries {done.first} to {done.end - 1} are in {path} alone from now on."
            else:
                end = None if last is None else last + 1
                done = archive_log(actor=person, path=path, at=timezone.now(), end=end)
                said = (
                    f"Entries {done.first} to {done.end - 1} are in {path}, SHA-256 {done.sha256}. "
                    "Copy it to two other places, then run this again with --remove."
                )
        except Denied:
            raise CommandError("This person may not archive the audit log.") from None
        except (DomainError, LogKeyError) as error:
            raise CommandError(str(error)) from None
        except TreeDamaged as error:
            raise CommandError(f"The log is damaged: {error}. Run verify_audit.") from None
        except OSError as error:
            raise CommandError(f"The file cannot be used: {error.strerror}.") from None
        except (psycopg.Error, DatabaseError) as error:
            raise CommandError(f"The database did not allow it: {type(error).__name__}.") from None
        self.stdout.write(said)
