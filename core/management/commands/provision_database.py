"""`manage.py provision_database`: roles, schema and walls, from an empty PostgreSQL 15 or later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connections, transaction
from psycopg import sql

from core import walls

EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist", "citext")


def role_statements(passwords: dict[str, str] | None) -> Iterator[sql.SQL | sql.Composed]:
    """SQL for the five roles.

    Args:
        passwords: short role name (`app`, …) → password, for roles that log in themselves; None
            when one outside login is a member of all of them and switches.
    """
    for role in walls.ROLES:
        name = sql.Identifier(role)
        yield sql.SQL(
            "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {}) "
            "THEN CREATE ROLE {} NOLOGIN; END IF; END $$"
        ).format(sql.Literal(role), name)
        yield sql.SQL(
            "ALTER ROLE {} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT"
        ).format(name)
        yield sql.SQL("GRANT {} TO CURRENT_USER").format(name)
        password = (passwords or {}).get(role.removeprefix("liwanag_"))
        if password:
            yield sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(name, sql.Literal(password))


def database_statements(database: str) -> Iterator[sql.SQL | sql.Composed]:
    """SQL that closes the database and its schema to everyone not named here."""
    name = sql.Identifier(database)
    roles = sql.SQL(", ").join(map(sql.Identifier, walls.ROLES))
    owner = sql.Identifier(walls.OWNER)
    for extension in EXTENSIONS:
        yield sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension))
    yield sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name)
    yield sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, roles)
    yield sql.SQL("GRANT CREATE, TEMPORARY ON DATABASE {} TO {}").format(name, owner)
    yield sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    yield sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(roles)
    yield sql.SQL("GRANT CREATE ON SCHEMA public TO {}").format(owner)


class Command(BaseCommand):
    help = "Make the database roles, the tables, their grants and their row-level security."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--print", action="store_true", help="show the SQL, run nothing")
        parser.add_argument(
            "--skip-migrate", action="store_true", help="roles and walls only, tables are there"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["print"]:
            self._print()
            return
        with psycopg.connect(settings.LIWANAG_ADMIN_DSN, autocommit=True) as admin:
            for statement in role_statements(settings.LIWANAG_ROLE_PASSWORDS):
                admin.execute(statement)
            for statement in database_statements(admin.info.dbname):
                admin.execute(statement)
        if not options["skip_migrate"]:
            call_command("migrate", verbosity=max(0, options["verbosity"] - 1), interactive=False)
        apply_walls()
        if options["verbosity"]:
            self.stdout.write("The database is ready: roles, tables, grants and row security.")

    def _print(self) -> None:
        for statement in (*role_statements(None), *database_statements("liwanag")):
            self.stdout.write(statement.as_string(None) + ";")
        self.stdout.write("-- then `manage.py migrate`, then, as the owner:")
        for text in walls.wall_statements():
            self.stdout.write(text + ";")


def apply_walls() -> None:
    """Apply every wall as the owner, all or none."""
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        for statement in walls.wall_statements():
            cursor.execute(statement)
