"""Inside the private installation: how it is provisioned, and copies of it to work on."""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql
from psycopg.conninfo import make_conninfo

from bench import child
from bench import people as own_people
from config.database_shell import connection_variables, find_program
from core.provisioning import role_statements


def provision() -> None:
    """Do what an administrator does on a new machine."""
    call_command("provision_database", verbosity=0)
    call_command("provision_keys", verbosity=0)
    own_people.found()


def restore(dump: str, *, people: bool) -> None:
    """Do what an administrator does with a dump on a new machine; with `people`, let the bench's
    own join."""
    with superuser(connections["default"].settings_dict["NAME"]) as admin:
        for statement in role_statements(settings.LIWANAG_ROLE_PASSWORDS):
            admin.execute(statement)
    psql = [find_program("psql"), "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    subprocess.run(
        [*psql, "--output=/dev/null", f"--file={dump}"], env=connection_variables(), check=True
    )
    call_command("provision_database", "--skip-migrate", verbosity=0)
    if people:
        own_people.found()


@contextmanager
def clone() -> Iterator[str]:
    """Work on a copy of the provisioned database and drop it afterwards.

    Within, every connection of this process goes to the copy. Yields its name, for children.
    """
    original = connections["default"].settings_dict["NAME"]
    name = f"bench_{secrets.token_hex(4)}"
    copy = sql.Identifier(name)
    child.point_to(original)  # closes what is open there: a template may have no users
    with superuser("postgres") as admin:
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(copy, sql.Identifier(original))
        )
    try:
        child.point_to(name)
        yield name
    finally:
        child.point_to(original)
        with superuser("postgres") as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(copy))


def superuser(database: str) -> psycopg.Connection[Any]:
    """A superuser's connection, for making copies and for filling them in bulk."""
    return psycopg.connect(
        make_conninfo(settings.LIWANAG_ADMIN_DSN, dbname=database), autocommit=True
    )


def login(role: str) -> str:
    """The connection string of one role (an alias of DATABASES) to the database now in use."""
    found = connections[role].settings_dict
    return make_conninfo(
        dbname=found["NAME"],
        user=found["USER"],
        password=found["PASSWORD"],
        host=found["HOST"],
        port=found["PORT"],
        **found["OPTIONS"],
    )
