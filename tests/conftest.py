"""A database of its own for every test: real roles, real commits, no rollbacks to hide behind.

The template is provisioned once a run (roles, migrations, walls, keys, the cast); each test works
on a clone of it and drops the clone. Nothing is flushed, since the log refuses it.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connections
from psycopg import sql
from psycopg.conninfo import make_conninfo

from core.provisioning import connect_statements
from tests.cast import Cast, found_cast
from tests.client import WatchedClient, confirm
from tests.template import provision

# One Redis database a worker: clearing one test's cache must not reset another's rate limits.
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
settings.CACHES["default"]["LOCATION"] = (
    settings.CACHES["default"]["LOCATION"].rsplit("/", 1)[0] + f"/{_WORKER + 1}"
)

ALIASES = ("default", "owner", "sequencer", "auditor", "reporting")


def admin_connection(database: str) -> psycopg.Connection[Any]:
    """A superuser's connection, for what no role of the product may do."""
    return psycopg.connect(
        make_conninfo(settings.LIWANAG_ADMIN_DSN, dbname=database), autocommit=True
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the minutes-long tests to `make soak`."""
    if os.environ.get("LIWANAG_SOAK"):
        return
    left_out = pytest.mark.skip(reason="runs in make soak")
    for item in items:
        if item.get_closest_marker("soak"):
            item.add_marker(left_out)


@pytest.fixture(scope="session")
def template(django_db_blocker: Any) -> str:
    """The name of the provisioned database that tests clone. Made by whoever comes first."""
    name: str = connections["default"].settings_dict["NAME"]
    home = Path(settings.LIWANAG_HOME)
    ready = home / "template.ready"
    with (home / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            with django_db_blocker.unblock():
                provision()
                call_command("provision_keys", verbosity=0)
                found_cast()
                for alias in ALIASES:
                    connections[alias].close()
            ready.touch()
    return name


@pytest.fixture
def database(template: str, django_db_blocker: Any) -> Iterator[str]:
    """A fresh clone; every connection of Django points to it, each with its own role."""
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.urandom(4).hex()}"
    with admin_connection("postgres") as admin:
        admin.execute(
            # Copying files is three times as quick as writing the copy to the log, and these
            # servers do not wait for the disk.
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        # A copy has every wall of its template but those of the database itself.
        for statement in connect_statements(name):
            admin.execute(statement)
    try:
        with django_db_blocker.unblock():
            for alias in ALIASES:
                connections[alias].close()
                connections[alias].settings_dict["NAME"] = name
            cache.clear()
            yield name
    finally:
        with django_db_blocker.unblock():
            for alias in ALIASES:
                connections[alias].close()
                connections[alias].settings_dict["NAME"] = template
        with admin_connection("postgres") as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def cast(database: str) -> Cast:
    """The people of the tests, fresh from the database."""
    return Cast()


@pytest.fixture
def superuser(database: str) -> Iterator[psycopg.Connection[Any]]:
    """A superuser on the test's database: the tampering administrator of the threat model."""
    with admin_connection(database) as connection:
        yield connection


@pytest.fixture
def client_of(database: str) -> Callable[[Any], WatchedClient]:
    """`client_of(user)` → a signed-in client that checks every response against the log."""

    def sign_in(user: Any) -> WatchedClient:
        client = WatchedClient()
        client.force_login(user)
        confirm(client, user)
        return client

    return sign_in


@pytest.fixture
def visitor(database: str) -> WatchedClient:
    """Somebody who is not signed in."""
    return WatchedClient()
