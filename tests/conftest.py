"""A database of its own for every test: real roles, real commits, no rollbacks to hide behind.

The template is provisioned once a run (roles, migrations, walls, keys, the cast); each test works
on a clone of it and drops the clone. Nothing is flushed, since the log refuses it.
"""

from __future__ import annotations

import fcntl
import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
from tests.world import World

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


@pytest.fixture(scope="session")
def world_template(template: str, django_db_blocker: Any) -> tuple[str, Path]:
    """The name of a database that holds a World, and the file that the World's object lies in.

    Making one goes through some hundred services and takes seconds; whoever comes first does it.
    """
    name = f"{template}_world"
    home = Path(settings.LIWANAG_HOME)
    kept = home / "world.pickle"
    with (home / "world.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            with admin_connection("postgres") as admin:
                admin.execute(
                    sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
                )
            copy_database(template, name)
            with django_db_blocker.unblock(), connected_to(name):
                made = pickle.dumps(World(Cast()))
            draft = kept.with_suffix(".draft")
            draft.write_bytes(made)
            draft.replace(kept)
    return name, kept


def copy_database(source: str, name: str) -> None:
    """Make a database like another, which nobody may be connected to."""
    with admin_connection("postgres") as admin:
        admin.execute(
            # Copying files is three times as quick as writing the copy to the log, and these
            # servers do not wait for the disk.
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(source)
            )
        )
        # A copy has every wall of its template but those of the database itself.
        for statement in connect_statements(name):
            admin.execute(statement)


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """Every connection of Django points to this database, each with its own role."""
    before = {alias: connections[alias].settings_dict["NAME"] for alias in ALIASES}
    try:
        for alias in ALIASES:
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = name
        cache.clear()
        yield
    finally:
        for alias in ALIASES:
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = before[alias]


@pytest.fixture
def database(
    request: pytest.FixtureRequest, template: str, django_db_blocker: Any
) -> Iterator[str]:
    """A fresh clone of the template, or of the World's for a test that asks for `world`."""
    source = template
    if "world" in request.fixturenames:
        source, _ = request.getfixturevalue("world_template")
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.urandom(4).hex()}"
    copy_database(source, name)
    try:
        with django_db_blocker.unblock(), connected_to(name):
            yield name
    finally:
        with admin_connection("postgres") as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def world(database: str, world_template: tuple[str, Path]) -> World:
    """One of everything, in this test's own database."""
    made: World = pickle.loads(world_template[1].read_bytes())  # noqa: S301 - written by this run
    made.cast = Cast()
    return made


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
