"""`manage.py provision_database`: roles, schema and walls, from an empty PostgreSQL 15 or later."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections, transaction

from config.private_postgres import PrivateServerError
from config.scratch_server import scratch_server
from core import walls
from core.printing import printed_sql, provisioned_statement
from core.provisioning import (
    Statement,
    database_statements,
    event_trigger_statements,
    role_statements,
)


class Command(BaseCommand):
    help = "Make the database roles, the tables, their grants and their row-level security."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--print",
            action="store_true",
            help="show the whole SQL for a server of yours and touch none of them: the migrations "
            "run on a server that is started for it and thrown away",
        )
        parser.add_argument(
            "--database", default="liwanag", help="with --print: the name of your database"
        )
        parser.add_argument(
            "--skip-migrate", action="store_true", help="roles and walls only, tables are there"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["print"]:
            self._print(options["database"])
            return
        with psycopg.connect(settings.LIWANAG_ADMIN_DSN, autocommit=True) as admin:
            run_as_admin(admin, role_statements(settings.LIWANAG_ROLE_PASSWORDS))
            run_as_admin(admin, database_statements(admin.info.dbname))
            if not options["skip_migrate"]:
                call_command(
                    "migrate", verbosity=max(0, options["verbosity"] - 1), interactive=False
                )
            apply_walls()
            # Last, so that the first provisioning is one entry of the log, the one just written.
            run_as_admin(admin, event_trigger_statements())
        if options["verbosity"]:
            self.stdout.write("The database is ready: roles, tables, grants and row security.")

    def _print(self, database: str) -> None:
        try:
            with scratch_server() as scratch:
                for block in printed_sql(scratch, database):
                    self.stdout.write(block, ending="")
        except PrivateServerError as error:
            raise CommandError(str(error)) from None


def run_as_admin(admin: psycopg.Connection[Any], statements: Iterable[Statement]) -> None:
    """Run the administrator's statements in one transaction: one entry of the log."""
    with admin.transaction():
        for statement in statements:
            admin.execute(statement)


def apply_walls() -> None:
    """Apply every wall as the owner, all or none, and say so in the log."""
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        for statement in walls.wall_statements():
            cursor.execute(statement)
        cursor.execute(provisioned_statement())
