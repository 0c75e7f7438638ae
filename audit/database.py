"""The psycopg connection beneath a Django alias: the log is read and written in streams."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper

AnyConnection = psycopg.Connection[Any] | BaseDatabaseWrapper


def psycopg_connection(connection: AnyConnection) -> psycopg.Connection[Any]:
    """The driver's connection, opened if it was not; a psycopg one comes back as it is."""
    if isinstance(connection, psycopg.Connection):
        return connection
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    return raw
