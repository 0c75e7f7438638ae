"""`manage.py export_audit_log FILE --as EMAIL`: the log as a file for an outside auditor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
from django.contrib.auth import get_user_model
from django.core.exceptions import ObjectDoesNotExist
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connections

from audit.archived import archived_end
from audit.exporting import TakenBecause, export_log
from audit.log_key import LogKeyError
from audit.stored_tree import TreeDamaged
from core.errors import Denied, DomainError


class Command(BaseCommand):
    help = "Write the audit log to a file that audit/offline/verify_audit.py checks anywhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--as",
            required=True,
            dest="email",
            metavar="EMAIL",
            help="who takes it out; they must be allowed to read the log, and it is recorded",
        )
        parser.add_argument(
            "--because",
            choices=TakenBecause.values,
            default=TakenBecause.OUTSIDE_AUDIT.value,
            dest="purpose",
            help="why it is taken out; it stands in the log and in the review (outside_audit)",
        )
        parser.add_argument("--from", type=int, dest="first", help="first entry (the oldest)")
        parser.add_argument("--to", type=int, dest="last", help="last entry, itself included")

    def handle(self, *args: Any, **options: Any) -> None:
        people = get_user_model().objects
        try:
            person = people.get_by_natural_key(options["email"])
        except ObjectDoesNotExist:
            raise CommandError("Nobody has this e-mail address here.") from None
        last = options["last"]
        first = options["first"]
        if first is None:
            first = archived_end(connections["auditor"])
        try:
            exported = export_log(
                actor=person,
                path=options["file"],
                first=first,
                end=None if last is None else last + 1,
                purpose=options["purpose"],
            )
        except Denied:
            raise CommandError("This person may not read the whole audit log.") from None
        except (DomainError, LogKeyError) as error:
            raise CommandError(str(error)) from None
        except TreeDamaged as error:
            raise CommandError(f"The log is damaged: {error}. Run verify_audit.") from None
        except OSError as error:
            raise CommandError(f"The file cannot be written: {error.strerror}.") from None
        except (psycopg.Error, DatabaseError) as error:
            raise CommandError(f"The database did not answer: {type(error).__name__}.") from None
        self.stdout.write(
            f"Entries {exported.first} to {exported.end - 1} of {exported.size} are in "
            f"{options['file']}."
        )
