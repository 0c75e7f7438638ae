"""Facts made up as rows that stand in the place of the coded views, so that every number is known.

The owner puts views of constants where the real ones were; who reads them, with which rights and
what becomes of them, is the product's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connections

Rows = Mapping[str, tuple[str, Iterable[Sequence[Any]]]]
"""View → its columns as `name type, name type` and its rows."""


def stand_in(facts: Rows) -> None:
    """Put the rows in the place of the views of the same names, for the reporting role to read."""
    with connections["owner"].cursor() as cursor:
        for name, (columns, rows) in facts.items():
            heads = [column.strip().split(" ", 1) for column in columns.split(",")]
            selects, values = [], []
            for row in rows:
                assert len(row) == len(heads), f"{name}: {row}"
                selects.append("(" + ", ".join(f"%s::{kind}" for _head, kind in heads) + ")")
                values.extend(row)
            names = ", ".join(head for head, _kind in heads)
            cursor.execute(f"DROP VIEW IF EXISTS {name}")
            cursor.execute(
                f"CREATE TABLE {name} AS SELECT * FROM (VALUES {', '.join(selects)}) v ({names})",
                values,
            )
            cursor.execute(f"GRANT SELECT ON {name} TO liwanag_reporting")
