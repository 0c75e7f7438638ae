"""A PostgreSQL server of nobody's, for work that must not touch any other, gone afterwards."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg.conninfo import make_conninfo

from config import env
from config.machine import make_private
from config.private_postgres import DATABASE, SUPERUSER, PrivatePostgres


@contextmanager
def scratch_server() -> Iterator[str]:
    """Start one with an empty database and give its superuser's connection string.

    Raises:
        PrivateServerError: there are no programs of PostgreSQL here, or it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="liwanag-") as folder:
        home, password = Path(folder), secrets.token_urlsafe(32)
        make_private(home / "run")
        server = PrivatePostgres(home, password, bin_folder=env.current.postgres_bin, durable=False)
        try:
            port = server.start()
            yield make_conninfo(
                host="127.0.0.1", port=port, user=SUPERUSER, password=password, dbname=DATABASE
            )
        finally:
            server.stop()
