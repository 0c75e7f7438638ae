"""The whole SQL of an installation, as `manage.py provision_database --print` shows it.

Django cannot write every migration as SQL without a database (some look before they change, some
insert rows). So the migrations are run once in an empty database that is thrown away, and what they
gave it is written down, transaction by transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connections
from django.db.migrations import Migration
from psycopg.conninfo import conninfo_to_dict

from core import walls
from core.management.commands import migrate
from core.provisioning import (
    database_statements,
    event_trigger_statements,
    role_statements,
)

HEAD = """\
-- Liwanag: roles, tables, grants, row-level security and triggers, for PostgreSQL 15 or later.
-- For the empty database "{database}", as a superuser of its server:
--
--     psql --no-psqlrc --set ON_ERROR_STOP=1 --dbname {database} --file THIS_FILE
--
-- It says the same as `manage.py provision_database` does. Afterwards give the roles their
-- passwords and set DATABASE_URL_OWNER, _APP, _SEQUENCER, _AUDITOR and _REPORTING:
--
--     ALTER ROLE liwanag_app LOGIN PASSWORD '…';
"""
PROVISIONED = "database.provisioned"
AS_OWNER = f"SET LOCAL ROLE {walls.OWNER}"
# What only looks is left out; a setting that a trigger asks for is not.
LOOKS = ("SELECT", "SHOW", "EXPLAIN", "SAVEPOINT", "RELEASE SAVEPOINT")
SETS = ("set_config(", "setval(")
RECORDED = 'INSERT INTO "django_migrations"'


class Script:
    """Blocks of statements in their order, each one transaction."""

    def __init__(self) -> None:
        self.blocks: list[tuple[str, list[str]]] = []

    def begin(self, title: str) -> None:
        self.blocks.append((title, []))

    def add(self, statement: str) -> None:
        self.blocks[-1][1].append(statement.strip().rstrip(";"))

    def note(
        self, execute: Callable[..., Any], query: Any, params: Any, many: bool, context: Any
    ) -> Any:
        """Run one statement of Django's and write it down (an `execute_wrapper`)."""
        told = execute(query, params, many, context)
        raw = context["connection"].connection
        for given in params if many else [params]:
            text = (
                psycopg.ClientCursor(raw).mogrify(query, given)
                if given is not None
                else query
                if isinstance(query, str)
                else query.as_string(raw)
            ).strip()
            looks = text.upper().startswith(LOOKS) and not any(word in text for word in SETS)
            if text and not looks and not text.startswith(RECORDED):
                self.add(text)
        return told

    def text(self) -> Iterator[str]:
        for title, statements in self.blocks:
            if statements not in ([], [AS_OWNER]):
                yield f"\n-- {title}\nBEGIN;\n" + "".join(f"{one};\n" for one in statements)
                yield "COMMIT;\n"


class RecordedMigrate(migrate.Command):
    """`migrate`, telling a script where each migration begins and ends."""

    def __init__(self, script: Script) -> None:
        super().__init__()
        self.script = script

    def migration_progress_callback(
        self, action: str, migration: Migration | None = None, fake: bool = False
    ) -> None:
        if migration is None:
            return
        if action == "apply_start":
            if not migration.atomic:
                raise NotImplementedError(f"{migration} is not one transaction")
            self.script.begin(f"{migration.app_label}.{migration.name}")
            self.script.add(AS_OWNER)
        elif action == "apply_success":
            self.script.add(
                "INSERT INTO django_migrations (app, name, applied) VALUES "  # noqa: S608
                f"('{migration.app_label}', '{migration.name}', now())"
            )
            self.script.begin("what follows the migrations: names of models and permissions")
            self.script.add(AS_OWNER)


def printed_sql(scratch: str, database: str) -> Iterator[str]:
    """All SQL from an empty database to one that is ready, in blocks.

    Args:
        scratch: the superuser's connection string of an empty database that is thrown away.
        database: the name of the database for which the SQL is meant.
    """
    script = Script()
    script.begin("roles, and what is closed to everybody")
    for statement in (*role_statements(None), *database_statements(database)):
        script.add(statement.as_string(None))
    with psycopg.connect(scratch, autocommit=True) as admin:
        for statement in (*role_statements(None), *database_statements(admin.info.dbname)):
            admin.execute(statement)
    with ExitStack() as stack:
        stack.enter_context(_owner_at(scratch))
        script.begin("where migrations are written down")
        script.add(AS_OWNER)
        stack.enter_context(connections["owner"].execute_wrapper(script.note))
        call_command(RecordedMigrate(script), database="owner", verbosity=0, interactive=False)
    script.begin("grants, row security and refuse-triggers")
    script.add(AS_OWNER)
    for text in walls.wall_statements():
        script.add(text)
    script.add(provisioned_statement())
    script.begin("what records changes of the database itself")
    for statement in event_trigger_statements():
        script.add(statement.as_string(None))
    yield HEAD.format(database=database)
    yield from script.text()


def provisioned_statement() -> str:
    """SQL that says in the log that the database was set up or brought up to date."""
    number = len(walls.all_walls())
    return (
        "INSERT INTO audit_event (act, verb, facts) VALUES (gen_random_uuid(), "  # noqa: S608
        f"'{PROVISIONED}', jsonb_build_object('tables', {number}))"
    )


@contextmanager
def _owner_at(dsn: str) -> Iterator[None]:
    """Let the owner's connection lead elsewhere for a while."""
    connection = connections["owner"]
    kept = dict(connection.settings_dict)
    parts = conninfo_to_dict(dsn)
    connection.close()
    connection.settings_dict.update(
        NAME=parts["dbname"],
        USER=parts["user"],
        PASSWORD=parts["password"],
        HOST=parts["host"],
        PORT=parts["port"],
        OPTIONS={"options": f"-c role={walls.OWNER}"},
    )
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.clear()
        connection.settings_dict.update(kept)
        # It remembers ids by the connection's name.
        ContentType.objects.clear_cache()
