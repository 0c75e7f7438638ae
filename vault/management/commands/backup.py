"""`manage.py backup --to FOLDER`: an encrypted dump and the manifest of what it needs to open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.utils import timezone

from accounts.models import User
from accounts.service_accounts import KEY_KEEPER_ID
from config.database_shell import connection_variables, find_program
from config.private_postgres import PrivateServerError
from core.errors import DomainError
from vault.errors import KeyUnavailable
from vault.services.backups import write_backup


class Command(BaseCommand):
    help = "Write an age-encrypted, consistent dump of the database with its key manifest."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, required=True, metavar="FOLDER")
        parser.add_argument(
            "--recipient",
            action="append",
            metavar="age1…",
            help="in place of LIWANAG_BACKUP_RECIPIENTS (repeatable)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        database = str(connections["owner"].settings_dict["NAME"])
        try:
            manifest = write_backup(
                actor=User.objects.get(pk=KEY_KEEPER_ID),
                at=timezone.now(),
                folder=options["to"],
                sealed_to=options["recipient"] or settings.LIWANAG_BACKUP_RECIPIENTS,
                program=find_program("pg_dump"),
                variables=connection_variables() | {"PGDATABASE": database},
            )
        except (DomainError, KeyUnavailable, PrivateServerError) as refused:
            raise CommandError(str(refused)) from None
        if options["verbosity"]:
            self.stdout.write(str(manifest))
