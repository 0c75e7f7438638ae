"""Many new rows of one table in one statement, for imports.

`bulk_create` writes one placeholder a value: for a wide table the driver then spends more time on
the text of the statement than the database on the rows, and its array form leaves out binary and
array columns. Here the rows travel as one JSON parameter. COPY would be faster still, and is
refused on tables with row-level security.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models


def insert_many(rows: Sequence[models.Model]) -> None:
    """Insert unsaved objects of one model. Their fields prepare themselves as for `save()`.

    Raises:
        django.db.IntegrityError: as `bulk_create` would.
    """
    if not rows:
        return
    # The connection itself: `django.db.connection` looks it up anew on every use, and here it is
    # used for every value.
    connection = connections[DEFAULT_DB_ALIAS]
    fields = rows[0]._meta.local_concrete_fields
    quote = connection.ops.quote_name
    table = quote(rows[0]._meta.db_table)
    columns = ", ".join(quote(str(field.column)) for field in fields)
    prepared = [
        {
            field.column: field.get_db_prep_save(field.pre_save(row, True), connection)
            for field in fields
        }
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            # Names of the model's own table and columns, no values.
            f"INSERT INTO {table} ({columns}) SELECT {columns} "  # noqa: S608
            f"FROM json_populate_recordset(NULL::{table}, %s::json)",
            [json.dumps(prepared, default=_plain, ensure_ascii=False)],
        )
    for row in rows:
        row._state.adding = False
        row._state.db = connection.alias


def _plain(value: Any) -> Any:
    """A value JSON has no form for, in the form PostgreSQL reads."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{value.total_seconds()} seconds"
    data = getattr(value, "obj", value)  # the driver's wrapper of binary values
    if isinstance(data, bytes | bytearray | memoryview):
        return "\\x" + bytes(data).hex()
    raise TypeError(f"{type(value).__name__} cannot be inserted this way")
